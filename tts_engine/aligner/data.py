"""Batches for the aligner: spoken clips, some of them held as if sung."""

import random
from collections.abc import Iterator

import torch
from torch import Tensor

from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.data import Batch, InputCache, training_batches
from tts_engine.recognizer.wide_variation import vary_speaker
from tts_engine.training.corpus import Clip

SUNG = 0.5  # share of the batches
BANDS = RecognizerConfig()  # analysis that recognizer and aligner share


def clips_of(cache: InputCache, split: str, longest_seconds: float) -> list[Clip]:
    """Transcribed clips that are not too long."""
    return [clip for clip in cache.clips(split) if clip.seconds <= longest_seconds]


def aligner_batches(
    clips: list[Clip], cache: InputCache, *, frames_per_batch: int, seed: int
) -> Iterator[Batch]:
    """Endless varied batches of clips of like length; half of them have their vowels held 1.5 to 6 times as long."""
    return training_batches(
        clips, cache, frames_per_batch=frames_per_batch, seed=seed, variation=vary_sung
    )


def vary_sung(batch: list[Tensor], rng: random.Random) -> list[Tensor]:
    """As the recognizer's variation, but sung more often: [(22, T)] -> [(22, T')]."""
    pace = rng.uniform(0.85, 1.2)
    sung = rng.random() < SUNG
    return [vary_speaker(bands, rng, pace=pace, sung=sung) for bands in batch]


def as_batch(bands: Tensor, classes: list[int]) -> Batch:
    """One clip alone: (22, T) and its classes."""
    return Batch(
        inputs=bands[None],
        frames=torch.tensor([bands.shape[1]]),
        targets=torch.tensor([classes]),
        target_lengths=torch.tensor([len(classes)]),
    )
