"""A sung part as notes with syllables and seconds, whatever file it came from.

A note begins where the score's tempo puts it. Tied notes are one; of a chord the highest sings; a note without
a syllable holds the one before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from tts_engine.errors import RequestError

MOST_NOTES = 20_000
LONGEST_SECONDS = 3600.0
TEMPO_LIMITS = (0.25, 4.0)
SHORTEST_NOTE_SECONDS = 0.02  # shorter ones are ornaments that no syllable fits into
OVERLAP_SECONDS = 0.03  # what players let ring into the next note


@dataclass(frozen=True, kw_only=True)
class Note:
    """One sung note.

    Attributes:
        start_seconds, seconds: when, and for how long.
        midi: pitch, 60 is middle C; fractions are microtones.
        syllable: that begins on it; "" holds the one before.
        begins_word: whether the syllable is the first of its word.
        loudness: 0 to 1, from velocity or dynamics; 0.7 where nothing is said.
    """

    start_seconds: float
    seconds: float
    midi: float
    syllable: str = ""
    begins_word: bool = True
    loudness: float = 0.7

    @property
    def end_seconds(self) -> float:
        return self.start_seconds + self.seconds

    @property
    def hz(self) -> float:
        return float(440 * 2 ** ((self.midi - 69) / 12))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a score.

    Attributes:
        name: as the score has it.
        notes: one voice of it, in order, none of them overlapping.
        played: all of its notes in order, of chords and several voices too; what an instrument plays.
        program: General MIDI instrument, 0 to 127.
        drums: whether `played` are drums of General MIDI.
        polyphonic_seconds: where two voices sound in it, so that it cannot be sung; None: nowhere.
    """

    name: str
    notes: tuple[Note, ...]
    played: tuple[Note, ...] = ()
    program: int = 0
    drums: bool = False
    polyphonic_seconds: float | None = None

    @property
    def has_lyrics(self) -> bool:
        return any(note.syllable for note in self.notes)


@dataclass(frozen=True, kw_only=True)
class Score:
    """All parts that have notes, and how long it lasts."""

    title: str
    parts: tuple[Part, ...]

    @property
    def seconds(self) -> float:
        ends = (note.end_seconds for part in self.parts for note in (*part.notes, *part.played))
        return max(ends, default=0.0)

    def number_of(self, part: Part) -> int:
        """Of one of its parts, from 1 on."""
        return 1 + next(index for index, one in enumerate(self.parts) if one is part)

    def sung(self, number: int | None = None) -> Part:
        """Part `number`, from 1 on, or the first with lyrics.

        Raises:
            RequestError: `no_such_part`, `score_without_lyrics`, `part_polyphonic`.
        """
        if number is not None and not 1 <= number <= len(self.parts):
            raise RequestError(
                "no_such_part",
                f"there is no part {number}; the score has {len(self.parts)}: {self._names()}",
                f"партии {number} нет; в нотах их {len(self.parts)}: {self._names()}",
            )
        chosen = [self.parts[number - 1]] if number is not None else self.parts
        for part in chosen:
            if part.has_lyrics:
                return singable(part)
        raise RequestError(
            "score_without_lyrics",
            f"nothing to sing: no syllables in {self._names()}; add lyrics to the score or give them as a text",
            f"нечего петь: нет слогов в партиях {self._names()}; добавьте слова в ноты или дайте их текстом",
        )

    def beside(self, number: int) -> tuple[Part, ...]:
        """The parts that accompany part `number`: those that an instrument plays.

        Raises:
            RequestError: `nothing_to_play`.
        """
        others = tuple(p for n, p in enumerate(self.parts, start=1) if n != number and p.played)
        if not others:
            raise RequestError(
                "nothing_to_play",
                "the score has no part beside the sung one; give a track as accompaniment instead",
                "в нотах нет партий, кроме той, что поётся; дайте сопровождение записью",
            )
        return others

    def _names(self) -> str:
        return ", ".join(part.name for part in self.parts)


def read_score(path: Path) -> Score:
    """A MusicXML (.musicxml, .xml, .mxl) or MIDI (.mid, .midi, .kar) file.

    Raises:
        RequestError: `file_missing`, and as `parse_score`.
    """
    if not path.is_file():
        raise RequestError("file_missing", f"no file {path}", f"нет файла {path}")
    return parse_score(path.read_bytes(), path.name)


