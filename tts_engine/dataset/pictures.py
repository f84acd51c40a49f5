"""Pictures of a dataset's report: what was cut out of a recording, levels, a piece before and after."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.audio.resample import resample
from tts_engine.dataset.opening import LEVEL_HOP
from tts_engine.dataset.plan import REASONS, Piece
from tts_engine.drawing import draw_mel, png_bytes
from tts_engine.types import Audio

KEPT_COLOR = "#2e7d32"
COLORS = dict(
    zip(
        REASONS,
        (
            *("#b0bec5", "#8e24aa", "#e65100", "#c62828", "#1565c0", "#6d4c41"),
            *("#00838f", "#9e9d24", "#546e7a", "#ad1457"),
            *("#90a4ae", "#3949ab", "#f9a825", "#00acc1", "#f06292"),
        ),
        strict=True,
    )
)
BY_HAND_COLOR = "#212121"
COLUMNS = 1800  # of the overview
BLOCK_HOPS = 6000

Levels = NDArray[np.float32]


def levels_db(path: Path) -> Levels:
    """RMS of every 10 ms of a sound file, dB of full scale, block by block."""
    found = []
    with soundfile.SoundFile(path) as file:
        while len(block := file.read(BLOCK_HOPS * LEVEL_HOP, dtype="float32")):
            frames = block[: len(block) // LEVEL_HOP * LEVEL_HOP].reshape(-1, LEVEL_HOP)
            found.append(10 * np.log10(np.square(frames).mean(axis=1) + 1e-10))
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def overview_picture(levels: Levels, seconds: float, pieces: Sequence[Piece]) -> bytes:
    """Levels of a whole recording; each stretch in the colour of what became of it, which the page names."""
    figure = Figure(figsize=(14, 2.6), layout="constrained")
    axes = figure.subplots()
    times = np.linspace(0, seconds / 60, min(COLUMNS, levels.size))
    heights = np.array([part.max() for part in np.array_split(levels, times.size)])
    axes.plot(times, heights, color="#37474f", linewidth=0.6)
    for piece in pieces:
        dropped = COLORS[piece.reasons[0]] if piece.reasons else BY_HAND_COLOR
        color = KEPT_COLOR if piece.kept else dropped
        axes.axvspan(
            piece.start_seconds / 60, piece.end_seconds / 60, color=color, alpha=0.35, linewidth=0
        )
    axes.set(xlabel="minutes", ylabel="dB", ylim=(-90, 0), xlim=(0, seconds / 60))
    return png_bytes(figure)


def level_picture(before: Levels, after: Levels) -> bytes:
    """Histograms of the levels of all frames, before and after."""
    figure = Figure(figsize=(8, 2.8), layout="constrained")
    axes = figure.subplots()
    bins = np.linspace(-90, 0, 91).tolist()
    for levels, color, name in ((before, "C7", "before"), (after, "C2", "after")):
        if levels.size:
            shown = np.clip(levels, -90, 0)
            axes.hist(shown, bins, density=True, alpha=0.6, color=color, label=name)
            axes.legend()
    axes.set(xlabel="level of 10 ms, dB of full scale", yticks=[])
    return png_bytes(figure)


def piece_picture(before: Audio, after: Audio | None) -> bytes:
    """Waveform and mel of a piece, and of its clip beside it if there is one."""
    sounds = [("before", before), *([("after", after)] if after is not None else [])]
    figure = Figure(figsize=(7 * len(sounds), 3.2), layout="constrained")
    grid = figure.subplots(2, len(sounds), squeeze=False, height_ratios=(1, 1.6))
    for column, (title, audio) in enumerate(sounds):
        _draw_waveform(grid[0][column], audio)
        grid[0][column].set_title(title, loc="left", fontsize=9)
        config = MelConfig()
        waveform = resample(audio.waveform, audio.sample_rate_hz, config.sample_rate_hz)
        padded = np.pad(waveform, (0, max(0, 2 * config.fft_samples - waveform.size)))
        draw_mel(
            grid[1][column],
            log_mel(torch.from_numpy(padded)[None], config)[0].numpy(),
            audio.seconds,
        )
    return png_bytes(figure)


def _draw_waveform(axes: Axes, audio: Audio) -> None:
    parts = np.array_split(audio.waveform, min(1000, max(1, audio.waveform.size)))
    times = np.linspace(0, audio.seconds, len(parts))
    axes.fill_between(
        times, [part.min() for part in parts], [part.max() for part in parts], color="#37474f"
    )
    axes.set(xlim=(0, audio.seconds), ylim=(-1, 1), yticks=(-1, 0, 1))
