"""Which voice suits a song: how much of its notes lies where the voice is at home, after the best shift.

    range      every note that a voice reaches       -8 … +17 semitones around the median of its speech
    tessitura  where it sings with ease              -5 … +9, as `ranges.transposition` has it
    key        how far the shift leaves the song's own key, octaves aside: 0 to 6 semitones

What a voice sounds like up there is no guess from its range: `heard` sings the beginning and measures it.

*Source:* range and tessitura as voice range profiles have them (Titze, "Principles of Voice Production", 1994):
people speak in the lower third of two octaves and a bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tts_engine.errors import RequestError
from tts_engine.singing.ranges import (
    COMFORTABLE_ABOVE,
    COMFORTABLE_BELOW,
    check_transposition,
    transposition,
)
from tts_engine.singing.score import Part
from tts_engine.types import VoiceProfile

if TYPE_CHECKING:
    from tts_engine.speaking.cloning import VoiceCloner

RANGE_BELOW, RANGE_ABOVE = 8.0, 17.0  # semitones around the speaking median
FURTHEST_KEY = 6  # semitones; a seventh down is a fifth up, and an octave is none
KEY_WEIGHT = 0.25  # of the number, which a key far from the song's own takes away
LISTENED_SECONDS = 15.0  # of the song, at most


@dataclass(frozen=True, kw_only=True)
class Suit:
    """How a voice suits a part.

    Attributes:
        semitones: the best shift.
        beyond: share of the sung time outside the voice's range after it, 0 to 1.
        strained: share outside its tessitura.
        key_semitones: from the song's own key, octaves aside, 0 to 6.
        number: 0 nothing can be sung to 100 all with ease and in its own key.
    """

    semitones: int
    beyond: float
    strained: float
    key_semitones: int
    number: int


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The beginning of a song in a voice, measured.

    Attributes:
        likeness: cosine of the d-vectors of what is sung and of the voice.
    """

    likeness: float


def suits(part: Part, voice: VoiceProfile) -> Suit:
    """How a voice suits a part, from its range alone; milliseconds.

    Raises:
        RequestError: `pitch_unknown`, the voice has no measured pitch.
    """
    shift = transposition(part, voice)
    median = 69 + 12 * np.log2(voice.f0_median_hz / 440)
    beyond = _share_outside(part, median - RANGE_BELOW - shift, median + RANGE_ABOVE - shift)
    strained = _share_outside(
        part, median - COMFORTABLE_BELOW - shift, median + COMFORTABLE_ABOVE - shift
    )
    key = abs((shift + FURTHEST_KEY) % 12 - FURTHEST_KEY)
    try:
        check_transposition(part, shift)
        ease = (1 - strained + 1 - beyond) / 2
    except RequestError:  # a note that the vocoder does not sing stops the whole song
        ease = 0.0
    return Suit(
        semitones=shift,
        beyond=round(beyond, 4),
        strained=round(strained, 4),
        key_semitones=key,
        number=round(100 * ease * (1 - KEY_WEIGHT * key / FURTHEST_KEY)),
    )


def ranked(
    part: Part, voices: Iterable[tuple[str, VoiceProfile]]
) -> list[tuple[str, Suit | RequestError]]:
    """Named voices, the one that suits best first; those without a measured pitch last, with their error."""
    found: list[tuple[str, Suit | RequestError]] = []
    for name, voice in voices:
        try:
            found.append((name, suits(part, voice)))
        except RequestError as error:
            found.append((name, error))
    return sorted(found, key=_order)


def heard(cloner: VoiceCloner, part: Part, voice: VoiceProfile) -> Heard:
    """Sing the beginning of a part at its best shift and listen to it; seconds, not milliseconds.

    Raises:
        As `singing.sing`.
    """
    from tts_engine.singing.singing import sing

    shift = transposition(part, voice)
    song = sing(cloner, beginning(part), voice, transpose=shift)
    told = cloner.encoder.embed(song.audio)
    return Heard(likeness=float(told @ voice.embedding))


def beginning(part: Part, seconds: float = LISTENED_SECONDS) -> Part:
    """The first notes of a part, so many seconds from the first syllable on; at least one note."""
    first = next((i for i, note in enumerate(part.notes) if note.syllable), 0)
    notes: Sequence = part.notes[first:]
    start = notes[0].start_seconds
    kept = [notes[0], *(n for n in notes[1:] if n.end_seconds <= start + seconds)]
    return replace(
        part, notes=tuple(replace(n, start_seconds=n.start_seconds - start) for n in kept)
    )


def _order(row: tuple[str, Suit | RequestError]) -> tuple[float, float, int]:
    suit = row[1]
    if isinstance(suit, RequestError):
        return (1.0, 0.0, 0)
    return (-float(suit.number), suit.strained, abs(suit.semitones))


def _share_outside(part: Part, low: float, high: float) -> float:
    """Of the sounding time, the share of notes below or above."""
    midi = np.array([note.midi for note in part.notes])
    seconds = np.array([note.seconds for note in part.notes])
    outside = (midi < low - 1e-6) | (midi > high + 1e-6)
    return float(seconds[outside].sum() / seconds.sum())
