"""MusicXML, plain or zipped, as `music21` reads it: tempo, ties, repeats, syllables of the first verse."""

import io
import logging
import zipfile
from bisect import bisect_left, bisect_right
from dataclasses import replace
from pathlib import PurePath
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tts_engine.errors import RequestError
from tts_engine.singing.score import Note, Part, Score, check_size, checked, one_voice

logger = logging.getLogger(__name__)

MOST_BYTES = 30_000_000  # unpacked
CONTAINER = "META-INF/container.xml"
DEFAULT_BPM = 120.0
WEDGE_STEP = 0.15  # of loudness, of a crescendo that leads nowhere written; as from mf to f
SWELL = "swell"
PARTS_OF_WORDS = ("middle", "end")


def parse_musicxml(raw: bytes, name: str) -> Score:
    """Raises as `score.parse_score`."""
    content = _content(raw, name)
    try:
        root = fromstring(
            content
        )  # bombs and external entities are refused before anything else reads it
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise unreadable(name, error) from error
    if root.tag not in ("score-partwise", "score-timewise"):
        raise unreadable(name, ValueError(f"the root is <{root.tag}>, not a score"))
    check_size(sum(1 for _ in root.iter("note")))

    from music21 import converter
    from music21.exceptions21 import Music21Exception

    try:
        parsed: Any = converter.parseData(content.decode(_encoding(content)), format="musicxml")
        return _score(parsed, PurePath(name).stem)
    except RequestError:
        raise
    except (Music21Exception, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> RequestError:
    """The refusal of a file that is no whole score."""
    return RequestError(
        "score_unreadable",
        f"{name} cannot be read as a score: {error}",
        f"{name} не читается как ноты: {error}",
    )


def _content(raw: bytes, name: str) -> bytes:
    """The XML of a plain or zipped file, with a limit on what is unpacked."""
    if not raw.startswith(b"PK"):
        return _limited(raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            container = fromstring(_member(archive, CONTAINER))
            found = [e.get("full-path") for e in container.iter() if e.tag.endswith("rootfile")]
            return _member(archive, next(inner for inner in found if inner))
    except (zipfile.BadZipFile, KeyError, StopIteration, ParseError, DefusedXmlException) as error:
        raise unreadable(name, error) from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return _limited(member.read(MOST_BYTES + 1))


def _limited(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise RequestError(
            "score_too_large",
            f"the score takes more than {MOST_BYTES // 1_000_000} MB",
            f"ноты занимают больше {MOST_BYTES // 1_000_000} МБ",
        )
    return content


def _encoding(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return "utf-8-sig"


def _score(parsed: Any, stem: str) -> Score:
    for part in parsed.parts:
        _mark_wedges(part)
    unfolded = _without_repeats(parsed)
    boundaries = [
        (float(start), float(stop), _quarter_seconds(mark))
        for start, stop, mark in unfolded.metronomeMarkBoundaries()
    ]
    title = (parsed.metadata and (parsed.metadata.title or parsed.metadata.movementName)) or stem
    parts = [_part(part, number, boundaries) for number, part in enumerate(unfolded.parts, start=1)]
    return checked(str(title), parts)


def _without_repeats(parsed: Any) -> Any:
    """Repeats and endings as they are played; a score whose signs make no sense is sung as written, and it is said."""
    from music21.exceptions21 import Music21Exception

    try:
        return parsed.expandRepeats()
    except Music21Exception as error:
        logger.warning("repeats are not played, their signs make no sense: %s", error)
        return parsed


def _quarter_seconds(mark: Any) -> float:
    bpm = mark.getQuarterBPM() if mark is not None else None
    return 60.0 / float(bpm or DEFAULT_BPM)


def _part(part: Any, number: int, boundaries: list[tuple[float, float, float]]) -> Part:
    name = str(part.partName or f"part {number}")
    instrument = part.getInstrument(returnDefault=True)
    sung, played = [], []
    for element in part.stripTies().flatten().notes:
        if element.duration.isGrace or "ChordSymbol" in element.classes:
            continue
        own = _notes(element, boundaries)
        if own:
            syllable, begins = _syllable(element)
            played += own
            highest = max(own, key=lambda note: note.midi)
            sung.append(replace(highest, syllable=syllable, begins_word=begins))
    notes, polyphonic = one_voice(sung)
    return Part(
        name=name,
        notes=notes,
        played=tuple(played),
        program=int(instrument.midiProgram or 0),
        polyphonic_seconds=polyphonic,
    )


def _mark_wedges(part: Any) -> None:
    """Notes ever louder, or softer: up to the loudness that is written behind the wedge, or a step. Each is told by
    how much, in its remarks, which follow it where repeats are played out.
    """
    notes = list(part.flatten().notes)
    places = [float(note.getOffsetInHierarchy(part)) for note in notes]
    for wedge in part.recurse().getElementsByClass("DynamicWedge"):
        spanned = [float(one.getOffsetInHierarchy(part)) for one in wedge.getSpannedElements()]
        first = bisect_left(places, min(spanned, default=0.0))
        after = bisect_right(places, max(spanned, default=-1.0))
        if first >= after:  # it spans rests alone, or nothing
            continue
        begin = _loudness(notes[first])
        written = _loudness(notes[after]) - begin if after < len(notes) else 0.0
        step = WEDGE_STEP if wedge.type == "crescendo" else -WEDGE_STEP
        swell = written if written * step > 0 else step
        quarters = places[after - 1] + float(notes[after - 1].quarterLength) - places[first]
        for note, place in zip(notes[first:after], places[first:], strict=False):
            note.editorial[SWELL] = swell * (place - places[first]) / max(quarters, 1e-6)


def _loudness(element: Any) -> float:
    """From its velocity or the dynamics before it, 0 to 1."""
    loudness = float(element.volume.getRealized() or 0.7) + float(element.editorial.get(SWELL, 0.0))
    return min(1.0, max(0.0, loudness))


def _notes(element: Any, boundaries: list[tuple[float, float, float]]) -> list[Note]:
    """All that is struck at once, without drums."""
    start = _seconds(float(element.offset), boundaries)
    end = _seconds(float(element.offset + element.quarterLength), boundaries)
    loudness = _loudness(element)
    struck = element.notes if hasattr(element, "notes") else [element]
    return [
        Note(
            start_seconds=start,
            seconds=end - start,
            midi=float(one.pitch.ps),
            loudness=loudness,
        )
        for one in struck
        if hasattr(one, "pitch")
    ]


def _syllable(element: Any) -> tuple[str, bool]:
    """Of the first verse, and whether it begins a word."""
    lyrics = [lyric for lyric in element.lyrics if lyric.text]
    if not lyrics:
        return "", True
    first = min(lyrics, key=lambda lyric: lyric.number)
    return " ".join(first.text.split()), first.syllabic not in PARTS_OF_WORDS


def _seconds(quarters: float, boundaries: list[tuple[float, float, float]]) -> float:
    """Time of a place in quarter notes under changing tempo."""
    total = 0.0
    for start, stop, quarter in boundaries:
        if quarters <= stop:
            return total + (quarters - start) * quarter
        total += (stop - start) * quarter
    quarter = boundaries[-1][2] if boundaries else 60.0 / DEFAULT_BPM
    end = boundaries[-1][1] if boundaries else 0.0
    return total + (quarters - end) * quarter
