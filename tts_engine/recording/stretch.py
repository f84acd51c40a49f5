"""Which stretch of a long or uneven recording is cloned: enough speech, and the cleanest of it."""

import numpy as np
from numpy.typing import NDArray

from tts_engine.types import Audio

LONGEST_SECONDS = 60.0
LENGTHS_SECONDS = (60.0, 30.0, 15.0)
HOP_SECONDS = 1.0
BLOCK_SECONDS = 2.0  # on either side of a moment: its own background
FRAME_SECONDS = 0.02
QUIET_SHARE = 0.1
CLEAN_DB = 25.0  # more makes no difference
ENOUGH_SECONDS = 30.0  # more speech makes no difference
DOUBLING_DB = 4.0  # twice the speech is worth as much as so many dB less noise
CLIPPED_LEVEL = 0.999

Mask = NDArray[np.bool_]
Values = NDArray[np.float64]


def best_stretch(audio: Audio, mask: Mask) -> tuple[Audio, Mask]:
    """The stretch of at most a minute with the best of cleanness and amount of speech; all, if that is it.

    Args:
        audio: a recording.
        mask: its speech, (T,).
    """
    size = round(HOP_SECONDS * audio.sample_rate_hz)
    count = mask.size // size
    if count < 2:
        return audio, mask
    speech = mask[: count * size].reshape(count, size).mean(axis=1) * HOP_SECONDS  # (hops,)
    clean_db = _clean_db(audio, mask, count)
    lengths = [length for length in LENGTHS_SECONDS if length < count]
    if count <= LONGEST_SECONDS:
        lengths = [count, *lengths]
    candidates = [
        (_score(speech, clean_db, first, int(length)), int(length), -first)
        for length in lengths
        for first in range(count - int(length) + 1)
    ]
    _, length, first = max(candidates)  # of equals the longest, then the earliest
    start = -first * size
    stop = mask.size if -first + length == count else start + length * size
    stop = min(stop, start + int(LONGEST_SECONDS * audio.sample_rate_hz))
    stretch = audio.waveform[start:stop].copy()  # so that the rest need not be kept
    return Audio(stretch, audio.sample_rate_hz), mask[start:stop].copy()


def _score(speech: Values, clean_db: Values, first: int, length: int) -> float:
    spoken = speech[first : first + length]
    amount = float(spoken.sum())
    if amount < HOP_SECONDS:
        return -np.inf
    cleanness = float((clean_db[first : first + length] * spoken).sum()) / amount
    return cleanness + DOUBLING_DB * float(np.log2(min(amount, ENOUGH_SECONDS)))


def _clean_db(audio: Audio, mask: Mask, hops: int) -> Values:
    """Speech over background around every hop, dB, from 0 to CLEAN_DB; 0 where it is overdriven."""
    frame = max(1, round(FRAME_SECONDS * audio.sample_rate_hz))
    count = audio.waveform.size // frame
    samples = audio.waveform[: count * frame].reshape(count, frame)
    power = np.einsum("ij,ij->i", samples, samples, dtype=np.float64) / frame + 1e-12
    spoken: Mask = np.greater(mask[: count * frame].reshape(count, frame).mean(axis=1), 0.5)
    peaks = np.maximum(samples.max(axis=1), -samples.min(axis=1))
    clipped: Mask = np.greater_equal(peaks, CLIPPED_LEVEL)
    values = np.zeros(hops)
    for hop in range(hops):
        middle = (hop + 0.5) * HOP_SECONDS
        first = max(0, round((middle - BLOCK_SECONDS) / FRAME_SECONDS))
        part = slice(first, round((middle + BLOCK_SECONDS) / FRAME_SECONDS))
        if not spoken[part].any() or clipped[part].mean() > 0.01:
            continue
        quiet = np.sort(power[part])[: max(1, int(QUIET_SHARE * power[part].size))].mean()
        values[hop] = np.clip(10 * np.log10(power[part][spoken[part]].mean() / quiet), 0, CLEAN_DB)
    return values
