"""One loudness for every result, without clipping.

Source: ITU-R BS.1770-4 loudness through `pyloudnorm` (MIT); true peak by fourfold oversampling as
in its annex 2. Peaks above the ceiling are turned down by a look-ahead limiter, so that the loudness
is reached even by voices with sharp peaks.

    gain needed      1 ────┐   ┌────      the dip of a peak …
    minimum over W   1 ──┐ └─┘ ┌────      … widened by the look-ahead W …
    mean over W      1 ──╲_____╱────      … and smoothed: never above the gain needed

Long audio is worked on in pieces of half a minute, with enough around them that the seams are not
there: hours take as much memory as their samples, not as their oversampled ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from tts_engine.audio.resample import resample
from tts_engine.types import Audio, Waveform

TARGET_LUFS = -16.0
PEAK_DB = -1.0
BLOCK_SECONDS = 0.4  # gating block of BS.1770
BLOCKS_PER_SECOND = 10  # they overlap by three quarters
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
PIECE_SECONDS = 30
AROUND_SECONDS = 1  # longer than the filters ring and the limiter looks
OVERSAMPLING = 4
LOOK_AHEAD_SECONDS = 0.005
PEAK_MARGIN_DB = 0.1  # "below" the ceiling also for meters that interpolate otherwise
MAX_ROUNDS = 6
TOLERANCE_DB = 0.05


@dataclass(frozen=True)
class _Piece:
    """Samples `begin … end` of a waveform are looked at for the sake of `first … last`."""

    begin: int
    first: int
    last: int
    end: int

    @property
    def kept(self) -> slice:
        """What counts of the samples looked at."""
        return slice(self.first - self.begin, self.last - self.begin)


def loudness_lufs(audio: Audio) -> float:
    """Integrated loudness in LUFS; -inf for silence. A clip under 0.4 s is measured as repeated."""
    waveform = audio.waveform
    if not np.any(waveform):
        return -np.inf
    needed = int(np.ceil(BLOCK_SECONDS * audio.sample_rate_hz)) + 1
    if waveform.size < needed:
        waveform = np.tile(waveform, -(-needed // waveform.size))
    blocks = _block_loudness(waveform, audio.sample_rate_hz)
    loud = blocks[blocks >= ABSOLUTE_GATE_LUFS]
    if not loud.size:
        return -np.inf
    return _mean_lufs(loud[loud > _mean_lufs(loud) + RELATIVE_GATE_LU])


def _mean_lufs(blocks: NDArray[np.float64]) -> float:
    """Of the power, as in equations 5 and 7 of BS.1770."""
    return float(10.0 * np.log10(np.mean(10.0 ** (blocks / 10.0))))


def _block_loudness(waveform: Waveform, rate_hz: int) -> NDArray[np.float64]:
    """Loudness of every gating block, LUFS; -inf for one of silence."""
    meter = pyloudnorm.Meter(rate_hz, block_size=BLOCK_SECONDS)
    found = []
    shortest = int((BLOCK_SECONDS - 0.5 / BLOCKS_PER_SECOND) * rate_hz)  # as the meter rounds
    for piece in _pieces(waveform.size, rate_hz):
        if piece.first > 0 and waveform.size - piece.first < shortest:
            break  # the blocks of the piece before reach to the end
        with np.errstate(divide="ignore", invalid="ignore"):  # blocks of silence have no logarithm
            meter.integrated_loudness(waveform[piece.begin : piece.end].astype(np.float64))
        first = (piece.first - piece.begin) // rate_hz * BLOCKS_PER_SECOND
        last = None
        if piece.last < waveform.size:
            last = first + PIECE_SECONDS * BLOCKS_PER_SECOND
        found.append(np.asarray(meter.blockwise_loudness[first:last]))
    return np.concatenate(found)


def _pieces(size: int, rate_hz: int) -> Iterator[_Piece]:
    """All of a waveform, in order."""
    step, around = PIECE_SECONDS * rate_hz, AROUND_SECONDS * rate_hz
    for first in range(0, size, step):
        last = min(first + step, size)
        yield _Piece(max(0, first - around), first, last, min(last + around, size))


def true_peak(audio: Audio) -> float:
    """Largest magnitude between and on the samples, linear; 0 for no samples."""
    waveform, rate_hz = audio.waveform, audio.sample_rate_hz
    return max(
        (
            float(_peak_envelope(waveform[piece.begin : piece.end], rate_hz)[piece.kept].max())
            for piece in _pieces(waveform.size, rate_hz)
        ),
        default=0.0,
    )


def normalize_loudness(audio: Audio, *, lufs: float = TARGET_LUFS) -> Audio:
    """Bring speech to a loudness and keep its true peak below PEAK_DB.

    Args:
        audio: mono, any length.
        lufs: wanted integrated loudness.

    Returns:
        Audio of the same length. Silence is returned as it is. When the ceiling and the loudness
        contradict each other, the ceiling wins.
    """
    ceiling = 10.0 ** ((PEAK_DB - PEAK_MARGIN_DB) / 20.0)
    source_lufs = loudness_lufs(audio)
    if not np.isfinite(source_lufs):
        return audio
    gain_db = lufs - source_lufs
    result = audio
    for _ in range(MAX_ROUNDS):
        result = _limited(audio, np.float32(10.0 ** (gain_db / 20.0)), ceiling)
        missing_db = lufs - loudness_lufs(result)
        if abs(missing_db) < TOLERANCE_DB:
            break
        gain_db += missing_db
    return result


def _limited(audio: Audio, gain: np.float32, ceiling: float) -> Audio:
    """The audio louder by a gain, with the neighbourhood of every peak above the ceiling turned down."""
    rate_hz = audio.sample_rate_hz
    louder = np.empty_like(audio.waveform)
    peaky = False
    for piece in _pieces(louder.size, rate_hz):
        part = audio.waveform[piece.begin : piece.end] * gain
        envelope = _peak_envelope(part, rate_hz)
        if envelope.max() > ceiling:
            part *= gain_below(ceiling, envelope, rate_hz)
            peaky = True
        louder[piece.first : piece.last] = part[piece.kept]
    limited = Audio(louder, rate_hz)
    if peaky:
        louder /= np.float32(max(1.0, true_peak(limited) / ceiling))
    return limited


def gain_below(ceiling: float, envelope: Waveform, rate_hz: int) -> Waveform:
    """What brings an envelope below the ceiling, smoothly: (T,) within [0, 1]."""
    gain = np.minimum(np.float32(1.0), np.float32(ceiling) / np.maximum(envelope, np.float32(1e-9)))
    window = 2 * max(1, int(LOOK_AHEAD_SECONDS * rate_hz)) + 1
    return np.asarray(uniform_filter1d(minimum_filter1d(gain, window), window))


def _peak_envelope(waveform: Waveform, sample_rate_hz: int) -> Waveform:
    """Largest oversampled magnitude around each sample, shape (T,)."""
    around = np.abs(waveform)
    dense = np.abs(resample(waveform, sample_rate_hz, OVERSAMPLING * sample_rate_hz))
    for phase in range(OVERSAMPLING):  # much quicker than a maximum over a short axis
        beside = dense[phase::OVERSAMPLING][: around.size]
        np.maximum(around[: beside.size], beside, out=around[: beside.size])
    return around
