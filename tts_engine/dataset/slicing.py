"""Where a long recording is cut: in its silences, as audio-slicer does it.

A frame is silent below a threshold. A silence of at least the minimum interval ends a clip that has its minimum
length; the cut lies at its quietest frame, and of a long silence the middle goes. What audio-slicer lacks: a clip
that grows too long is cut at its quietest frame, and where the background alone is above the threshold, that moves up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter, uniform_filter1d

from tts_engine.errors import RequestError

SMOOTHED_FRAMES = 4
FLOOR_SECONDS = 30.0  # around a moment, in which the background is looked for
FLOOR_PERCENT = 5
ABOVE_FLOOR_DB = 4.0
SPEECH_DB = -20.0  # level of speech to which the threshold refers

Levels = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SliceSettings:
    """Named as audio-slicer does.

    Attributes:
        threshold_db: quieter is silence, when speech stands at -20 dB. -30 for noisy rooms, -50 keeps breaths.
        min_length_ms: a clip is not ended before.
        min_interval_ms: shortest silence in which a cut may lie.
        hop_ms: length of a frame.
        max_sil_kept_ms: silence that stays on either side of a clip.
        max_length_ms: a clip is cut before it grows longer.
    """

    threshold_db: float = -40.0
    min_length_ms: int = 5000
    min_interval_ms: int = 300
    hop_ms: int = 10
    max_sil_kept_ms: int = 500
    max_length_ms: int = 15_000

    def __post_init__(self) -> None:
        lengths = (self.hop_ms, self.min_interval_ms, self.min_length_ms, self.max_length_ms)
        if not 0 < lengths[0] <= lengths[1] <= lengths[2] <= lengths[3]:
            raise RequestError(
                "slicing_out_of_range",
                "slicing needs 0 < hop_ms <= min_interval_ms <= min_length_ms <= max_length_ms, "
                f"given {', '.join(map(str, lengths))}",
                "нарезке нужно 0 < hop_ms <= min_interval_ms <= min_length_ms <= max_length_ms, "
                f"дано {', '.join(map(str, lengths))}",
            )
        if not (-90 <= self.threshold_db <= -10 and 0 <= self.max_sil_kept_ms <= 5000):
            raise RequestError(
                "slicing_out_of_range",
                "threshold_db must lie between -90 and -10, max_sil_kept_ms between 0 and 5000; given "
                f"{self.threshold_db:g} and {self.max_sil_kept_ms}",
                "threshold_db должен быть от -90 до -10, max_sil_kept_ms от 0 до 5000; дано "
                f"{self.threshold_db:g} и {self.max_sil_kept_ms}",
            )

    def frames(self, milliseconds: int) -> int:
        """A length in frames."""
        return round(milliseconds / self.hop_ms)


def speech_level_db(levels_db: Levels) -> float:
    """RMS of the louder half of the frames that are not digital silence; -inf when all are."""
    sounding = np.sort(levels_db[levels_db > -90])
    if not sounding.size:
        return -np.inf
    return float(10 * np.log10(np.mean(10 ** (sounding[sounding.size // 2 :] / 10))))


def silent_frames(levels_db: Levels, settings: SliceSettings) -> Flags:
    """Which frames are silent, (frames,), of levels in dB of full scale."""
    speech_db = speech_level_db(levels_db)
    if not np.isfinite(speech_db):
        return np.ones(levels_db.size, dtype=bool)
    smooth = 10 * np.log10(uniform_filter1d(10 ** (levels_db / 10), SMOOTHED_FRAMES) + 1e-12)
    threshold = speech_db + settings.threshold_db - SPEECH_DB
    around = settings.frames(round(1000 * FLOOR_SECONDS))
    floor = percentile_filter(smooth[::10], FLOOR_PERCENT, max(1, around // 10))
    raised = np.repeat(floor, 10)[: smooth.size] + ABOVE_FLOOR_DB
    # where somebody speaks without a pause the floor is speech: the threshold never comes near that
    raised = np.minimum(raised, threshold + 14.0)
    return np.asarray(smooth < np.maximum(threshold, raised))


def slice_frames(
    levels_db: Levels,
    settings: SliceSettings,
    regions: Sequence[tuple[int, int]] | None = None,
) -> list[tuple[int, int]]:
    """Clips [first, stop) in frames; what lies between them is silence that is dropped.

    Args:
        levels_db: of each frame, (frames,).
        settings: how to cut.
        regions: stretches [first, stop) that are sliced each for itself; None: all is one.
    """
    silent = silent_frames(levels_db, settings)
    return [
        clip
        for region in ([(0, levels_db.size)] if regions is None else regions)
        for whole in _sliced(levels_db, silent, region, settings)
        for clip in _bounded(levels_db, *whole, settings)
    ]


def _sliced(
    levels_db: Levels, silent: Flags, region: tuple[int, int], settings: SliceSettings
) -> Iterator[tuple[int, int]]:
    """Clips of one region, none without a frame of sound."""
    begin, end = region
    kept, start = settings.frames(settings.max_sil_kept_ms), begin
    for first, stop in ((a + begin, b + begin) for a, b in runs(silent[begin:end])):
        if first == begin:
            start = max(begin, stop - kept)
        elif stop == end:
            end = min(end, first + kept)
        elif stop - first >= settings.frames(
            settings.min_interval_ms
        ) and stop - start >= settings.frames(settings.min_length_ms):
            left, right = _cut(levels_db, first, stop, kept)
            yield start, left
            start = right
    if not silent[start:end].all():
        yield start, end


def _cut(levels_db: Levels, first: int, stop: int, kept: int) -> tuple[int, int]:
    """Where the clip before a silence ends and the next one begins; they meet unless it is a long one."""
    left = first + int(levels_db[first : min(stop, first + kept + 1)].argmin())
    right = max(first, stop - kept - 1)
    right += int(levels_db[right:stop].argmin())
    if stop - first > kept and left < right:
        return left, right
    quietest = first + int(levels_db[first:stop].argmin())
    return quietest, quietest


def _bounded(
    levels_db: Levels, first: int, stop: int, settings: SliceSettings
) -> Iterator[tuple[int, int]]:
    """A clip, cut at its quietest frames into parts of at most the maximum length."""
    longest = settings.frames(settings.max_length_ms)
    smooth = uniform_filter1d(levels_db, settings.frames(settings.min_interval_ms) // 3 + 1)
    while stop - first > longest:
        low = first + longest // 2
        cut = low + int(smooth[low : first + longest].argmin())
        yield first, cut
        first = cut
    yield first, stop


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Where flags are set: [first, stop) of each run."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
