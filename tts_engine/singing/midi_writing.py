"""A part as MIDI with lyrics, which `midi.parse_midi` and other programs read back."""

import io
from collections.abc import Iterator

import mido

from tts_engine.singing.score import Part

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
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=title or part.name)])
    now = 0
    for tick, message in sorted(_messages(part), key=lambda one: one[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    file.tracks.append(track)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def _messages(part: Part) -> Iterator[tuple[int, mido.Message | mido.MetaMessage]]:
    """With their ticks; the end of a note comes before the next one's beginning."""
    for index, note in enumerate(part.notes):
        start, end = _tick(note.start_seconds), _tick(note.end_seconds)
        key = round(note.midi)
        if note.syllable:
            ending = "-" if _goes_on(part, index) else " "
            yield start, mido.MetaMessage("lyrics", text=f"{note.syllable}{ending}")
        velocity = max(1, round(127 * note.loudness))
        yield start, mido.Message("note_on", note=key, velocity=velocity)
        yield max(end, start + 1), mido.Message("note_off", note=key)


def _goes_on(part: Part, index: int) -> bool:
    """Whether the next syllable is of the same word."""
    following = next((note for note in part.notes[index + 1 :] if note.syllable), None)
    return following is not None and not following.begins_word


def _tick(seconds: float) -> int:
    return round(seconds * TICKS_PER_SECOND)
