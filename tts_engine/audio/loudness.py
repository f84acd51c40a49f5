"""One loudness for every result, without clipping.

Source: ITU-R BS.1770-4 loudness through `pyloudnorm` (MIT); true peak by fourfold oversampling as
in its annex 2. Peaks above the ceiling are turned down by a look-ahead limiter, so that the loudness
is reached even by voices with sharp peaks.

    gain needed      1 ────┐   ┌────      the dip of a peak …
    minimum over W   1 ──┐ └─┘ ┌────      … widened by the look-ahead W …
    mean over W      1 ──╲_____╱────      … and smoothed: never above the gain needed
"""

import numpy as np
import pyloudnorm
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from tts_engine.audio.resample import resample
from tts_engine.types import Audio, Waveform

TARGET_LUFS = -16.0
PEAK_DB = -1.0
BLOCK_SECONDS = 0.4  # gating block of BS.1770
OVERSAMPLING = 4
LOOK_AHEAD_SECONDS = 0.005
PEAK_MARGIN_DB = 0.1  # "below" the ceiling also for meters that interpolate otherwise
MAX_ROUNDS = 6
TOLERANCE_DB = 0.05


def loudness_lufs(audio: Audio) -> float:
    """Integrated loudness in LUFS; -inf for silence. A clip under 0.4 s is measured as repeated."""
    waveform = audio.waveform
    if not np.any(waveform):
        return -np.inf
    needed = int(np.ceil(BLOCK_SECONDS * audio.sample_rate_hz)) + 1
    if waveform.size < needed:
        waveform = np.tile(waveform, -(-needed // waveform.size))
    meter = pyloudnorm.Meter(audio.sample_rate_hz, block_size=BLOCK_SECONDS)
    with np.errstate(divide="ignore", invalid="ignore"):  # blocks of silence have no logarithm
        return float(meter.integrated_loudness(waveform.astype(np.float64)))


def true_peak(audio: Audio) -> float:
    """Largest magnitude between and on the samples, linear; 0 for no samples."""
    if audio.waveform.size == 0:
        return 0.0
    return float(_peak_envelope(audio.waveform, audio.sample_rate_hz).max())


def normalize_loudness(
    audio: Audio, *, lufs: float = TARGET_LUFS, peak_db: float = PEAK_DB
) -> Audio:
    """Bring speech to a loudness and keep its true peak below a ceiling.

    Args:
        audio: mono, any length.
        lufs: wanted integrated loudness.
        peak_db: ceiling of the true peak, dB relative to full scale.

    Returns:
        Audio of the same length. Silence is returned as it is. When the ceiling and the loudness
        contradict each other, the ceiling wins.
    """
    ceiling = 10.0 ** ((peak_db - PEAK_MARGIN_DB) / 20.0)
    source_lufs = loudness_lufs(audio)
    if not np.isfinite(source_lufs):
        return audio
    envelope = _peak_envelope(audio.waveform, audio.sample_rate_hz)
    gain_db = lufs - source_lufs
    result = audio
    for _ in range(MAX_ROUNDS):
        gain = np.float32(10.0 ** (gain_db / 20.0))
        limited = _limited(audio.waveform * gain, envelope * gain, audio.sample_rate_hz, ceiling)
        result = Audio(limited, audio.sample_rate_hz)
        missing_db = lufs - loudness_lufs(result)
        if abs(missing_db) < TOLERANCE_DB:
            break
        gain_db += missing_db
    return result


def _limited(
    waveform: Waveform, envelope: Waveform, sample_rate_hz: int, ceiling: float
) -> Waveform:
    """The waveform with the neighbourhood of every peak of its envelope above the ceiling turned down."""
    if envelope.max() <= ceiling:
        return waveform
    gain = np.minimum(1.0, ceiling / np.maximum(envelope, 1e-9))
    window = 2 * max(1, int(LOOK_AHEAD_SECONDS * sample_rate_hz)) + 1
    gain = uniform_filter1d(minimum_filter1d(gain, window), window)
    limited = (waveform * gain).astype(np.float32)
    excess = _peak_envelope(limited, sample_rate_hz).max() / ceiling
    return limited / np.float32(max(1.0, excess))


def _peak_envelope(waveform: Waveform, sample_rate_hz: int) -> Waveform:
    """Largest oversampled magnitude around each sample, shape (T,)."""
    around = np.abs(waveform)
    dense = np.abs(resample(waveform, sample_rate_hz, OVERSAMPLING * sample_rate_hz))
    for phase in range(OVERSAMPLING):  # much quicker than a maximum over a short axis
        beside = dense[phase::OVERSAMPLING][: around.size]
        np.maximum(around[: beside.size], beside, out=around[: beside.size])
    return around
