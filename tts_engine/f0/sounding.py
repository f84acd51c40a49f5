"""What methods of networks have in common: mels heard block by block, which frames sound at all, and F0 out of a
salience over bins of pitch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_engine.f0.method import F0Range, F0Track
from tts_engine.types import Waveform

if TYPE_CHECKING:
    from torch import Tensor

SHORTEST_SECONDS = 0.1  # a clip may have
SILENT_PEAK_DB, SILENT_BELOW_DB = -66.0, 55.0  # dB of full scale; below the loudest
NEAR_BINS = 4  # on either side of the best, over which F0 is averaged
REFERENCE_HZ = 10.0  # from which cents are counted

Array = NDArray[np.float64]
Cents = NDArray[np.floating]


def sounds(waveform: Waveform, hop: int, frames: int, window: int = 1024) -> NDArray[np.bool_]:
    """Which frames, centred every `hop` samples, are no silence, (frames,); networks hear a pitch in that too."""
    power = np.pad(np.square(waveform, dtype=np.float64), (window // 2, window // 2 + hop * frames))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    starts = hop * np.arange(frames)
    levels = 10 * np.log10(np.maximum(sums[starts + window] - sums[starts], 0) / window + 1e-12)
    return np.asarray(
        levels > max(SILENT_PEAK_DB, float(levels.max(initial=-120.0)) - SILENT_BELOW_DB)
    )


def salience_of(
    network: Callable[[Tensor], Tensor], mel: Tensor, block_frames: int, around_frames: int
) -> NDArray[np.float32]:
    """What a network of mels (1, bands, T) -> (1, T, bins) finds in (bands, T), so many frames at once: (T, bins).

    A block is heard with the frames around it that its own depend on.
    """
    parts = []
    for start in range(0, mel.shape[1], block_frames):
        first = max(0, start - around_frames)
        block = mel[:, first : start + block_frames + around_frames]
        parts.append(network(block[None])[0, start - first :][:block_frames].numpy())
    return np.concatenate(parts)


@dataclass(frozen=True, kw_only=True, eq=False)
class PitchBins:
    """How a network tells pitch.

    Attributes:
        cents: of each bin, above 10 Hz, (bins,), evenly spaced.
        voiced: salience from which on a frame is voiced.
    """

    cents: Cents
    voiced: float

    def track(
        self,
        salience: NDArray[np.float32],
        heard: Waveform,
        rate_hz: int,
        hop: int,
        within: F0Range,
    ) -> F0Track:
        """F0 out of a salience (T, bins) every `hop` samples of what was heard, the first at its beginning."""
        f0_hz, confidence = pitch_of(salience, self.cents, within)
        confidence = np.where(sounds(heard, hop, confidence.size), confidence, 0.0)
        return F0Track(
            f0_hz=np.where(confidence >= self.voiced, f0_hz, 0.0),
            first_seconds=0.0,
            step_seconds=hop / rate_hz,
            confidence=confidence,
        )


def cents_of(f0_hz: float) -> float:
    """Above 10 Hz."""
    return float(1200 * np.log2(f0_hz / REFERENCE_HZ))


def pitch_of(salience: NDArray[np.float32], cents: Cents, within: F0Range) -> tuple[Array, Array]:
    """F0 and confidence of each frame: the mean of the bins near the most salient one of the range.

    Args:
        salience: (T, bins), 0 to 1.
        cents: of each bin, above 10 Hz, (bins,), evenly spaced.
        within: range of the result.

    Returns:
        F0 in Hz and the salience at its bin, (T,) each.
    """
    allowed = (cents >= cents_of(within.low_hz)) & (cents <= cents_of(within.high_hz))
    best = np.where(allowed, salience, -1.0).argmax(axis=1)
    near = best[:, None] + np.arange(-NEAR_BINS, NEAR_BINS + 1)  # (T, 9)
    inside = (near >= 0) & (near < cents.size)
    near = near.clip(0, cents.size - 1)
    rows = np.arange(len(best))
    weights = np.where(inside, salience[rows[:, None], near], 0.0).astype(np.float64)
    mean = (weights * cents[near]).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    f0_hz = REFERENCE_HZ * 2 ** (mean / 1200)
    return f0_hz.clip(within.low_hz, within.high_hz), salience[rows, best].astype(np.float64)
