"""F0 over the spectrogram of its sound, as PNG."""

import numpy as np
from matplotlib.figure import Figure
from scipy.signal import stft

from tts_engine.audio.resample import resample_audio
from tts_engine.drawing import png_bytes
from tts_engine.f0.method import F0Track
from tts_engine.types import Audio

RATE_HZ, WINDOW, HOP = 8000, 512, 64
TOP_HZ = 2000.0
FLOOR_DB = -70.0
SECOND_INCHES, LEAST_INCHES, MOST_INCHES = 1.2, 8.0, 40.0


def f0_picture(audio: Audio, tracks: dict[str, F0Track]) -> bytes:
    """Spectrogram to 2 kHz with curves of F0 over it, named; the confidence of the first below if it tells any."""
    shown = resample_audio(audio, RATE_HZ).waveform
    _, _, spectrum = stft(shown, RATE_HZ, nperseg=WINDOW, noverlap=WINDOW - HOP, padded=True)
    levels = 20 * np.log10(np.abs(spectrum[: int(TOP_HZ * WINDOW / RATE_HZ)]) + 1e-9)
    width = float(np.clip(SECOND_INCHES * audio.seconds, LEAST_INCHES, MOST_INCHES))
    first = next(iter(tracks.values()))
    rows = 1 if first.confidence is None else 2
    figure = Figure(figsize=(width, 3.6 + 1.2 * (rows - 1)), layout="constrained")
    grid = figure.subplots(rows, 1, squeeze=False, sharex=True, height_ratios=(3, 1)[:rows])
    axes = grid[0][0]
    axes.imshow(
        levels - levels.max(initial=FLOOR_DB),
        origin="lower",
        aspect="auto",
        cmap="gray_r",
        vmin=FLOOR_DB,
        vmax=0,
        extent=(0, audio.seconds, 0, TOP_HZ),
    )
    for index, (name, track) in enumerate(tracks.items()):
        heights = np.where(track.f0_hz > 0, track.f0_hz, np.nan)
        axes.plot(track.seconds, heights, color=f"C{index + 1}", linewidth=1.6, label=name)
    axes.set(ylim=(0, TOP_HZ), xlim=(0, audio.seconds), ylabel="Hz")
    axes.legend(loc="upper right", fontsize=8)
    if first.confidence is not None:
        grid[1][0].plot(first.seconds, first.confidence, color="C1", linewidth=1)
        grid[1][0].set(ylim=(0, 1.05), ylabel="confidence")
    grid[-1][0].set(xlabel="seconds")
    return png_bytes(figure)
