"""A dataset's `report.html`: what was kept and dropped and why, in English and Russian, with pictures and players.

It lies beside the clips and plays them from there; what was dropped plays from the working copies.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from jinja2 import Environment, FileSystemLoader

from tts_engine.dataset.building import clip_path
from tts_engine.dataset.opening import read_copy
from tts_engine.dataset.pictures import (
    BY_HAND_COLOR,
    COLORS,
    KEPT_COLOR,
    level_picture,
    levels_db,
    overview_picture,
    piece_picture,
)
from tts_engine.dataset.plan import MENDS, REASONS, Piece, Plan
from tts_engine.drawing import png_link
from tts_engine.types import Audio

PAGE_FILE = "report.html"
BY_HAND = ("taken out by hand", "убрано вручную")
OVERVIEWS = 20  # recordings that are drawn, the longest
OF_EACH = 3  # pieces drawn of each reason and each mending
LONGEST_DRAWN_SECONDS = 20.0
SHOWN_FIGURES = {
    "speech_seconds": ("speech, s", "речь, с"),
    "snr_db": ("over noise, dB", "над шумом, дБ"),
    "denoised_snr_db": ("denoised, dB", "без шума, дБ"),
    "decay_seconds": ("room, s", "комната, с"),
    "hum_hz": ("hum, Hz", "гул, Гц"),
    "phoneme_error": ("heard otherwise", "слышно иначе"),
    "certainty": ("certainty", "уверенность"),
    "f0_low_hz": ("F0 from, Hz", "F0 от, Гц"),
    "f0_high_hz": ("F0 to, Hz", "F0 до, Гц"),
}


def write_page(plan: Plan, folder: Path) -> None:
    """Write the report of a plan whose clips lie in the folder."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    levels = {
        index: levels_db(folder / recording.copy)
        for index, recording in enumerate(plan.recordings)
        if recording.copy
    }
    page = environment.get_template("page.html").render(
        plan=plan,
        reasons=REASONS,
        mends=MENDS,
        by_hand=BY_HAND,
        kept_color=KEPT_COLOR,
        colors=COLORS,
        by_hand_color=BY_HAND_COLOR,
        figures={
            name: told
            for name, told in SHOWN_FIGURES.items()
            if any(piece.figures.get(name) is not None for piece in plan.pieces)
        },
        total_seconds=sum(recording.seconds for recording in plan.recordings),
        dropped=sorted(plan.dropped_seconds().items(), key=lambda row: -row[1]),
        levels=png_link(level_picture(_joined(levels.values()), _joined(_of_clips(plan, folder)))),
        overviews=_overviews(plan, levels),
        examples=[_example(plan, piece, folder) for piece in _examples(plan)],
        seconds=_seconds,
        causes=_causes,
        counts=dict(_causes(plan.pieces)),
        sound=lambda piece: _sound(plan, piece),
    )
    partial = folder / (PAGE_FILE + ".partial")
    partial.write_text(page, encoding="utf-8")
    partial.replace(folder / PAGE_FILE)


def _overviews(plan: Plan, levels: dict[int, Any]) -> list[tuple[str, str]]:
    longest = sorted(levels, key=lambda index: -plan.recordings[index].seconds)[:OVERVIEWS]
    return [
        (
            plan.recordings[index].file,
            png_link(
                overview_picture(
                    levels[index],
                    plan.recordings[index].seconds,
                    [piece for piece in plan.pieces if piece.recording == index],
                )
            ),
        )
        for index in sorted(longest)
        if levels[index].size
    ]


def _examples(plan: Plan) -> list[Piece]:
    """Of each reason and each mending the first pieces, in order; silence shows nothing, nor does what nobody sings."""
    counts: dict[str, int] = {}
    chosen = []
    for piece in plan.pieces:
        names = [
            *(piece.mended if piece.kept else piece.reasons),
            *(["kept"] if piece.kept else []),
        ]
        names = [name for name in names if name != "silence"]
        if piece.seconds and any(counts.get(name, 0) < OF_EACH for name in names):
            chosen.append(piece)
            for name in names:
                counts[name] = counts.get(name, 0) + 1
    return chosen


def _example(plan: Plan, piece: Piece, folder: Path) -> tuple[Piece, str]:
    copy = folder / plan.recordings[piece.recording].copy
    end = min(piece.end_seconds, piece.start_seconds + LONGEST_DRAWN_SECONDS)
    after = None
    if piece.kept:
        samples, rate_hz = soundfile.read(clip_path(folder, piece), dtype="float32")
        after = Audio(samples[: round(LONGEST_DRAWN_SECONDS * rate_hz)], rate_hz)
    return piece, png_link(piece_picture(read_copy(copy, piece.start_seconds, end), after))


def _sound(plan: Plan, piece: Piece) -> str:
    """Where a player finds a piece: its clip, or its stretch of the working copy."""
    if piece.kept:
        return f"clips/{piece.id}.flac"
    times = f"{piece.start_seconds:.2f},{piece.end_seconds:.2f}"
    return f"{plan.recordings[piece.recording].copy}#t={times}"


def _of_clips(plan: Plan, folder: Path) -> list[Any]:
    return [levels_db(clip_path(folder, piece)) for piece in plan.kept]


def _causes(pieces: Sequence[Piece]) -> list[tuple[str, int]]:
    """First reasons of those that are not kept, the most frequent first, and how many have each."""
    dropped = (piece for piece in pieces if not piece.kept)
    return Counter(next(iter(piece.reasons), "by_hand") for piece in dropped).most_common()


def _joined(parts: Any) -> Any:
    listed: Sequence[Any] = list(parts)
    return np.concatenate(listed) if listed else np.zeros(0, np.float32)


def _seconds(value: float) -> str:
    """m:ss, from an hour on h:mm:ss."""
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
