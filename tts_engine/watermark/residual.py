"""What is left of a spectrum when the speech is taken out of it as far as it can be foreseen."""

import numpy as np
from scipy.fft import rfft
from scipy.ndimage import uniform_filter1d

from tts_engine.audio.resample import resample
from tts_engine.types import Audio, Waveform
from tts_engine.watermark.pattern import BANDS, CHIP_SECONDS, Table, band_of_bins

ANALYSIS_HZ = 16_000  # the mark ends at 7 kHz, so recordings of this rate carry it whole
WINDOW_SAMPLES = 512
HOP_SAMPLES = 160
HOP_SECONDS = HOP_SAMPLES / ANALYSIS_HZ
FIRST_CENTRE_SECONDS = WINDOW_SAMPLES / 2 / ANALYSIS_HZ
TREND_FRAMES = 31  # five chips
SILENCE_DB = -40.0  # frames that much below the loudest carry no mark worth reading
CLIP_DEVIATIONS = 2.0
LOADING = 0.05  # of the covariance's mean variance, added to its diagonal
CHUNK_FRAMES = 4096


def residual(audio: Audio) -> Table:
    """Whitened band levels of a recording: (frames, BANDS), one frame each 10 ms.

    Levels in dB lose their trend in time, are clipped, and are decorrelated over the bands by the
    inverse of their covariance: the matched filter in coloured noise. All zeros for silence.
    """
    energy = _band_energy(resample(audio.waveform, audio.sample_rate_hz, ANALYSIS_HZ))
    total = energy.sum(axis=1)
    if not total.any():
        return np.zeros_like(energy)
    levels = 10.0 * np.log10(energy + energy.mean(axis=0) * 1e-4 + 1e-12)
    levels -= uniform_filter1d(levels, TREND_FRAMES, axis=0)
    limit = CLIP_DEVIATIONS * levels.std(axis=0)
    levels = np.clip(levels, -limit, limit)
    levels[total < total.max() * 10.0 ** (SILENCE_DB / 10.0)] = 0.0
    covariance = levels.T @ levels / len(levels)
    mean_variance = np.trace(covariance) / BANDS
    if mean_variance < 1e-9:
        return np.zeros_like(energy)
    whitened = levels @ np.linalg.inv(covariance + np.eye(BANDS) * LOADING * mean_variance)
    return np.asarray(whitened / whitened.std())


def _band_energy(waveform: Waveform) -> Table:
    """Mean power of every band, (frames, BANDS); a short waveform is padded to one window."""
    padded = np.pad(waveform, (0, max(0, WINDOW_SAMPLES - waveform.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::HOP_SAMPLES]
    window = np.hanning(WINDOW_SAMPLES).astype(np.float32)
    bands = band_of_bins(WINDOW_SAMPLES, ANALYSIS_HZ)
    sums = (bands[:, None] == np.arange(BANDS)).astype(np.float32)  # (bins, BANDS)
    sums /= np.maximum(sums.sum(axis=0), 1.0)
    energy = np.empty((len(frames), BANDS))
    for first in range(0, len(frames), CHUNK_FRAMES):
        spectrum = rfft(frames[first : first + CHUNK_FRAMES] * window)
        energy[first : first + CHUNK_FRAMES] = (np.abs(spectrum) ** 2) @ sums
    return energy


def chip_of_frames(count: int, start_seconds: float) -> np.ndarray:
    """Number of the chip in which each frame's centre lies, (count,)."""
    centres = start_seconds + FIRST_CENTRE_SECONDS + HOP_SECONDS * np.arange(count)
    return np.floor(centres / CHIP_SECONDS).astype(int)
