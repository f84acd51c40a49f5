"""Where a voice sings: what the vocoder reaches, where it is at home, and the shift that brings a song there."""

import numpy as np

from tts_engine.errors import RequestError
from tts_engine.singing.score import Part
from tts_engine.types import VoiceProfile

LOWEST_HZ, HIGHEST_HZ = 53.0, 1038.0  # of the vocoder, less the room for glide and vibrato
LONGEST_TRANSPOSITION = 24
# semitones around the speaking median where a voice sings with ease
COMFORTABLE_BELOW, COMFORTABLE_ABOVE = 5.0, 9.0


def transposition(part: Part, voice: VoiceProfile) -> int:
    """Semitones that bring the most time of a part into the comfortable range of a voice; whole octaves where they do.

    Raises:
        RequestError: `pitch_unknown`.
    """
    if voice.f0_median_hz <= 0:
        raise RequestError(
            "pitch_unknown",
            "the pitch of the voice is not known: say by how many semitones to transpose",
            "высота голоса неизвестна: укажите, на сколько полутонов перенести",
        )
    shifts = range(-LONGEST_TRANSPOSITION, LONGEST_TRANSPOSITION + 1)
    return min(
        shifts,
        key=lambda shift: (round(strain(part, voice, shift), 2), shift % 12 != 0, abs(shift)),
    )


def strain(part: Part, voice: VoiceProfile, shift: int) -> float:
    """How far the notes lie outside the comfortable range, mean of semitones squared by time."""
    median = 69 + 12 * np.log2(voice.f0_median_hz / 440)
    low, high = median - COMFORTABLE_BELOW, median + COMFORTABLE_ABOVE
    midi = np.array([note.midi + shift for note in part.notes])
    seconds = np.array([note.seconds for note in part.notes])
    outside = np.maximum(0, np.maximum(low - midi, midi - high))
    return float((outside**2 * seconds).sum() / seconds.sum())


def check_transposition(part: Part, semitones: int) -> None:
    """Raises RequestError: `bad_transposition`, `note_out_of_range`."""
    if abs(semitones) > LONGEST_TRANSPOSITION:
        raise RequestError(
            "bad_transposition",
            f"transpose is {semitones}; expected -{LONGEST_TRANSPOSITION} to {LONGEST_TRANSPOSITION}",
            f"транспозиция {semitones}; ожидается от -{LONGEST_TRANSPOSITION} до {LONGEST_TRANSPOSITION}",
        )
    for note in part.notes:
        hz = note.hz * 2 ** (semitones / 12)
        if not LOWEST_HZ <= hz <= HIGHEST_HZ:
            raise RequestError(
                "note_out_of_range",
                f"the note at {note.start_seconds:.2f} s is {hz:.0f} Hz after transposing; "
                f"{LOWEST_HZ:.0f} to {HIGHEST_HZ:.0f} Hz can be sung",
                f"нота на {note.start_seconds:.2f} с после транспозиции — {hz:.0f} Гц; "
                f"спеть можно от {LOWEST_HZ:.0f} до {HIGHEST_HZ:.0f} Гц",
            )
