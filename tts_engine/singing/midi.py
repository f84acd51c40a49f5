"""MIDI with lyrics: a track with notes is a part; syllables are lyric events of it or of a track without notes.

Where words begin and end is told by spaces and hyphens, as karaoke files and sequencers write them:

    "Ка" "лин" "ка "        a space behind or before ends the word
    "Ka-" "lin-" "ka"       a hyphen goes on with it
    "/" or a backslash      a new line, so a new word
"""

import io
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import mido

from tts_engine.errors import RequestError
from tts_engine.singing.musicxml import unreadable
from tts_engine.singing.score import Note, Part, Score, check_size, checked, one_voice

Event = tuple[int, str]  # tick, text

DEFAULT_TEMPO = 500_000  # microseconds of a quarter
NEAR_TICKS_SHARE = 0.25  # of a quarter, between a syllable and its note
HELD = frozenset({"+", "-", "~", "_", "+~"})
LATIN1 = "latin1"
DRUMS = 9  # channel


def parse_midi(raw: bytes, name: str) -> Score:
    """Raises as `score.parse_score`."""
    try:
        file = mido.MidiFile(file=io.BytesIO(raw), charset=LATIN1, clip=True)
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        raise unreadable(name, error) from error
    if file.type == 2:
        raise unreadable(name, ValueError("its tracks are songs of their own (format 2)"))
    check_size(sum(1 for track in file.tracks for event in track if event.type == "note_on"))
    clock = _Clock(file)
    texts = [_lyrics(track) for track in file.tracks]
    spare = next(
        (
            words
            for words, track in zip(texts, file.tracks, strict=True)
            if words and not _has_notes(track)
        ),
        [],
    )
    parts = []
    for number, (track, own) in enumerate(zip(file.tracks, texts, strict=True), start=1):
        if _has_notes(track):
            called = _decoded(track.name).strip() or f"track {number}"
            parts.append(_part(called, track, own, clock))
    if spare and parts and not any(part.has_lyrics for part in parts):
        parts = _with_spare(parts, file, spare, clock)
    parts += [_drums(track, clock) for track in file.tracks]
    return checked(PurePath(name).stem, parts)


class _Clock:
    """Seconds of ticks, under the tempo changes of all tracks."""

    def __init__(self, file: mido.MidiFile) -> None:
        self.quarter = file.ticks_per_beat
        changes = {0: DEFAULT_TEMPO}
        for track in file.tracks:
            tick = 0
            for event in track:
                tick += event.time
                if event.type == "set_tempo":
                    changes[tick] = event.tempo
        self.ticks = sorted(changes)
        self.tempi = [changes[tick] for tick in self.ticks]
        self.seconds = [0.0]
        for index in range(1, len(self.ticks)):
            passed = self.ticks[index] - self.ticks[index - 1]
            self.seconds.append(self.seconds[-1] + self._length(passed, self.tempi[index - 1]))

    def at(self, tick: int) -> float:
        index = bisect_right(self.ticks, tick) - 1
        return self.seconds[index] + self._length(tick - self.ticks[index], self.tempi[index])

    def _length(self, ticks: int, tempo: int) -> float:
        return ticks * tempo / 1e6 / self.quarter


def _has_notes(track: mido.MidiTrack) -> bool:
    return any(event.type == "note_on" and event.velocity > 0 for event in track)


def _lyrics(track: mido.MidiTrack) -> list[Event]:
    """Syllables of a track by lyric events, else by text events (karaoke)."""
    found: dict[str, list[Event]] = {"lyrics": [], "text": []}
    tick = 0
    for event in track:
        tick += event.time
        if event.type in found:
            text = _decoded(event.text)
            if text.strip() and not text.startswith("@"):
                found[event.type].append((tick, text))
    return found["lyrics"] or found["text"]


