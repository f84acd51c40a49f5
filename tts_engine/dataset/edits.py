"""What a person changes in a prepared dataset, as a list of orders: this is kept, that dropped, this cut moved.

`edits.json` beside `report.json` is such a list; `python -m tts_engine dataset DIR --rebuild` follows it, and so does
`edit_dataset` for programs. An edit names a piece of the report by its id, or a stretch of a source:

    {"clip": "0001-0004", "action": "keep"}
    {"clip": "0001-0007", "action": "move", "new_from_s": 31.2, "new_to_s": 36.0}
    {"source": "interview.mp3", "from_s": 80.0, "to_s": 84.5, "action": "drop"}

A cut belongs to both pieces beside it. What a moved piece reaches over gives way, what it leaves goes to its neighbour,
and clips take their words along: text and phonemes follow the new times.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from tts_engine.dataset.building import rebuild, write_table
from tts_engine.dataset.known import Known, read_known
from tts_engine.dataset.page import write_page
from tts_engine.dataset.plan import Piece, Plan, checked_plan, read_plan, write_plan
from tts_engine.errors import RequestError

EDITS_FILE = "edits.json"
KEEP, DROP, MOVE = ACTIONS = ("keep", "drop", "move")
SAME_SECONDS = 0.05  # nearer times are one cut


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One order.

    Attributes:
        action: of ACTIONS.
        clip: id of a piece, kept or dropped; else
        source: name of a file as the report has it, and
        from_s, to_s: the stretch of it, seconds. To be moved, a piece has to lie there.
        new_from_s, new_to_s: where a moved piece begins and ends; None: as before.
    """

    action: str
    clip: str = ""
    source: str = ""
    from_s: float | None = None
    to_s: float | None = None
    new_from_s: float | None = None
    new_to_s: float | None = None


