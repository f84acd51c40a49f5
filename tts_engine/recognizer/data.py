"""Batches for the recognizer, of sound and of features."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.cepstra import cepstra_to_bands
from tts_engine.audio.mel import LOG_FLOOR, MelConfig, log_mel
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.model import mel_to_input, phonemes_to_classes
from tts_engine.text.symbols import phonemes_only
from tts_engine.training.corpus import Clip, Corpus
from tts_engine.training.features import Features

LOW = float(np.log(LOG_FLOOR))
FRAMES_PER_SECOND = MelConfig().frames_per_second
Variation = Callable[[list[Tensor], random.Random], list[Tensor]]  # of the clips of a batch


@dataclass
class Batch:
    """inputs (B, bands, T), frames (B,), targets (B, L), target_lengths (B,)."""

    inputs: Tensor
    frames: Tensor
    targets: Tensor
    target_lengths: Tensor


class InputCache:
    """What the network reads of every clip, computed once each and kept in memory as float16."""

    def __init__(self, folder: Path, config: RecognizerConfig) -> None:
        self._corpus = Corpus(folder)
        self._features = Features(folder)
        self._config = config
        self._inputs: dict[str, Tensor] = {}

    def clips(self, split: str) -> list[Clip]:
        """Clips of a split that this network can learn from: cepstra only with wide bands."""
        readable = self._features.clips if self._config.wide else []
        clips = [*self._corpus.clips, *readable]
        return transcribed([clip for clip in clips if clip.split == split])

    def input(self, clip: Clip) -> Tensor:
        """Bands of a clip, shape (bands, frames)."""
        if clip.id not in self._inputs:
            self._inputs[clip.id] = self._bands(clip).half()
        return self._inputs[clip.id].float()

    def _bands(self, clip: Clip) -> Tensor:
        if clip.id in self._features.ids:
            return cepstra_to_bands(torch.from_numpy(self._features.cepstra(clip)))
        waveform = torch.from_numpy(self._corpus.waveform(clip)).unsqueeze(0)
        return mel_to_input(log_mel(waveform, self._config.mel)[0], self._config)


def collate(inputs: list[Tensor], clips: list[Clip]) -> Batch:
    """Pad inputs with silence and targets with blanks."""
    targets = [torch.tensor(phonemes_to_classes(phonemes_only(clip.tokens))) for clip in clips]
    longest = max(bands.shape[1] for bands in inputs)
    return Batch(
        inputs=torch.stack(
            [F.pad(bands, (0, longest - bands.shape[1]), value=LOW) for bands in inputs]
        ),
        frames=torch.tensor([bands.shape[1] for bands in inputs]),
        targets=torch.nn.utils.rnn.pad_sequence(targets, batch_first=True),
        target_lengths=torch.tensor([len(target) for target in targets]),
    )


def transcribed(clips: list[Clip]) -> list[Clip]:
    """Clips with a transcript that is not too dense for the recognizer's step rate."""
    return [c for c in clips if c.tokens and len(phonemes_only(c.tokens)) < 22 * c.seconds]


def training_batches(
    clips: list[Clip],
    cache: InputCache,
    *,
    frames_per_batch: int,
    seed: int,
    variation: Variation,
) -> Iterator[Batch]:
    """Endless varied batches of clips of like length, in a seeded order."""
    rng = random.Random(seed)
    for group in alike(clips, rng, frames_per_batch=frames_per_batch):
        yield collate(variation([cache.input(clip) for clip in group], rng), group)


def alike(clips: list[Clip], rng: random.Random, *, frames_per_batch: int) -> Iterator[list[Clip]]:
    """Endless groups of clips of like length, as many as fill a batch, in a new order every time."""
    while True:
        order = sorted(clips, key=lambda clip: clip.seconds * rng.uniform(0.95, 1.05))
        groups: list[list[Clip]] = [[]]
        for clip in order:
            group = groups[-1]
            if group and clip.seconds * FRAMES_PER_SECOND * (len(group) + 1) > frames_per_batch:
                groups.append(group := [])
            group.append(clip)
        rng.shuffle(groups)
        yield from groups
