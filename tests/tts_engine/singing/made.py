"""Scores made for tests."""

from pathlib import Path

import mido

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.1 Partwise//EN"
    "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="3.1"><work><work-title>{title}</work-title></work>
<part-list>{names}</part-list>{parts}</score-partwise>"""


def note(
    step: str,
    octave: int,
    quarters: float,
    syllable: str = "",
    syllabic: str = "single",
    extra: str = "",
) -> str:
    """One note; four divisions a quarter."""
    lyric = (
        f"<lyric number='1'><syllabic>{syllabic}</syllabic><text>{syllable}</text></lyric>"
        if syllable
        else ""
    )
    pitch = (
        f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>" if step != "R" else "<rest/>"
    )
    before, after = (extra, "") if extra == "<chord/>" else ("", extra)
    return f"<note>{before}{pitch}<duration>{int(4 * quarters)}</duration>{after}{lyric}</note>"


def measure(number: int, content: str, bpm: float | None = None) -> str:
    sound = f"<direction><sound tempo='{bpm}'/></direction>" if bpm else ""
    attributes = (
        "<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
        if number == 1
        else ""
    )
    return f"<measure number='{number}'>{attributes}{sound}{content}</measure>"


def musicxml(*parts: str, title: str = "Песня") -> str:
    names = "".join(
        f"<score-part id='P{i}'><part-name>Голос {i}</part-name></score-part>"
        for i in range(1, len(parts) + 1)
    )
    bodies = "".join(f"<part id='P{i}'>{body}</part>" for i, body in enumerate(parts, start=1))
    return HEAD.format(title=title, names=names, parts=bodies)


KALINKA = measure(
    1,
    note("E", 4, 1, "Ка", "begin")
    + note("F", 4, 1, "лин", "middle")
    + note("G", 4, 2, "ка", "end"),
    bpm=120,
) + measure(
    2,
    note("A", 4, 1, "мо", "begin")
    + note("G", 4, 1)
    + note("F", 4, 1, "я", "end")
    + note("R", 4, 1),
    bpm=60,
)


def write_midi(path: Path, notes, lyrics, *, encoding: str = "utf-8", apart: bool = False) -> Path:
    """Notes as (quarter, quarters, midi), lyrics as (quarter, text); 120 bpm, 60 from the fourth quarter on."""
    file = mido.MidiFile(ticks_per_beat=100, charset="latin1")
    tempo = mido.MidiTrack()
    tempo.append(mido.MetaMessage("set_tempo", tempo=500_000, time=0))
    tempo.append(mido.MetaMessage("set_tempo", tempo=1_000_000, time=400))
    events = []
    for start, length, pitch in notes:
        events.append((start, 2, mido.Message("note_on", note=pitch, velocity=100)))
        events.append((start + length, 0, mido.Message("note_off", note=pitch)))
    words = [
        (start, 1, mido.MetaMessage("lyrics", text=text.encode(encoding).decode("latin1")))
        for start, text in lyrics
    ]
    file.tracks.append(tempo)
    for group in [events, words] if apart else [events + words]:
        track, now = mido.MidiTrack(), 0
        for start, _, message in sorted(group, key=lambda e: (e[0], e[1])):
            tick = round(100 * start)
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    file.save(str(path))
    return path
