"""What methods of networks have in common: which frames sound at all, and F0 out of a salience over bins of pitch."""

import numpy as np
from numpy.typing import NDArray

from tts_engine.f0.method import F0Range
from tts_engine.types import Waveform

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