def read_edits(path: Path) -> tuple[Edit, ...]:
    """Edits of a JSON file. Raises RequestError: `edits_invalid`."""
    try:
        return parse_edits(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise _invalid(0, str(error), str(error)) from error


def parse_edits(rows: Any) -> tuple[Edit, ...]:
    """Edits of what JSON holds. Raises RequestError: `edits_invalid`, with the number of the edit."""
    if not isinstance(rows, list):
        raise _invalid(0, "a list is needed", "нужен список")
    return tuple(_edit(number, row) for number, row in enumerate(rows, 1))


def edit_dataset(folder: Path, edits: Sequence[Edit]) -> Plan:
    """Follow edits: clips, report and table of the folder are as these want them; other clips are not touched.

    Args:
        folder: of a prepared dataset.
        edits: followed in order.

    Returns:
        The plan as it is now; `Plan.edits` has all that were ever followed.

    Raises:
        RequestError: `plan_missing`, `plan_invalid`, `edits_invalid`, `copy_missing`; the folder is then as it was.
    """
    before = read_plan(folder)
    plan = checked_plan(apply_edits(before, edits, folder))
    plan = rebuild(plan, folder, before)
    write_plan(plan, folder)
    write_table(plan, folder)
    write_page(plan, folder)
    return plan


def apply_edits(plan: Plan, edits: Sequence[Edit], folder: Path) -> Plan:
    """The plan after edits, no clip written; the folder holds what is known of the recordings."""
    done = plan
    for number, edit in enumerate(edits, 1):
        recording, piece = _meant(done, edit, number)
        own = [one for one in done.pieces if one.recording == recording and one.id != piece.id]
        if edit.action == MOVE:
            piece = _moved(piece, edit, done, number)
        else:
            piece = replace(piece, kept=edit.action == KEEP, reasons=())
        own = _tiled(own, piece, done)
        others = [one for one in done.pieces if one.recording != recording]
        ordered = sorted([*others, *own], key=lambda one: (one.recording, one.start_seconds))
        done = replace(done, pieces=tuple(ordered))
    followed = tuple(
        {k: v for k, v in dataclasses.asdict(edit).items() if v not in (None, "")} for edit in edits
    )
    return replace(_with_words(plan, done, folder), edits=(*plan.edits, *followed))


def _edit(number: int, row: Any) -> Edit:
    try:
        edit = Edit(**row)
    except TypeError as error:
        raise _invalid(number, str(error), str(error)) from error
    numbers = (edit.from_s, edit.to_s, edit.new_from_s, edit.new_to_s)
    if not all(one is None or (type(one) in (int, float) and 0 <= one < 1e6) for one in numbers):
        raise _invalid(
            number, "times are seconds from 0 on", "времена — это секунды, начиная с нуля"
        )
    if edit.action not in ACTIONS:
        raise _invalid(
            number,
            f"action is one of {', '.join(ACTIONS)}",
            f"action — одно из {', '.join(ACTIONS)}",
        )
    stretch = bool(edit.source) and edit.from_s is not None and edit.to_s is not None
    if bool(edit.clip) == stretch or bool(edit.clip) == bool(edit.source):
        raise _invalid(
            number,
            "it names either a clip, or a source with from_s and to_s",
            "нужен либо clip, либо source с from_s и to_s",
        )
    if (edit.action == MOVE) != (edit.new_from_s is not None or edit.new_to_s is not None):
        raise _invalid(
            number,
            "new_from_s or new_to_s belong to move, and to nothing else",
            "new_from_s или new_to_s нужны для move и больше ни для чего",
        )
    return edit


def _meant(plan: Plan, edit: Edit, number: int) -> tuple[int, Piece]:
    """Index of the recording, and the piece that an edit speaks of: one of the plan's, or a new one for a stretch."""
    if edit.clip:
        for piece in plan.pieces:
            if piece.id == edit.clip:
                return piece.recording, piece
        raise _invalid(number, f"there is no piece {edit.clip}", f"нет фрагмента {edit.clip}")
    start, end = edit.from_s or 0.0, edit.to_s or 0.0
    named = [i for i, one in enumerate(plan.recordings) if one.file == edit.source and one.copy]
    if len(named) != 1:
        raise _invalid(
            number,
            f"{len(named)} recordings are called {edit.source}; name the clip",
            f"записей с именем {edit.source}: {len(named)}; укажите clip",
        )
    (recording,) = named
    if not start < end <= plan.recordings[recording].seconds + SAME_SECONDS:
        raise _outside(number, start, end, plan.recordings[recording].seconds)
    overlaps = []
    for piece in plan.pieces:
        if piece.recording == recording:
            if _same(piece.start_seconds, start) and _same(piece.end_seconds, end):
                return recording, piece
            shared = min(piece.end_seconds, end) - max(piece.start_seconds, start)
            overlaps.append((shared, piece.mended if piece.kept else ()))
    if edit.action == MOVE:
        raise _invalid(
            number,
            f"no piece lies from {start:g} to {end:g} s",
            f"ни один фрагмент не лежит от {start:g} до {end:g} с",
        )
    mended = max(overlaps, default=(0.0, ()))[1]
    taken = {piece.id for piece in plan.pieces}
    return recording, Piece(
        id=_free_id(recording, taken),
        recording=recording,
        start_seconds=round(start, 3),
        end_seconds=round(min(end, plan.recordings[recording].seconds), 3),
        kept=False,
        mended=mended,
    )


def _moved(piece: Piece, edit: Edit, plan: Plan, number: int) -> Piece:
    start = piece.start_seconds if edit.new_from_s is None else edit.new_from_s
    end = piece.end_seconds if edit.new_to_s is None else edit.new_to_s
    length = plan.recordings[piece.recording].seconds
    if not start < end <= length + SAME_SECONDS:
        raise _outside(number, start, end, length)
    return replace(piece, start_seconds=round(start, 3), end_seconds=round(min(end, length), 3))


def _tiled(others: list[Piece], piece: Piece, plan: Plan) -> list[Piece]:
    """Pieces of a recording of which this one has been placed: the others give way, or fill what it left."""
    taken = {one.id for one in (*plan.pieces, piece)}
    found = [piece]
    for one in others:
        before = replace(one, end_seconds=min(one.end_seconds, piece.start_seconds))
        after = replace(one, start_seconds=max(one.start_seconds, piece.end_seconds))
        parts = [part for part in (before, after) if part.seconds > SAME_SECONDS]
        if len(parts) == 2:
            parts[1] = replace(parts[1], id=_free_id(piece.recording, taken))
            taken.add(parts[1].id)
        found += parts
    found.sort(key=lambda one: one.start_seconds)
    for left, right in pairwise(range(len(found))):
        first, second = found[left], found[right]
        if second.start_seconds - first.end_seconds <= SAME_SECONDS:
            continue
        if first.id == piece.id:  # the neighbour's cut moves along
            found[right] = replace(second, start_seconds=first.end_seconds)
        elif second.id == piece.id:
            found[left] = replace(first, end_seconds=second.start_seconds)
        else:  # the piece has left for elsewhere
            found.append(_left(piece, first.end_seconds, second.start_seconds, taken))
    length = plan.recordings[piece.recording].seconds
    for start, end in ((0.0, found[0].start_seconds), (max(p.end_seconds for p in found), length)):
        if end - start > SAME_SECONDS:
            found.append(_left(piece, start, end, taken))
    return found


def _left(piece: Piece, start: float, end: float, taken: set[str]) -> Piece:
    number = _free_id(piece.recording, taken)
    taken.add(number)
    return Piece(
        id=number, recording=piece.recording, start_seconds=start, end_seconds=end, kept=False
    )


def _with_words(before: Plan, after: Plan, folder: Path) -> Plan:
    """Clips that are new or moved with what is said in them."""
    known: dict[int, Known] = {}
    old = {piece.id: (piece.start_seconds, piece.end_seconds) for piece in before.pieces}
    pieces = []
    for piece in after.pieces:
        moved = old.get(piece.id) != (piece.start_seconds, piece.end_seconds)
        if piece.kept and (moved or not piece.phonemes):
            if piece.recording not in known:
                copy = folder / after.recordings[piece.recording].copy
                known[piece.recording] = read_known(copy)
            said = known[piece.recording].said(piece.start_seconds, piece.end_seconds)
            piece = replace(
                piece,
                text=said.text,
                text_from=said.source,
                phonemes=" ".join(said.phonemes),
                times=said.times,
                language=said.language,
                figures={**piece.figures, "phoneme_error": said.error},
            )
        pieces.append(piece)
    return replace(after, pieces=tuple(pieces))


def _free_id(recording: int, taken: set[str]) -> str:
    names = (name.partition("-") for name in taken)
    numbers = [
        int(last) for first, _, last in names if last.isdigit() and first == f"{recording + 1:04}"
    ]
    return f"{recording + 1:04}-{max(numbers, default=0) + 1:04}"


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_SECONDS


def _outside(number: int, start: float, end: float, length: float) -> RequestError:
    return _invalid(
        number,
        f"{start:g}-{end:g} s does not lie within 0-{length:g} s",
        f"{start:g}-{end:g} с не лежит в пределах 0-{length:g} с",
    )


def _invalid(number: int, en: str, ru: str) -> RequestError:
    where = (f"edit {number}: ", f"правка {number}: ") if number else ("", "")
    return RequestError(
        "edits_invalid",
        f"{EDITS_FILE} cannot be followed: {where[0]}{en}",
        f"{EDITS_FILE} не выполнить: {where[1]}{ru}",
        edit=number,
    )
