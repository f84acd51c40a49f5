"""Scores as JSON, for programs that read them elsewhere or draw them; and the confined reading of a stranger's file.

    {"title": …, "parts": [{"name": …, "notes": [{"start", "seconds", "midi", "syllable", "begins_word", "loudness"}],
                            "played": [[start, seconds, midi, loudness]], "program": 0, "drums": false,
                            "polyphonic": null}]}

Seconds and MIDI numbers as in `score.Note`; `played` and what follows it are as in `score.Part` and may be left out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from tts_engine.errors import RequestError
from tts_engine.singing.score import (
    LONGEST_SECONDS,
    Note,
    Part,
    Score,
    check_size,
    checked,
    one_voice,
    parse_score,
    singable,
)

LOWEST_MIDI, HIGHEST_MIDI = 0.0, 127.0
SYLLABLE_CHARACTERS = 40
MOST_PROGRAM = 127
TITLE_CHARACTERS, NAME_CHARACTERS = 200, 100
NUMBERS = {  # of a note, with their bounds
    "start": (0.0, LONGEST_SECONDS),
    "seconds": (0.0, LONGEST_SECONDS),
    "midi": (LOWEST_MIDI, HIGHEST_MIDI),
    "loudness": (0.0, 1.0),
}
USUAL = {"loudness": 0.7, "syllable": "", "begins_word": True}
KNOWN = frozenset([*NUMBERS, "syllable", "begins_word"])


def score_to_dict(score: Score) -> dict[str, Any]:
    """What `score_from_dict` takes."""
    return {
        "title": score.title,
        "parts": [
            {
                "name": part.name,
                "notes": [note_to_dict(note) for note in part.notes],
                "played": [list(_row(note).values()) for note in part.played],
                "program": part.program,
                "drums": part.drums,
                "polyphonic": part.polyphonic_seconds,
            }
            for part in score.parts
        ],
    }


def note_to_dict(note: Note) -> dict[str, Any]:
    """To the tenth of a millisecond."""
    return {**_row(note), "syllable": note.syllable, "begins_word": note.begins_word}


def _row(note: Note) -> dict[str, float]:
    """Its numbers, in the order of NUMBERS."""
    return {
        "start": round(note.start_seconds, 4),
        "seconds": round(note.seconds, 4),
        "midi": round(note.midi, 3),
        "loudness": round(note.loudness, 3),
    }


def score_from_dict(document: Mapping[str, Any]) -> Score:
    """A score that was written by `score_to_dict`, or by a person's program.

    Raises:
        RequestError: `bad_notes`, a note is none; `score_without_notes`, `score_too_large`, `part_polyphonic`.
    """
    parts = document.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        raise _bad_notes("parts is no list of {name, notes}", "parts — не список из {name, notes}")
    title = printable(document.get("title"), TITLE_CHARACTERS)
    return checked(title, [part_from_dict(part) for part in parts])


def part_from_dict(document: Mapping[str, Any]) -> Part:
    """One part of it; raises likewise."""
    notes, name = document.get("notes"), printable(document.get("name"), NAME_CHARACTERS)
    if not isinstance(notes, list):
        raise _bad_notes("notes is no list", "notes — не список")
    played = document.get("played", [])
    if not isinstance(played, list) or not all(
        isinstance(row, list) and len(row) == len(NUMBERS) for row in played
    ):
        raise _bad_notes(
            f"played is no list of rows [{', '.join(NUMBERS)}]",
            f"played — не список строк [{', '.join(NUMBERS)}]",
        )
    check_size(max(len(notes), len(played)))
    one, polyphonic = one_voice(_notes(notes))
    part = Part(
        name=name,
        notes=one,
        played=tuple(_notes([dict(zip(NUMBERS, row, strict=True)) for row in played])),
        polyphonic_seconds=polyphonic,
        **_instrument(document),
    )
    return replace(singable(part), polyphonic_seconds=_polyphonic(document))


def _instrument(document: Mapping[str, Any]) -> dict[str, Any]:
    program, drums = document.get("program", 0), document.get("drums", False)
    if type(program) is not int or not 0 <= program <= MOST_PROGRAM or not isinstance(drums, bool):
        raise _bad_notes(
            f"program is no number of 0 to {MOST_PROGRAM}, or drums not true or false",
            f"program — не число от 0 до {MOST_PROGRAM}, или drums — не true и не false",
        )
    return {"program": program, "drums": drums}


def _polyphonic(document: Mapping[str, Any]) -> float | None:
    seconds = document.get("polyphonic")
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise _bad_notes("polyphonic is no number of seconds", "polyphonic — не число секунд")
    return float(seconds)


def printable(text: Any, most_characters: int) -> str:
    """What can be shown and written of a name."""
    known = text if isinstance(text, str) else ""
    return "".join(one for one in known if one.isprintable())[:most_characters]


def _notes(rows: Sequence[Any]) -> list[Note]:
    return [_note(number, row) for number, row in enumerate(rows, start=1)]


def _note(number: int, row: Any) -> Note:
    if not isinstance(row, Mapping):
        raise _bad_note(number, "it is no object", "это не объект")
    unknown = sorted(str(name)[:40] for name in row if name not in KNOWN)
    if unknown:
        raise _bad_note(number, f"{unknown[0]!r} is unknown", f"поле «{unknown[0]}» неизвестно")
    row = {**USUAL, **row}
    values = {name: _number(number, name, row.get(name)) for name in NUMBERS}
    if values["seconds"] <= 0:
        raise _bad_note(number, "it lasts 0 s", "она длится 0 с", start=values["start"])
    begins, given = row["begins_word"], row["syllable"]
    syllable = " ".join(given.split()) if isinstance(given, str) else None
    if syllable is None or len(syllable) > SYLLABLE_CHARACTERS or not syllable.isprintable():
        raise _bad_note(
            number,
            f"syllable is no text of up to {SYLLABLE_CHARACTERS} characters",
            f"syllable — не текст до {SYLLABLE_CHARACTERS} знаков",
        )
    if not isinstance(begins, bool):
        raise _bad_note(
            number, "begins_word is not true or false", "begins_word — не true и не false"
        )
    return Note(
        start_seconds=values["start"],
        seconds=values["seconds"],
        midi=values["midi"],
        loudness=values["loudness"],
        syllable=syllable,
        begins_word=begins,
    )


def _number(number: int, name: str, value: Any) -> float:
    low, high = NUMBERS[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:  # nor is NaN
        shown = repr(value)[:40]
        raise _bad_note(
            number,
            f"{name} is {shown}; expected a number of {low:g} to {high:g}",
            f"{name} — {shown}; ожидается число от {low:g} до {high:g}",
        )
    return float(value)


def _bad_note(number: int, en: str, ru: str, **details: Any) -> RequestError:
    return _bad_notes(f"note {number}: {en}", f"нота {number}: {ru}", note=number, **details)


def _bad_notes(en: str, ru: str, **details: Any) -> RequestError:
    return RequestError("bad_notes", en, ru, **details)


def reading_task(source: BinaryIO, sink: BinaryIO, *, name: str) -> dict[str, Any]:
    """What the confined process does of a file of a stranger: its score as JSON."""
    sink.write(json.dumps(score_to_dict(parse_score(source.read(), name))).encode())
    return {}
