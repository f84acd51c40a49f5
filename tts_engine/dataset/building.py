"""Clips of a plan: written while it is made, and made anew after it was edited."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from tts_engine.audio.io import encode_audio
from tts_engine.dataset.checking import at_level, mend
from tts_engine.dataset.opening import read_copy
from tts_engine.dataset.plan import Piece, Plan
from tts_engine.errors import RequestError
from tts_engine.types import Audio

COPIES, CLIPS = "sources", "clips"
TABLE_FILE = "metadata.csv"


def write_clip(folder: Path, piece: Piece, audio: Audio) -> None:
    """Write a clip that was mended, brought to the level of all."""
    path = clip_path(folder, piece)
    partial = path.with_suffix(".partial")
    partial.write_bytes(encode_audio(at_level(audio), "flac"))
    partial.replace(path)


def clip_path(folder: Path, piece: Piece) -> Path:
    """Where a piece's clip lies."""
    return folder / CLIPS / f"{piece.id}.flac"


def clip_missing(path: Path) -> RequestError:
    """A clip that the plan has cannot be read."""
    return RequestError(
        "clip_missing",
        f"the clip {path.name} cannot be read; rebuild the dataset: --rebuild",
        f"клип {path.name} не читается; пересоберите набор: --rebuild",
    )


def rebuild(plan: Plan, folder: Path, before: Plan | None = None) -> Plan:
    """Make the clips of an edited plan, from the working copies; other clips are removed.

    With the plan that the folder's clips were made of, those of it that have not changed stay as they are.

    Raises:
        RequestError: `copy_missing`.
    """
    for recording in plan.recordings:
        if recording.copy and not (folder / recording.copy).is_file():
            raise RequestError(
                "copy_missing",
                f"the working copy {recording.copy} is gone; prepare {recording.file} anew",
                f"нет рабочей копии {recording.copy}; подготовьте {recording.file} заново",
            )
    (folder / CLIPS).mkdir(exist_ok=True)
    kept = {clip_path(folder, piece) for piece in plan.kept}
    for path in (folder / CLIPS).glob("*.flac"):
        if path not in kept:
            path.unlink()
    made = {_cut(piece) for piece in before.kept} if before else set()
    for piece in plan.kept:
        if _cut(piece) in made and clip_path(folder, piece).is_file():
            continue
        copy = folder / plan.recordings[piece.recording].copy
        audio = read_copy(copy, piece.start_seconds, piece.end_seconds)
        write_clip(folder, piece, mend(audio, piece.mended))
    pieces = [replace(piece, reasons=()) if piece.kept else piece for piece in plan.pieces]
    return replace(plan, pieces=tuple(pieces))


def _cut(piece: Piece) -> tuple[object, ...]:
    """What makes the sound of a clip."""
    return piece.id, piece.recording, piece.start_seconds, piece.end_seconds, piece.mended


def write_table(plan: Plan, folder: Path) -> None:
    """The clips with a text in LJSpeech's layout, `id|text|text`, for other programs."""
    lines = io.StringIO()
    table = csv.writer(
        lines, delimiter="|", quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n"
    )
    for piece in plan.kept:
        text = " ".join(piece.text.replace("|", " ").split())
        if text:
            table.writerow((piece.id, text, text))
    (folder / TABLE_FILE).write_text(lines.getvalue(), encoding="utf-8")
