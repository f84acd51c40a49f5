"""What is sung in every step: labels, batches and loss for an ear that hears sounds as long as they last.

CTC is content with one step of a vowel that is held for seconds, anywhere in it. Where the times of sounds are known,
from an alignment or from how they were sung, every step is told what sounds there; silence and music are the blank.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tts_engine.recognizer.data import FRAMES_PER_SECOND, LOW, InputCache, alike
from tts_engine.recognizer.model import BLANK, STRIDE, phonemes_to_classes
from tts_engine.recognizer.wide_variation import vary_at
from tts_engine.text.symbols import VOWELS, is_phoneme
from tts_engine.training.aligned import AlignedRow
from tts_engine.training.corpus import SUNG, Clip

NO_LABEL = -100  # of torch's cross entropy
ANY_VOWEL = 0.5  # how likely each vowel is where another is heard
EDGE_FRAMES = 3  # of a vowel that keep their pace when its middle is held
MOST_STEADY = (
    0.5  # how much less a step of what is held counts: by this power of how much longer it is held
)
HELD = 0.5  # share of batches of speech in which vowels are held
WOBBLE_FRAMES, WOBBLE_HZ = 1.0, (3.0, 7.0)  # of the place in a held vowel that is read

Times = NDArray[np.float64]


@dataclass
class FrameBatch:
    """inputs (B, bands, T), frames (B,), labels (B, ceil(T / 2)) with NO_LABEL behind the end, weights likewise."""

    inputs: Tensor
    frames: Tensor
    labels: Tensor
    weights: Tensor


def frame_labels(row: AlignedRow) -> NDArray[np.int64]:
    """Class of every mel frame of a clip, (T,)."""
    classes = [
        phonemes_to_classes([token])[0] if is_phoneme(token) else BLANK for token in row.tokens
    ]
    return np.repeat(classes, row.durations)


def blend_vowels(posteriors: NDArray[np.float32]) -> None:
    """Let every vowel be likely where any is heard: (T, classes), in place. Singers open and close what they hold."""
    vowels = phonemes_to_classes(sorted(VOWELS))
    any_vowel = np.logaddexp.reduce(posteriors[:, vowels], axis=1, keepdims=True)
    posteriors[:, vowels] = np.logaddexp(posteriors[:, vowels], any_vowel + np.log(ANY_VOWEL))


def frame_loss(log_probs: Tensor, batch: FrameBatch) -> Tensor:
    """Mean negative log-likelihood of a step's label, weighted: log-probabilities (B, T', classes)."""
    losses = F.nll_loss(
        log_probs.transpose(1, 2), batch.labels, reduction="none", ignore_index=NO_LABEL
    )
    return (losses * batch.weights).sum() / batch.weights.sum().clamp(min=1.0)


def held_times(row: AlignedRow, rng: random.Random, pace: float, *, held: bool) -> Times:
    """Where to read a clip so that most vowels are held for up to seconds, and pauses too, mel frames (T',).

    What is held is not read evenly: a voice wobbles about the place.
    """
    lengths = np.full(sum(row.durations), pace)
    wobble = np.zeros(lengths.size)
    first = 0
    for token, frames in zip(row.tokens, row.durations, strict=True):
        middle = slice(first + EDGE_FRAMES, first + frames - EDGE_FRAMES)
        if held and token in VOWELS and frames > 2 * EDGE_FRAMES and rng.random() < 0.7:
            wanted = FRAMES_PER_SECOND * np.exp(rng.uniform(np.log(0.12), np.log(3.0)))
            lengths[middle] = max(pace, wanted / (frames - 2 * EDGE_FRAMES))
            wobble[middle] = WOBBLE_FRAMES
        elif held and not is_phoneme(token) and frames > 2 and rng.random() < 0.5:
            lengths[first : first + frames] = rng.uniform(1.0, 8.0)
        first += frames
    places = np.cumsum(lengths) - lengths[0]
    out = np.arange(max(8, int(places[-1])))
    times = np.interp(out, places, np.arange(places.size))
    swing = np.sin(
        2 * np.pi * rng.uniform(*WOBBLE_HZ) / FRAMES_PER_SECOND * out + rng.uniform(0, 6.28)
    )
    return np.clip(times + swing * wobble[np.round(times).astype(int)], 0, places.size - 1)


def labelled(
    bands: Tensor, row: AlignedRow, rng: random.Random, *, pace: float, held: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """A clip varied, (22, T'), and the label and weight of each of its steps, (ceil(T' / 2),)."""
    times = held_times(row, rng, pace, held=held)
    varied = vary_at(bands, rng, times, sung=held or row.id.startswith(SUNG))
    labels = frame_labels(row)
    own = labels[np.round(times).astype(int)][::STRIDE]
    runs = np.flatnonzero(np.diff(own, prepend=-1))
    sizes = np.diff(np.append(runs, own.size))
    usual = np.where(own[runs] == BLANK, 12.0, 6.0)  # steps that count in full
    each = np.repeat((np.maximum(sizes / usual, 1.0)) ** -MOST_STEADY, sizes)
    return varied, torch.from_numpy(own), torch.from_numpy(each.astype(np.float32))


def frame_batches(
    clips: list[Clip],
    rows: Mapping[str, AlignedRow],
    caches: Mapping[str, InputCache],
    *,
    frames_per_batch: int,
    seed: int,
) -> Iterator[FrameBatch]:
    """Endless batches of varied clips of like length; speech is held in HELD of them, what is sung is sung already."""
    rng = random.Random(seed)
    for group in alike(clips, rng, frames_per_batch=frames_per_batch):
        pace = rng.uniform(0.85, 1.2)
        held = rng.random() < HELD
        made = [
            labelled(
                caches[clip.corpus].input(clip),
                rows[clip.id],
                rng,
                pace=pace,
                held=held and clip.corpus != SUNG,
            )
            for clip in group
        ]
        yield collate_frames(made, frames_per_batch)


def collate_frames(made: list[tuple[Tensor, Tensor, Tensor]], most_frames: int) -> FrameBatch:
    """Pad with silence; of a batch that holding made too long the last clips are left out."""
    kept = made[: max(1, most_frames * 2 // max(bands.shape[1] for bands, *_ in made))]
    longest = max(bands.shape[1] for bands, *_ in kept)
    steps = -(-longest // STRIDE)
    return FrameBatch(
        inputs=torch.stack(
            [F.pad(bands, (0, longest - bands.shape[1]), value=LOW) for bands, *_ in kept]
        ),
        frames=torch.tensor([bands.shape[1] for bands, *_ in kept]),
        labels=torch.stack(
            [F.pad(labels, (0, steps - labels.numel()), value=NO_LABEL) for _, labels, _ in kept]
        ),
        weights=torch.stack([F.pad(w, (0, steps - w.numel())) for *_, w in kept]),
    )