def parse_score(content: bytes, name: str) -> Score:
    """The same of a file's content; the suffix of its name tells the kind.

    Raises:
        RequestError: `unknown_score_format`, `score_unreadable`, `score_too_large`, `score_without_notes`.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in (".musicxml", ".xml", ".mxl"):
        from tts_engine.singing.musicxml import parse_musicxml

        return parse_musicxml(content, name)
    if suffix in (".mid", ".midi", ".kar"):
        from tts_engine.singing.midi import parse_midi

        return parse_midi(content, name)
    raise RequestError(
        "unknown_score_format",
        f"{name} is no score that can be read; MusicXML (.musicxml, .mxl) or MIDI (.mid, .kar) can",
        f"{name} — не ноты, которые можно прочесть; подойдут MusicXML (.musicxml, .mxl) или MIDI (.mid, .kar)",
    )


def at_tempo(part: Part, tempo: float) -> Part:
    """The part so many times as fast; RequestError `out_of_range` beyond 0.25 to 4."""
    low, high = TEMPO_LIMITS
    if not low <= tempo <= high:
        raise RequestError(
            "out_of_range",
            f"tempo {tempo} is outside {low:g} … {high:g}",
            f"темп {tempo} вне пределов {low:g} … {high:g}",
            minimum=low,
            maximum=high,
        )
    return replace(part, notes=_faster(part.notes, tempo), played=_faster(part.played, tempo))


def score_at_tempo(score: Score, tempo: float) -> Score:
    """All parts so many times as fast; raises as `at_tempo`."""
    return replace(score, parts=tuple(at_tempo(part, tempo) for part in score.parts))


def _faster(notes: Sequence[Note], tempo: float) -> tuple[Note, ...]:
    return tuple(
        replace(note, start_seconds=note.start_seconds / tempo, seconds=note.seconds / tempo)
        for note in notes
    )


def checked(title: str, parts: Sequence[Part]) -> Score:
    """A score out of parts, of which those without notes are left out.

    Raises:
        RequestError: `score_without_notes`, `score_too_large`.
    """
    kept = tuple(part for part in parts if part.notes or part.played)
    if not any(part.notes for part in kept):
        raise RequestError(
            "score_without_notes", "the score has no notes", "в нотах нет ни одной ноты"
        )
    score = Score(title=title, parts=kept)
    check_size(sum(max(len(part.notes), len(part.played)) for part in kept), score.seconds)
    return score


def check_size(notes: int, seconds: float = 0.0) -> None:
    """Raises RequestError `score_too_large`."""
    if notes > MOST_NOTES or seconds > LONGEST_SECONDS:
        raise RequestError(
            "score_too_large",
            f"the score has {notes} notes and lasts {seconds:.0f} s; at most {MOST_NOTES} notes and "
            f"{LONGEST_SECONDS:.0f} s can be sung",
            f"в нотах {notes} нот и {seconds:.0f} с; спеть можно не больше {MOST_NOTES} нот и "
            f"{LONGEST_SECONDS:.0f} с",
        )


def one_voice(notes: Sequence[Note]) -> tuple[tuple[Note, ...], float | None]:
    """Notes of one voice: of those struck together the highest, none ringing into the next.

    Returns:
        Them, and where notes lie over each other as in two voices, seconds, if anywhere: the earlier note ends there.
    """
    ordered = sorted(notes, key=lambda note: (note.start_seconds, -note.midi))
    kept: list[Note] = []
    polyphonic = None
    for note in ordered:
        if note.seconds < SHORTEST_NOTE_SECONDS and not note.syllable:
            continue
        if not kept or note.start_seconds >= kept[-1].end_seconds:
            kept.append(note)
        elif note.start_seconds - kept[-1].start_seconds < OVERLAP_SECONDS:
            syllable = kept[-1].syllable or note.syllable
            kept[-1] = replace(kept[-1], syllable=syllable)  # a chord, and lyrics on any of it
        else:
            if polyphonic is None and not _ends_soon(kept[-1], note):
                polyphonic = note.start_seconds
            kept[-1] = replace(kept[-1], seconds=note.start_seconds - kept[-1].start_seconds)
            kept.append(note)
    return tuple(kept), polyphonic


def singable(part: Part) -> Part:
    """The part itself; RequestError `part_polyphonic` where two voices sound in it."""
    at = part.polyphonic_seconds
    if at is not None:
        raise RequestError(
            "part_polyphonic",
            f"part {part.name!r} has two voices at {at:.2f} s; put each in a part of its own",
            f"в партии «{part.name}» на {at:.2f} с звучат два голоса; вынесите каждый в свою партию",
            seconds=round(at, 2),
        )
    return part


def _ends_soon(before: Note, note: Note) -> bool:
    """Whether the earlier note only rings on a little."""
    ringing = before.end_seconds - note.start_seconds
    return ringing <= max(OVERLAP_SECONDS, 0.25 * before.seconds)
