"""F0 as a curve: octave jumps mended, smoothed if that is wanted, exported and imported.

A tracker that takes a harmonic for the fundamental jumps by an octave and back. Of all ways to shift voiced frames by
an octave the one is taken with the least jumps and shifts (Viterbi): what jumps and soon returns is shifted, a note
sung an octave higher stays.
"""

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import RequestError
from tts_engine.f0.method import SINGING, F0Range, F0Track

Array = NDArray[np.float64]

OCTAVES = (-1.0, 0.0, 1.0)
JUMP_OCTAVES = 0.6  # from one voiced frame to the next: less costs nothing
SHIFT_COST = 8.0  # octaves; a second of shifted frames: what lasts over 0.25 s is sung so
MOST_APART_SECONDS = 0.25  # over a longer silence nothing is compared
MOST_BYTES = 20_000_000
MOST_STEP_SECONDS, OTHER_LENGTH_SECONDS = 0.1, 0.5


def mended_octaves(track: F0Track, within: F0Range = SINGING) -> F0Track:
    """The track without octave jumps that soon return; none leads out of the range."""
    voiced = np.flatnonzero(track.f0_hz > 0)
    if voiced.size < 3:
        return track
    octaves = np.log2(track.f0_hz[voiced])
    shifted = octaves[:, None] + np.array(OCTAVES)  # (N, 3)
    own = SHIFT_COST * track.step_seconds * np.abs(OCTAVES) * np.ones_like(shifted)
    own[(shifted < np.log2(within.low_hz)) | (shifted > np.log2(within.high_hz))] = np.inf
    own[:, 1] = 0.0
    apart = np.diff(voiced) * track.step_seconds > MOST_APART_SECONDS
    cost, back = own[0], np.zeros(shifted.shape, dtype=np.int64)
    for index in range(1, voiced.size):
        jumps = np.abs(shifted[index][:, None] - shifted[index - 1][None, :])  # (to, from)
        steps = np.where(jumps > JUMP_OCTAVES, jumps, 0.0) * (not apart[index - 1])
        ways = cost[None, :] + steps
        back[index] = ways.argmin(axis=1)
        cost = ways.min(axis=1) + own[index]
    chosen = np.empty(voiced.size, dtype=np.int64)
    chosen[-1] = cost.argmin()
    for index in range(voiced.size - 1, 0, -1):
        chosen[index - 1] = back[index, chosen[index]]
    f0_hz = track.f0_hz.copy()
    f0_hz[voiced] = 2 ** shifted[np.arange(voiced.size), chosen]
    f0_hz[voiced[chosen == 1]] = track.f0_hz[voiced[chosen == 1]]  # to the bit
    return replace(track, f0_hz=f0_hz)


def median_filtered(track: F0Track, radius: int) -> F0Track:
    """Each voiced frame becomes the median of itself and the voiced frames up to `radius` frames beside it.

    Nothing voiced falls silent, nothing silent gets a pitch, and no median reaches over a silence.
    """
    if radius <= 0:
        return track
    f0_hz = track.f0_hz.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], track.f0_hz > 0, [0]])))
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        padded = np.pad(track.f0_hz[first:stop], radius, constant_values=np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1)
        f0_hz[first:stop] = np.nanmedian(windows, axis=1)
    return replace(track, f0_hz=f0_hz)


def limited(track: F0Track, within: F0Range) -> F0Track:
    """What lies outside the range is unvoiced."""
    inside = (track.f0_hz >= within.low_hz) & (track.f0_hz <= within.high_hz)
    return replace(track, f0_hz=np.where(inside, track.f0_hz, 0.0))


@dataclass(frozen=True, kw_only=True)
class Jumps:
    """How often a track leaps, and what part of it is voiced."""

    octave: int
    voiced_share: float


def jumps_of(track: F0Track) -> Jumps:
    """Leaps of an octave, within two semitones, between voiced neighbours."""
    before, after = track.f0_hz[:-1], track.f0_hz[1:]
    both = (before > 0) & (after > 0)
    leaps = np.abs(np.log2(after[both] / before[both]))
    return Jumps(
        octave=int((np.abs(leaps - 1) < 1 / 6).sum()),
        voiced_share=float((track.f0_hz > 0).mean()) if track.f0_hz.size else 0.0,
    )


