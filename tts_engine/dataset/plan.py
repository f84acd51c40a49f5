"""What is done with recordings, as a file that people may edit: which stretches are kept, which dropped, and why.

`report.json` beside the clips. Its pieces lie in order and those kept do not overlap; change `kept`, the times, the
text or what is mended, and `python -m tts_engine dataset DIR --rebuild` makes the clips anew.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts_engine.errors import RequestError

PLAN_FILE = "report.json"
VERSION = 1

# why a stretch is dropped, a clip left out, or a file not opened
REASONS = {
    "silence": ("silence", "тишина"),
    "music": ("music plays", "звучит музыка"),
    "other_voice": ("somebody else speaks or sings", "говорит или поёт кто-то другой"),
    "clipped": ("overdriven", "перегружено"),
    "text_differs": ("something else is said than the text", "сказано не то, что в тексте"),
    "noisy": ("too noisy", "слишком шумно"),
    "ringing": ("the room rings", "гулкое помещение"),
    "no_speech": ("hardly any speech", "почти нет речи"),
    "too_short": ("too short to learn from", "слишком коротко для обучения"),
    "no_text": ("the transcript has no words here", "в расшифровке здесь нет слов"),
    "no_voice": ("nobody sings", "никто не поёт"),
    "not_in_lyrics": ("what is sung is not in the lyrics", "поётся не то, что в тексте"),
    "not_sung": ("the line is not heard in the song", "строки в песне не слышно"),
    "uncertain": ("the words are hardly heard", "слова едва слышны"),
    "too_long": ("too long for a clip", "слишком длинно для фрагмента"),
}
# what was done to a clip that is kept
MENDS = {
    "denoised": ("noise removed", "шум убран"),
    "hum": ("mains hum removed", "гул сети убран"),
    "clicks": ("clicks removed", "щелчки убраны"),
}
ORDERED = ("denoised", "hum")  # which a person may take back or ask for


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A file that was given.

    Attributes:
        file: its name.
        copy: the working copy, a path inside the dataset; "" when the file was refused.
        seconds: its length.
        rate_hz: of the file.
        channel: that was taken.
        person: of whom it is, where the corpus tells; else "".
        refused: code, English and Russian of why it could not be opened; () when it was.
        clicks: where clicks were mended, seconds.
    """

    file: str
    copy: str = ""
    seconds: float = 0.0
    rate_hz: int = 0
    channel: str = "mix"
    person: str = ""
    refused: tuple[str, ...] = ()
    clicks: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a recording.

    Attributes:
        id: names its clip.
        recording: index of the recording.
        start_seconds: where it begins in the working copy.
        end_seconds: where it ends.
        kept: whether it becomes a clip.
        reasons: keys of REASONS for a piece that is not kept by itself.
        mended: keys of MENDS.
        text: what is said; "" when only the phonemes are known.
        text_from: "given" (of the file), "aligned" (of a longer transcript), "heard" (phonemes by the recognizer), "".
        phonemes: of the text, or heard; separated by spaces.
        times: when each phoneme of the text is heard, begin-end in seconds of the recording, separated by spaces.
        language: of the text, "ru" or "en".
        figures: what was measured.
    """

    id: str
    recording: int
    start_seconds: float
    end_seconds: float
    kept: bool
    reasons: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    text: str = ""
    text_from: str = ""
    phonemes: str = ""
    times: str = ""
    language: str = ""
    figures: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All of it; `edits` are those that were followed, see `dataset.edits`."""

    settings: Mapping[str, Any]
    recordings: tuple[Recording, ...]
    pieces: tuple[Piece, ...]
    edits: tuple[Mapping[str, Any], ...] = ()

    @property
    def kept(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.kept)

    @property
    def kept_seconds(self) -> float:
        return sum(piece.seconds for piece in self.kept)

    def dropped_seconds(self) -> dict[str, float]:
        """Seconds by the first reason of what is not kept."""
        found: dict[str, float] = {}
        for piece in self.pieces:
            if not piece.kept:
                reason = piece.reasons[0] if piece.reasons else "by_hand"
                found[reason] = found.get(reason, 0.0) + piece.seconds
        return found


def write_plan(plan: Plan, folder: Path) -> None:
    """Write `report.json`."""
    told = {
        "version": VERSION,
        "hours_kept": round(plan.kept_seconds / 3600, 4),
        "dropped_seconds": {k: round(v, 2) for k, v in plan.dropped_seconds().items()},
        "reasons": {code: {"en": en, "ru": ru} for code, (en, ru) in REASONS.items()},
        **dataclasses.asdict(plan),
    }
    partial = folder / (PLAN_FILE + ".partial")
    partial.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(folder / PLAN_FILE)


def read_plan(folder: Path) -> Plan:
    """Read `report.json` as it was edited.

    Raises:
        RequestError: `plan_missing`, `plan_invalid`.
    """
    path = folder / PLAN_FILE
    if not path.is_file():
        raise RequestError(
            "plan_missing",
            f"no {PLAN_FILE} in {folder}; prepare the dataset first",
            f"в {folder} нет {PLAN_FILE}; сначала подготовьте набор",
        )
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        plan = Plan(
            settings=dict(told["settings"]),
            recordings=tuple(Recording(**_tuples(row)) for row in told["recordings"]),
            pieces=tuple(Piece(**_tuples(row)) for row in told["pieces"]),
            edits=tuple(told.get("edits", ())),
        )
        return checked_plan(plan)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise _invalid((problem, problem)) from error


def checked_plan(plan: Plan) -> Plan:
    """The plan, if clips can be made of it; else RequestError: `plan_invalid`."""
    problem = _problem(plan)
    if problem is not None:
        raise _invalid(problem)
    return plan


def _invalid(problem: tuple[str, str]) -> RequestError:
    return RequestError(
        "plan_invalid",
        f"{PLAN_FILE} cannot be followed: {problem[0]}",
        f"{PLAN_FILE} не выполнить: {problem[1]}",
    )


def _problem(plan: Plan) -> tuple[str, str] | None:
    """What no clip could be made of, in English and Russian."""
    seen: set[str] = set()
    ends: dict[int, float] = {}
    for piece in sorted(plan.kept, key=lambda piece: (piece.recording, piece.start_seconds)):
        if not 0 <= piece.recording < len(plan.recordings):
            return _both(
                piece, f"there is no recording {piece.recording}", f"нет записи {piece.recording}"
            )
        length = plan.recordings[piece.recording].seconds
        if not 0 <= piece.start_seconds < piece.end_seconds <= length + 0.01:
            where = f"{piece.start_seconds:g}-{piece.end_seconds:g}"
            return _both(
                piece,
                f"{where} s does not lie within 0-{length:g} s",
                f"{where} с не лежит в пределах 0-{length:g} с",
            )
        if piece.start_seconds < ends.get(piece.recording, 0.0) - 0.01:
            return _both(piece, "it overlaps the piece before it", "он заходит на предыдущий")
        if unknown := set(piece.mended) - MENDS.keys():
            return _both(piece, f"unknown in mended: {unknown}", f"неизвестно в mended: {unknown}")
        if piece.id in seen or not piece.id.replace("-", "").isalnum():
            return _both(
                piece, "the id is taken or not a plain name", "такой id уже есть или не годится"
            )
        seen.add(piece.id)
        ends[piece.recording] = piece.end_seconds
    return None


def _both(piece: Piece, en: str, ru: str) -> tuple[str, str]:
    return f"piece {piece.id}: {en}", f"фрагмент {piece.id}: {ru}"


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
