"""How much of a recording has music or singing in it?

Who speaks does not hold a pitch: the harmonics of speech glide by more than a few cents within a tenth of a
second, the partials of keys, strings, pipes and trained singers stay. Music is where several partials are held
at a time. A tone that lasts nearly all the recording is mains hum, not music. Drums alone have no partials;
they count as noise.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import stft

from tts_engine.audio.resample import resample
from tts_engine.types import Audio

RATE_HZ = 16_000
FFT_SAMPLES = 2048
HOP_SAMPLES = 256
LOW_HZ, HIGH_HZ = 100.0, 4000.0
PROMINENCE_DB = 8.0  # of a partial over its surroundings
FAINTEST_DB = -60.0  # below the loudest partial
SURROUNDINGS_BINS = 41
SAME_PITCH = 0.006  # about ten cents
HELD_SECONDS = 0.35
PARTIALS = 2  # held at the same time
HUM_SHARE = 0.8

Frames = NDArray[np.float64]


@dataclass
class _Partial:
    """A tone that goes on: its frequency and its first frame."""

    hz: float
    start: int


@dataclass
class _Held:
    """Partials that go on and those that ended after being held: (first, stop) frame."""

    going: list[_Partial] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)

    def end(self, partial: _Partial, stop: int) -> None:
        if (stop - partial.start) * HOP_SAMPLES >= HELD_SECONDS * RATE_HZ:
            self.ended.append((partial.start, stop))


def music_share(audio: Audio) -> float:
    """Share of the recording in which at least two partials are held, 0 to 1."""
    waveform = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
    if waveform.size < FFT_SAMPLES:
        return 0.0
    peaks = _peaks(waveform)
    held = _Held()
    for frame, frequencies in enumerate(peaks):
        _advance(held, frequencies, frame)
    for partial in held.going:
        held.end(partial, len(peaks))
    sounding = np.zeros(len(peaks))
    for start, stop in held.ended:
        if stop - start < HUM_SHARE * len(peaks):
            sounding[start:stop] += 1
    return float((sounding >= PARTIALS).mean())


def _peaks(waveform: NDArray[np.float32]) -> list[Frames]:
    """Frequencies of the spectral peaks of every frame, interpolated between bins."""
    _, _, spectrum = stft(
        waveform,
        RATE_HZ,
        nperseg=FFT_SAMPLES,
        noverlap=FFT_SAMPLES - HOP_SAMPLES,
        boundary=None,
        padded=False,
    )  # (bins, frames)
    level = 20 * np.log10(np.abs(spectrum[: round(HIGH_HZ / RATE_HZ * FFT_SAMPLES) + 2]) + 1e-7)
    around = uniform_filter1d(level, SURROUNDINGS_BINS, axis=0)
    left, middle, right = level[:-2], level[1:-1], level[2:]
    found = (middle > left) & (middle >= right) & (middle > around[1:-1] + PROMINENCE_DB)
    found &= middle > level.max() + FAINTEST_DB
    curve = np.where(found, left - 2 * middle + right, -1.0)
    offset = np.where(found, 0.5 * (left - right) / np.minimum(curve, -1e-9), 0.0)
    hz = (np.arange(1, level.shape[0] - 1)[:, None] + offset) * RATE_HZ / FFT_SAMPLES
    found &= hz > LOW_HZ
    return [hz[found[:, frame], frame] for frame in range(level.shape[1])]


def _advance(held: _Held, frequencies: Frames, frame: int) -> None:
    """Partials of the next frame: each goes on at its nearest peak or ends; other peaks begin."""
    taken: set[int] = set()
    going: list[_Partial] = []
    for partial in held.going:
        nearest = int(np.abs(frequencies - partial.hz).argmin()) if frequencies.size else -1
        if (
            nearest < 0
            or nearest in taken
            or abs(frequencies[nearest] - partial.hz) > SAME_PITCH * partial.hz
        ):
            held.end(partial, frame)
            continue
        taken.add(nearest)
        going.append(partial)
    fresh = [_Partial(float(hz), frame) for i, hz in enumerate(frequencies) if i not in taken]
    held.going = going + fresh