def write_csv(track: F0Track, path: Path) -> None:
    """Write `seconds,Hz`, a line for each measurement, 0 where unvoiced."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("seconds", "Hz"))
    for seconds, hertz in zip(track.seconds, track.f0_hz, strict=True):
        rows.writerow((f"{seconds:.4f}", f"{hertz:.2f}"))
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text.getvalue(), encoding="utf-8")
    partial.replace(path)


def read_csv(path: Path, *, seconds: float | None = None, within: F0Range = SINGING) -> F0Track:
    """Read what `write_csv` wrote, edited or made elsewhere; further columns are passed over.

    Times need not be even: between two voiced lines less than 0.1 s apart F0 is read from the line between them.

    Args:
        path: UTF-8, `seconds,Hz`, a heading or none.
        seconds: length of the sound that it belongs to; None: whatever it has.
        within: range that voiced values have to lie in.

    Raises:
        RequestError: `f0_file_invalid`, `f0_file_of_another_length`.
    """
    times, values = _rows(path, within)
    steps = np.diff(times)
    if (
        seconds is not None
        and not -OTHER_LENGTH_SECONDS < times[-1] - seconds < OTHER_LENGTH_SECONDS
    ):
        raise RequestError(
            "f0_file_of_another_length",
            f"{path.name} ends at {times[-1]:.2f} s, the sound at {seconds:.2f} s; give the F0 of this sound",
            f"{path.name} кончается на {times[-1]:.2f} с, а звук — на {seconds:.2f} с; нужна F0 этого звука",
            file_seconds=round(float(times[-1]), 3),
            sound_seconds=round(seconds, 3),
        )
    step = float(np.median(steps)) if steps.size else 0.01
    if steps.size == 0 or np.allclose(steps, step, atol=2e-4):
        return F0Track(f0_hz=values, first_seconds=float(times[0]), step_seconds=step)
    step = min(step, 0.01)
    even = np.arange(times[0], times[-1] + step / 2, step)
    left = np.clip(np.searchsorted(times, even, side="right") - 1, 0, times.size - 2)
    share = np.clip((even - times[left]) / steps[left], 0, 1)
    joined = (values[left] > 0) & (values[left + 1] > 0) & (steps[left] <= MOST_STEP_SECONDS)
    nearest = np.where(share < 0.5, values[left], values[left + 1])
    near = np.minimum(share, 1 - share) * steps[left] <= MOST_STEP_SECONDS / 2
    line = (1 - share) * values[left] + share * values[left + 1]
    f0_hz = np.where(joined, line, np.where(near, nearest, 0.0))
    return F0Track(f0_hz=f0_hz, first_seconds=float(times[0]), step_seconds=step)


def _rows(path: Path, within: F0Range) -> tuple[Array, Array]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _invalid(path, "it is too large", "он слишком велик")
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _invalid(path, str(error), str(error)) from error
    if rows and not _number(rows[0][0]):
        rows = rows[1:]
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or not (_number(row[0]) and _number(row[1])):
            raise _invalid(
                path, f"row {number} is no pair of numbers", f"строка {number} — не два числа"
            )
    if not rows:
        raise _invalid(path, "it has no rows", "в нём нет строк")
    times, values = (np.array([float(row[column]) for row in rows]) for column in (0, 1))
    if times[0] < 0 or np.any(np.diff(times) <= 0):
        raise _invalid(path, "its times do not rise from 0 on", "времена не возрастают от нуля")
    outside = (values != 0) & ~((values >= within.low_hz) & (values <= within.high_hz))
    if outside.any():
        value = values[outside][0]
        where = f"{within.low_hz:g}-{within.high_hz:g}"
        raise _invalid(
            path,
            f"{value:g} Hz is outside {where} Hz, and unvoiced is 0",
            f"{value:g} Гц вне {where} Гц, а глухое место — это 0",
        )
    return times, values


def _number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _invalid(path: Path, en: str, ru: str) -> RequestError:
    return RequestError(
        "f0_file_invalid",
        f"{path.name} is no F0 file of lines `seconds,Hz`: {en}",
        f"{path.name} — не файл F0 из строк `секунды,Гц`: {ru}",
    )
