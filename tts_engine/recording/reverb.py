"""How long does the room ring on?

After a sound has ended its energy falls in a straight line on the decibel scale, and no faster than the room
lets it: 60 dB within the reverberation time. All long enough falls in four octave bands are measured; their
median follows the room (R. Ratnam et al., "Blind estimation of reverberation time", JASA 2003, use the
falls too). Speech in a dry room has 0.2-0.36 s of its own; figures in docs/voices.md.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from tts_engine.audio.resample import resample
from tts_engine.types import Audio

RATE_HZ = 16_000
BANDS_HZ = ((350, 700), (700, 1400), (1400, 2800), (2800, 5600))
FRAME_SECONDS = 0.01
SHORTEST_FALL_SECONDS = 0.12
LEAST_FALL_DB = 8.0
ABOVE_FLOOR_DB = 6.0
RIPPLE_DB = 0.5  # a fall may rise by so much from frame to frame
LEAST_FALLS = 6

Levels = NDArray[np.float64]


def decay_seconds(audio: Audio) -> float:
    """Seconds for a fall of 60 dB; 0 when the recording has too few falls to judge."""
    waveform = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
    if waveform.size < RATE_HZ:
        return 0.0
    rates: list[float] = []
    for band in BANDS_HZ:
        filters = butter(3, band, "bandpass", fs=RATE_HZ, output="sos")
        rates += _falls(_levels(sosfiltfilt(filters, waveform)))
    if len(rates) < LEAST_FALLS:
        return 0.0
    return float(60.0 / np.median(rates))


def _levels(waveform: NDArray[np.float64]) -> Levels:
    size = int(FRAME_SECONDS * RATE_HZ)
    count = waveform.size // size
    power = np.square(waveform[: count * size]).reshape(count, size).mean(axis=1)
    return np.convolve(10 * np.log10(power + 1e-10), np.full(3, 1 / 3), "same")


def _falls(levels: Levels) -> list[float]:
    """Steepness in dB per second of every long enough fall above the noise."""
    floor = float(np.quantile(levels, 0.05)) + ABOVE_FLOOR_DB
    rates = []
    for start, stop in _falling(levels):
        part = levels[start:stop]
        below = np.flatnonzero(part <= floor)
        part = part[: below[0]] if below.size else part
        if part.size * FRAME_SECONDS < SHORTEST_FALL_SECONDS or part[0] - part[-1] < LEAST_FALL_DB:
            continue
        rates.append(-float(np.polyfit(np.arange(part.size) * FRAME_SECONDS, part, 1)[0]))
    return rates


def _falling(levels: Levels) -> Iterator[tuple[int, int]]:
    """Stretches [start, stop) in which the level does not rise."""
    falls = np.concatenate([[False], np.diff(levels) < RIPPLE_DB, [False]])
    edges = np.flatnonzero(np.diff(falls.astype(np.int8)))
    yield from zip(edges[::2].tolist(), (edges[1::2] + 1).tolist(), strict=True)
