"""A part as MIDI with lyrics, which `midi.parse_midi` and other programs read back; parts for instruments to play."""

import io
from collections.abc import Iterable, Iterator, Sequence

import mido

from tts_engine.singing.midi import DRUMS
from tts_engine.singing.score import Note, Part

CHANNELS = [channel for channel in range(16) if channel != DRUMS]
LET_RING_SECONDS = 2.0
HIGHEST_KEY = 127
TICKS_PER_QUARTER = 480
TICKS_PER_SECOND = (
    2 * TICKS_PER_QUARTER
)  # at the 120 quarters a minute that hold where nothing is said


def midi_bytes(part: Part, title: str = "") -> bytes:
    """A standard MIDI file of one track, format 0, its texts in UTF-8.

    Syllables within a word end in a hyphen, the last one in a space. Notes keep their seconds to the millisecond;
    microtones are rounded to the semitone.
    """
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    named = mido.MetaMessage("track_name", name=title or part.name)
    file.tracks.append(_track([named], _messages(part)))
    return _content(file)


def played_midi(parts: Sequence[Part], semitones: int = 0, seconds: float = 0.0) -> bytes:
    """What instruments play, a track each, format 1; `seconds` long, and 2 more to let it ring.

    Args:
        parts: of which `played` counts.
        semitones: by which all but drums are moved; what no instrument reaches is left out.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    for number, part in enumerate(parts):
        channel = DRUMS if part.drums else CHANNELS[number % len(CHANNELS)]
        head = [mido.MetaMessage("track_name", name=part.name)]
        if not part.drums:
            head.append(mido.Message("program_change", channel=channel, program=part.program))
        moved = 0 if part.drums else semitones
        struck = (event for note in part.played for event in _struck(note, moved, channel))
        file.tracks.append(_track(head, struck))
    ends = (note.end_seconds for part in parts for note in part.played)
    last = _tick(max(seconds, *ends, 0.0) + LET_RING_SECONDS)
    file.tracks.append(_track([], [(last, mido.MetaMessage("marker", text="end"))]))
    return _content(file)


Event = tuple[int, "mido.Message | mido.MetaMessage"]  # its tick


def _track(head: Sequence[mido.MetaMessage], events: Iterable[Event]) -> mido.MidiTrack:
    """What ends at a tick comes before what begins there."""
    track, now = mido.MidiTrack(head), 0
    for tick, message in sorted(events, key=lambda one: (one[0], one[1].type != "note_off")):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def _content(file: mido.MidiFile) -> bytes:
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def _messages(part: Part) -> Iterator[Event]:
    for index, note in enumerate(part.notes):
        if note.syllable:
            ending = "-" if _goes_on(part, index) else " "
            text = f"{note.syllable}{ending}"
            yield _tick(note.start_seconds), mido.MetaMessage("lyrics", text=text)
        yield from _struck(note)


def _struck(note: Note, semitones: int = 0, channel: int = 0) -> Iterator[Event]:
    """Its beginning and end; nothing where no key is so high or low."""
    key = round(note.midi) + semitones
    if not 0 <= key <= HIGHEST_KEY:
        return
    start, end = _tick(note.start_seconds), _tick(note.end_seconds)
    velocity = max(1, round(127 * note.loudness))
    yield start, mido.Message("note_on", channel=channel, note=key, velocity=velocity)
    yield max(end, start + 1), mido.Message("note_off", channel=channel, note=key)


def _goes_on(part: Part, index: int) -> bool:
    """Whether the next syllable is of the same word."""
    following = next((note for note in part.notes[index + 1 :] if note.syllable), None)
    return following is not None and not following.begins_word


def _tick(seconds: float) -> int:
    return round(seconds * TICKS_PER_SECOND)
