"""Batches for the recognizer: mels varied so that few speakers stand for many."""

import random
from collections.abc import Callable, Iterator
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
Variation = Callable[[Tensor, random.Random], Tensor]


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

    Stretched and warped, tilted, louder or softer, with a noise floor, a band limit, masks.
    """
    varied = stretch_and_warp(mel, rng.uniform(0.8, 1.25), rng.uniform(0.88, 1.12))
    bins = mel.shape[0]
    varied = varied + torch.linspace(-1, 1, bins)[:, None] * rng.uniform(-1.2, 1.2)
    varied = varied + rng.uniform(-1.5, 1.0)
    if rng.random() < 0.5:
        varied = add_noise_floor(varied, rng)
    if rng.random() < 0.15:  # telephone band
        varied[rng.randint(52, 66) :] = LOW
    return torch.clamp(mask(varied, rng, bands=2, widest_band=14, widest_gap=20), min=LOW)


def vary_room(mel: Tensor, rng: random.Random) -> Tensor:
    """The judge's variation: wider voices, echoes and more masks: (80, T) -> (80, T').

    Level and tilt are left alone, since the judge normalises every clip.
    """
    varied = stretch_and_warp(mel, rng.uniform(0.75, 1.3), rng.uniform(0.84, 1.18))
    if rng.random() < 0.4:
        varied = add_echo(varied, rng.uniform(0.2, 0.75))
    if rng.random() < 0.4:
        varied = add_noise_floor(varied, rng)
    return torch.clamp(mask(varied, rng, bands=3, widest_band=10, widest_gap=12), min=LOW)


def stretch_and_warp(mel: Tensor, stretch: float, warp: float) -> Tensor:
    """Change the pace and the vocal tract's length (Jaitly & Hinton 2013): (80, T) -> (80, T')."""
    bins, frames = mel.shape
    length = max(8, round(frames * stretch))
    rows = torch.clamp(torch.linspace(-1, 1, bins).add(1).mul(warp).sub(1), -1, 1)
    columns = torch.linspace(-1, 1, length)
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)  # (80, T', 2)
    return F.grid_sample(mel[None, None], grid[None], align_corners=True)[0, 0]


def add_noise_floor(mel: Tensor, rng: random.Random) -> Tensor:
    """Add steady noise with a slope of its own: (80, T) -> (80, T)."""
    slope = torch.linspace(1, -1, mel.shape[0])[:, None]
    level = rng.uniform(-11.0, -5.0) + slope * rng.uniform(0, 2)
    return torch.logaddexp(mel, level + 0.5 * torch.randn_like(mel))


def add_echo(mel: Tensor, decay: float) -> Tensor:
    """Let every frame's power ring on, `decay` of it left a frame later: (80, T) -> (80, T)."""
    taps = decay ** torch.arange(24.0)
    power = F.pad(mel.mul(2).exp(), (taps.numel() - 1, 0)).unsqueeze(1)  # (80, 1, T + taps - 1)
    return F.conv1d(power, taps.flip(0)[None, None]).squeeze(1).log().div(2)


def mask(
    mel: Tensor, rng: random.Random, *, bands: int, widest_band: int, widest_gap: int
) -> Tensor:
    """SpecAugment (Park et al. 2019, arXiv 1904.08779): bands and stretches become the mean."""
    rows, frames = mel.shape
    masked = mel.clone()
    for _ in range(bands):
        first, width = rng.randrange(rows), rng.randint(0, widest_band)
        masked[first : first + width] = masked.mean()
    for _ in range(max(1, frames // 250)):
        first, width = rng.randrange(frames), rng.randint(0, widest_gap)
        masked[:, first : first + width] = masked.mean()
    return masked


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
    clips: list[Clip],
    cache: MelCache,
    *,
    frames_per_batch: int,
    seed: int,
    variation: Variation = vary,
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
            yield collate([variation(cache.mel(clip), rng) for clip in group], group)
