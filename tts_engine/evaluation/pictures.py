"""Pictures of the report, drawn by matplotlib; every one comes back as PNG bytes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from tts_engine.audio.mel import MelConfig
from tts_engine.drawing import draw_mel, png_bytes
from tts_engine.evaluation.natural import NaturalPair, Track
from tts_engine.evaluation.verification import Scores, Verification
from tts_engine.text.symbols import START

Vector = NDArray[np.float32]

F0_RANGE_HZ = (60.0, 400.0)
SECONDS_PER_FRAME = 1 / MelConfig().frames_per_second


def track_picture(track: Track) -> bytes:
    """Mel with the borders of its phonemes, and the F0 below it."""
    figure = Figure(figsize=(14, 4.5), layout="constrained")
    mel_axes, f0_axes = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _draw_mel(mel_axes, track)
    draw_f0(f0_axes, track.f0_hz, "C0", "F0")
    return png_bytes(figure)


def pair_picture(pair: NaturalPair) -> bytes:
    """Natural and spoken mel, the warping path between them, and both F0 in the natural pace."""
    figure = Figure(figsize=(14, 8.5), layout="constrained")
    grid = figure.add_gridspec(3, 3, width_ratios=(1.4, 1.4, 0.8))
    natural, spoken = figure.add_subplot(grid[0, :2]), figure.add_subplot(grid[1, :2])
    f0, path = figure.add_subplot(grid[2, :2]), figure.add_subplot(grid[:2, 2])
    _draw_mel(natural, pair.natural)
    _draw_mel(spoken, pair.spoken)
    natural.set_title("natural", loc="left")
    spoken.set_title("spoken", loc="left")
    own, other = pair.path[:, 0], pair.path[:, 1]
    warped = np.zeros_like(pair.natural.f0_hz)
    warped[own] = pair.spoken.f0_hz[other]
    draw_f0(f0, pair.natural.f0_hz, "C0", "natural F0")
    draw_f0(f0, warped, "C3", "spoken F0, warped to the natural pace")
    f0.set_xlabel("seconds")
    path.plot(own * SECONDS_PER_FRAME, other * SECONDS_PER_FRAME)
    path.set(title="alignment by time warping", xlabel="natural, seconds", ylabel="spoken, seconds")
    path.set_aspect("equal")
    return png_bytes(figure)


def scores_picture(result: Verification) -> bytes:
    """Histograms of the cosines behind the error rates."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    bins = np.linspace(-0.2, 1.0, 61)
    panels: tuple[tuple[str, tuple[Scores, Scores]], ...] = (
        ("real recordings", result.real_scores),
        ("clones", result.cloned_scores),
    )
    for axes, (title, (own, others)) in zip(
        figure.subplots(2, 1, sharex=True), panels, strict=True
    ):
        axes.hist(others, bins, density=True, alpha=0.6, color="C7", label="of other people")
        axes.hist(own, bins, density=True, alpha=0.6, color="C2", label="of the person")
        axes.set_title(title, loc="left")
        axes.legend()
    axes.set_xlabel("cosine to the reference")
    return png_bytes(figure)


def map_picture(
    names: Sequence[str], references: Vector, clones: Vector, groups: Sequence[str]
) -> bytes:
    """Where voices lie: references (N, D) as dots, the means of their clones (N, D) as crosses.

    The axes are the first two principal components of the references.
    """
    figure = Figure(figsize=(9, 7), layout="constrained")
    axes = figure.subplots()
    components = PCA(n_components=2, svd_solver="full").fit(references)
    dots, crosses = components.transform(references), components.transform(clones)
    for index, group in enumerate(dict.fromkeys(groups)):
        chosen = [i for i, own in enumerate(groups) if own == group]
        color = f"C{index}"
        axes.scatter(*dots[chosen].T, color=color, label=f"{group}: reference")
        axes.scatter(*crosses[chosen].T, color=color, marker="x", label=f"{group}: speech made")
        for i in chosen:
            axes.plot(*np.stack([dots[i], crosses[i]]).T, color=color, alpha=0.4, linewidth=1)
            axes.annotate(names[i], dots[i], textcoords="offset points", xytext=(4, 3), fontsize=7)
    shares = 100 * components.explained_variance_ratio_
    axes.set_xlabel(f"first component, {shares[0]:.0f} % of the variance")
    axes.set_ylabel(f"second component, {shares[1]:.0f} %")
    axes.legend(fontsize=8)
    return png_bytes(figure)


def _draw_mel(axes: Axes, track: Track) -> None:
    seconds = track.mel.shape[1] * SECONDS_PER_FRAME
    draw_mel(axes, track.mel, seconds)
    end = 0.0
    for index, (token, frames) in enumerate(zip(track.tokens, track.durations, strict=True)):
        start, end = end, end + frames * SECONDS_PER_FRAME
        if token == START or frames == 0:
            continue
        axes.axvline(end, color="white", linewidth=0.4, alpha=0.7)
        height = 74 if index % 2 else 67  # neighbours at two heights, or they would overlap
        axes.text((start + end) / 2, height, token, color="white", fontsize=8, ha="center")


def draw_f0(axes: Axes, f0_hz: Vector, color: str, label: str) -> None:
    """F0 in Hz over seconds; unvoiced frames are gaps."""
    seconds = (np.arange(f0_hz.size) + 0.5) * SECONDS_PER_FRAME
    axes.plot(seconds, np.where(f0_hz > 0, f0_hz, np.nan), color=color, label=label)
    axes.set(ylabel="Hz", ylim=F0_RANGE_HZ, yscale="log", xlim=(0, f0_hz.size * SECONDS_PER_FRAME))
    ticks = (75, 100, 150, 200, 300)
    axes.set_yticks(ticks, [str(hertz) for hertz in ticks])
    axes.minorticks_off()
    axes.legend(loc="upper right", fontsize=7)