def _decoded(text: str) -> str:
    """Bytes that mido took for Latin-1: UTF-8 where they are, else the Russian code page of Windows."""
    raw = text.encode(LATIN1, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def _part(name: str, track: mido.MidiTrack, words: Sequence[Event], clock: _Clock) -> Part:
    ticked = _notes(track, clock)
    starts = sorted(ticked)
    syllables: dict[int, tuple[str, bool]] = {}
    for (tick, _), told in zip(words, split_words([text for _, text in words]), strict=True):
        near = min(starts, key=lambda start: abs(start - tick))
        if abs(near - tick) <= NEAR_TICKS_SHARE * clock.quarter and near not in syllables:
            syllables[near] = told
    notes = [
        replace(note, syllable=syllables[start][0], begins_word=syllables[start][1])
        if start in syllables and index == 0
        else note
        for start in starts
        for index, note in enumerate(ticked[start])
    ]
    one, polyphonic = one_voice(notes)
    program = next((event.program for event in track if event.type == "program_change"), 0)
    return Part(
        name=name,
        notes=one,
        played=tuple(note for start in starts for note in ticked[start]),
        program=program,
        polyphonic_seconds=polyphonic,
    )


def _drums(track: mido.MidiTrack, clock: _Clock) -> Part:
    """What a track strikes on the channel of drums."""
    ticked = _notes(track, clock, drums=True)
    played = tuple(note for start in sorted(ticked) for note in ticked[start])
    return Part(name="drums", notes=(), played=played, drums=True)


def _notes(track: mido.MidiTrack, clock: _Clock, *, drums: bool = False) -> dict[int, list[Note]]:
    """Notes by the tick that they begin at, the highest first; one that never ends lasts to the last event."""
    sounding: dict[tuple[int, int], tuple[int, int]] = {}
    found: dict[int, list[Note]] = {}
    tick = 0

    def end(key: tuple[int, int]) -> None:
        start, velocity = sounding.pop(key)
        begin = clock.at(start)
        note = Note(
            start_seconds=begin,
            seconds=clock.at(tick) - begin,
            midi=float(key[1]),
            loudness=velocity / 127,
        )
        found.setdefault(start, []).append(note)

    for event in track:
        tick += event.time
        if event.type not in ("note_on", "note_off") or (event.channel == DRUMS) != drums:
            continue
        key = (event.channel, event.note)
        if key in sounding:
            end(key)
        if event.type == "note_on" and event.velocity > 0:
            sounding[key] = (tick, event.velocity)
    for key in list(sounding):
        end(key)
    for notes in found.values():
        notes.sort(key=lambda note: -note.midi)
    return found


def split_words(texts: Sequence[str]) -> list[tuple[str, bool]]:
    """Syllables as they are sung, each with whether it begins a word; "" holds the one before."""
    spaced = any(re.search(r"\s$|^\s|-\s*$|^[/\\]", text) for text in texts)
    found, begins = [], True
    for text in texts:
        bare = text.strip().strip("/\\").strip()
        if bare in HELD:
            found.append(("", False))
            continue
        begins = begins or bool(re.match(r"[\s/\\]", text)) or not spaced
        found.append((bare.rstrip("-").lstrip("-").strip(), begins))
        begins = bool(re.search(r"\s$", text)) and not bare.endswith("-")
        if spaced and bare.endswith("-"):
            begins = False
        elif spaced and any(other.rstrip().endswith("-") for other in texts):
            begins = True  # hyphens tell what goes on; what has none ends its word
    return found


def _with_spare(
    parts: Sequence[Part], file: mido.MidiFile, words: Sequence[Event], clock: _Clock
) -> list[Part]:
    """Lyrics of a track of their own go to the part whose notes begin with them."""
    tracks = [track for track in file.tracks if _has_notes(track)]

    def met(track: mido.MidiTrack) -> int:
        starts = set(_notes(track, clock))
        return sum(tick in starts for tick, _ in words)

    best = max(range(len(tracks)), key=lambda index: met(tracks[index]))
    return [
        _part(part.name, tracks[index], words, clock) if index == best else part
        for index, part in enumerate(parts)
    ]


def with_lyrics(part: Part, syllables: Sequence[tuple[str, bool]]) -> Part:
    """A part whose notes get syllables in their order.

    Raises:
        RequestError: `more_syllables_than_notes`.
    """
    if len(syllables) > len(part.notes):
        raise RequestError(
            "more_syllables_than_notes",
            f"{len(syllables)} syllables, but only {len(part.notes)} notes",
            f"слогов {len(syllables)}, а нот только {len(part.notes)}",
        )
    notes = [
        replace(note, syllable=syllables[i][0], begins_word=syllables[i][1])
        if i < len(syllables)
        else replace(note, syllable="")
        for i, note in enumerate(part.notes)
    ]
    return replace(part, notes=tuple(notes))
