"""Levels of linear bands: what the detector reads. Nothing here needs torch, so that the web process can judge.

Linear bands, as in LFCC (Sahidullah, Kinnunen, Hanilci 2015: they beat mel bands at telling synthetic speech), before
the cosine transform, which would hide neighbourhood from convolutions. The mean of each band is taken out: what
is left knows neither microphone nor loudness.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from tts_engine.detection.config import DetectorConfig
from tts_engine.types import Waveform

Table = NDArray[np.float32]

MOST_APART_DB = 24.0
SCALE_DB = 12.0  # brings levels to about unit variance
LOUD_SHARE = 0.9  # this quantile of the frames is how loud the speech is
QUIETEST = 1e-12  # power; digital silence


def band_levels(waveform: Waveform, config: DetectorConfig) -> Table:
    """Levels in dB: (T,) at the config's rate -> (frames, views, bands); shorter than a window: one frame.

    The first view is that of the long window, the others of the short ones, which stand around its middle.
    """
    size, hop = config.window_samples, config.hop_samples
    padded = np.pad(waveform, (0, max(0, size - waveform.size)))
    views = [_levels(padded, size, 0, config)]
    for number in range(config.fine_windows):
        middle = (size - hop) / 2 + (number + 0.5) * hop / config.fine_windows
        first = round(middle - config.fine_samples / 2)
        views.append(_levels(padded, config.fine_samples, first, config)[: len(views[0])])
    return np.stack(views, axis=1)


def _levels(waveform: Waveform, size: int, first: int, config: DetectorConfig) -> Table:
    """Of windows of so many samples, a hop apart, from a sample on: (frames, bands)."""
    windows = np.lib.stride_tricks.sliding_window_view(waveform[first:], size)
    window = np.hanning(size).astype(np.float32)
    spectrum = rfft(
        windows[:: config.hop_samples] * (window / np.linalg.norm(window)), config.fft_samples
    )
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    levels = 10.0 * np.log10(power @ band_filters(config).T + QUIETEST)
    return np.asarray(levels, dtype=np.float32)


def normalized(levels: Table, config: DetectorConfig) -> tuple[Table, NDArray[np.bool_]]:
    """What the network reads of a stretch, and which frames are loud enough to be judged.

    Args:
        levels: (frames, views, bands), dB.
        config: floors.

    Returns:
        (frames, views, bands), zero in quiet frames: of the long window each band's level less its mean over the loud
        frames, of the short ones what they are above the long one, within `MOST_APART_DB`; and (frames,).
    """
    whole = levels[:, 0]
    loudness = whole.max(axis=1)
    floor = max(whole.max() - config.floor_db, 10.0 * np.log10(QUIETEST) + 1.0)
    loud = loudness > max(np.quantile(loudness, LOUD_SHARE) - config.quiet_db, floor)
    audible = np.maximum(levels, floor)
    whole = audible[:, :1]
    mean = whole[loud].mean(axis=0) if loud.any() else whole.mean(axis=0)
    apart = np.clip(audible[:, 1:] - whole, -MOST_APART_DB, MOST_APART_DB)
    seen = np.concatenate([whole - mean, apart], axis=1)
    return np.asarray(seen / SCALE_DB * loud[:, None, None], dtype=np.float32), loud


@lru_cache(maxsize=4)
def band_filters(config: DetectorConfig) -> Table:
    """Triangles on a linear scale, rows sum to 1: (bands, bins)."""
    bins_hz = np.arange(config.fft_samples // 2 + 1) * config.sample_rate_hz / config.fft_samples
    edges = np.linspace(config.low_hz, config.high_hz, config.bands + 2)
    rising = (bins_hz - edges[:-2, None]) / (edges[1] - edges[0])
    falling = (edges[2:, None] - bins_hz) / (edges[1] - edges[0])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles / triangles.sum(axis=1, keepdims=True), dtype=np.float32)
