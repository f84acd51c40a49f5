"""Batches for the recognizer: mels varied so that few speakers stand for many."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.mel import LOG_FLOOR, MelConfig, log_mel
from tts_engine.recognizer.model import phonemes_to_classes
from tts_engine.text.symbols import phonemes_only
from tts_engine.training.corpus import Clip, Corpus

LOW = float(np.log(LOG_FLOOR))


@dataclass
class Batch:
    """mels (B, 80, T), frames (B,), targets (B, L), target_lengths (B,)."""

    mels: Tensor
    frames: Tensor
    targets: Tensor
    target_lengths: Tensor


class MelCache:
    """Log-mels of a corpus, computed once each and kept in memory as float16."""

    def __init__(self, corpus: Corpus, config: MelConfig) -> None:
        self._corpus = corpus
        self._config = config
        self._mels: dict[str, Tensor] = {}

    def mel(self, clip: Clip) -> Tensor:
        """Log-mel of a clip, shape (80, frames)."""
        if clip.id not in self._mels:
            waveform = torch.from_numpy(self._corpus.waveform(clip)).unsqueeze(0)
            self._mels[clip.id] = log_mel(waveform, self._config)[0].half()
        return self._mels[clip.id].float()


def vary(mel: Tensor, rng: random.Random) -> Tensor:
    """Another voice, pace, room and line saying the same: (80, T) -> (80, T').

    Time stretch 0.8-1.25, mel-axis warping by up to 12 % (vocal tract length, Jaitly & Hinton
    2013), tilt, noise floor, band limit, SpecAugment masks (Park et al. 2019, arXiv 1904.08779).
    """
    bins, frames = mel.shape
    length = max(8, round(frames * rng.uniform(0.8, 1.25)))
    warp = rng.uniform(0.88, 1.12)
    rows = torch.clamp(torch.linspace(-1, 1, bins).add(1).mul(warp).sub(1), -1, 1)
    columns = torch.linspace(-1, 1, length)
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)  # (80, T', 2)
    varied = F.grid_sample(mel[None, None], grid[None], align_corners=True)[0, 0]
    varied = varied + torch.linspace(-1, 1, bins)[:, None] * rng.uniform(-1.2, 1.2)
    varied = varied + rng.uniform(-1.5, 1.0)
    if rng.random() < 0.5:  # a noise floor with a slope of its own
        level = rng.uniform(-11.0, -5.0) + torch.linspace(1, -1, bins)[:, None] * rng.uniform(0, 2)
        varied = torch.logaddexp(varied, level + 0.5 * torch.randn_like(varied))
    if rng.random() < 0.15:  # telephone band
        varied[rng.randint(52, 66) :] = LOW
    for _ in range(2):
        first, width = rng.randrange(bins), rng.randint(0, 14)
        varied[first : first + width] = varied.mean()
    for _ in range(max(1, length // 250)):
        first, width = rng.randrange(length), rng.randint(0, 20)
        varied[:, first : first + width] = varied.mean()
    return torch.clamp(varied, min=LOW)


def collate(mels: list[Tensor], clips: list[Clip]) -> Batch:
    """Pad mels with silence and targets with blanks."""
    targets = [torch.tensor(phonemes_to_classes(phonemes_only(clip.tokens))) for clip in clips]
    longest = max(mel.shape[1] for mel in mels)
    return Batch(
        mels=torch.stack([F.pad(mel, (0, longest - mel.shape[1]), value=LOW) for mel in mels]),
        frames=torch.tensor([mel.shape[1] for mel in mels]),
        targets=torch.nn.utils.rnn.pad_sequence(targets, batch_first=True),
        target_lengths=torch.tensor([len(target) for target in targets]),
    )


def transcribed(clips: list[Clip]) -> list[Clip]:
    """Clips with a transcript that is not too dense for the recognizer's step rate."""
    return [c for c in clips if c.tokens and len(phonemes_only(c.tokens)) < 22 * c.seconds]


def training_batches(
    clips: list[Clip], cache: MelCache, *, frames_per_batch: int, seed: int
) -> Iterator[Batch]:
    """Endless varied batches of clips of like length, in a seeded order."""
    rng = random.Random(seed)
    frames_per_second = 86.13
    while True:
        order = sorted(clips, key=lambda clip: clip.seconds * rng.uniform(0.85, 1.15))
        groups: list[list[Clip]] = [[]]
        for clip in order:
            group = groups[-1]
            if group and clip.seconds * frames_per_second * (len(group) + 1) > frames_per_batch:
                groups.append(group := [])
            group.append(clip)
        rng.shuffle(groups)
        for group in groups:
            yield collate([vary(cache.mel(clip), rng) for clip in group], group)
