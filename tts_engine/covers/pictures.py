"""The pictures of a report, as PNG."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tts_engine.covers.figures import Compared
from tts_engine.drawing import png_bytes
from tts_engine.f0 import HOP_SAMPLES
from tts_engine.types import Audio

FFT_SAMPLES = 1024
TOP_HZ, FLOOR_DB = 8000.0, -75.0
LOWEST_HZ, HIGHEST_HZ = 60.0, 1100.0
MOST_COLUMNS = 1600  # a picture has no more pixels


def spectrograms_picture(excerpt: Compared) -> bytes:
    """Spectrograms of the voice before and after, one above the other."""
    figure = Figure(figsize=(12, 5.4), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    named = (("source", excerpt.source), ("new voice", excerpt.made))
    for axes, (name, audio) in zip(panels, named, strict=True):
        levels = decibels(audio)
        axes.imshow(
            levels[:, :: -(-levels.shape[1] // MOST_COLUMNS)],
            origin="lower",
            aspect="auto",
            cmap="magma",
            vmin=FLOOR_DB,
            vmax=0,
            extent=(0, audio.seconds, 0, audio.sample_rate_hz / 2),
        )
        axes.set(ylim=(0, TOP_HZ), ylabel="Hz")
        axes.set_title(name, loc="left", fontsize=10)
    panels[-1].set_xlabel("seconds")
    return png_bytes(figure)


def f0_picture(excerpt: Compared) -> bytes:
    """F0 of the source, as it was to be, and as it is heard, over each other."""
    figure = Figure(figsize=(12, 3.4), layout="constrained")
    axes = figure.subplots()
    step = HOP_SAMPLES / excerpt.source.sample_rate_hz
    seconds = (np.arange(excerpt.wanted_hz.size) + 0.5) * step
    curves: tuple[tuple[str, NDArray[np.float32], dict[str, Any]], ...] = (
        ("source", excerpt.source_hz, {"color": "0.55", "linewidth": 1.5}),
        ("wanted", excerpt.wanted_hz, {"color": "C0", "linewidth": 3.0, "alpha": 0.45}),
        ("new voice", excerpt.made_hz, {"color": "C3", "linewidth": 1.0}),
    )
    for name, f0_hz, style in curves:
        axes.plot(seconds, np.where(f0_hz > 0, f0_hz, np.nan), label=name, **style)
    axes.set_yscale("log", base=2)
    ticks = [75, 100, 150, 200, 300, 400, 600, 800, 1000]
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set(ylim=(LOWEST_HZ, HIGHEST_HZ), xlim=(0, excerpt.source.seconds))
    axes.set(xlabel="seconds", ylabel="F0, Hz")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper right", fontsize=8, ncols=3)
    return png_bytes(figure)


def decibels(audio: Audio) -> NDArray[np.float32]:
    """Levels of the short-time spectrum below the loudest, dB, (bins, frames)."""
    import librosa  # slow to load, and only reports need it

    spectrum = np.abs(librosa.stft(audio.waveform, n_fft=FFT_SAMPLES, hop_length=HOP_SAMPLES))
    return np.asarray(
        librosa.amplitude_to_db(spectrum, ref=np.max(spectrum, initial=1e-6), top_db=-FLOOR_DB)
    )
