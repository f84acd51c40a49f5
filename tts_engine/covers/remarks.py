"""What is wrong with a song, or should be known of it, each by a name and in two languages."""

import numpy as np
from numpy.typing import NDArray

from tts_engine.covers.settings import CoverNote, CoverSettings
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.recording.speakers import find_speakers
from tts_engine.types import Audio

FULL_SCALE, CLIPPED_SHARE = 0.999, 1e-3
NO_MUSIC_DB = -35.0  # of what is no voice, below the voice
WIDE_DB = -6.0  # of what differs between the sides, below what they share
# cosine of two kinds of singing, and the share of the one: registers of one singer and rests of instruments differ too
OTHER_PERSON, MOST_OF_ONE = 0.68, 0.78

Stereo = NDArray[np.float32]

NOTES = {
    "mono": (
        "the recording has one channel: the new voice stands in the middle",
        "в записи один канал: новый голос стоит посередине",
    ),
    "narrow_band": (
        "the recording has nothing above 4 kHz, as telephones do: words get lost, the result is dull",
        "в записи нет ничего выше 4 кГц, как в телефоне: слова теряются, результат глухой",
    ),
    "clipped": (
        "the recording is overdriven, which is heard in the new voice as roughness",
        "запись перегружена, в новом голосе это слышно как хрипы",
    ),
    "no_music": (
        "hardly any music is heard: for a voice alone the preset speech is quicker and takes all of it",
        "музыки почти не слышно: для голоса без музыки быстрее и полнее режим speech",
    ),
    "several_voices": (
        (
            "several voices seem to sing at once, a choir or doubled voices; they become one voice, and its pitch may "
            "jump between them: give the lead voice alone as own vocals"
        ),
        (
            "похоже, поют сразу несколько голосов: хор или дубли; они станут одним голосом, и высота может прыгать "
            "между ними: дайте ведущий голос отдельно"
        ),
    ),
    "second_voice": (
        (
            "a second singer seems to take turns with the first; both get the new voice: give the lead voice alone "
            "as own vocals to keep the other"
        ),
        (
            "похоже, поёт и второй человек по очереди с первым; новый голос получат оба: чтобы сохранить второго, "
            "дайте ведущий голос отдельно"
        ),
    ),
}


def note(code: str) -> CoverNote:
    """One of NOTES."""
    en, ru = NOTES[code]
    return CoverNote(code=code, en=en, ru=ru)


def no_voice_in_song(seconds: float) -> AudioError:
    return AudioError(
        "no_voice_in_song",
        "nobody sings or speaks in the recording, there is only music or noise",
        "в записи никто не поёт и не говорит: слышны только музыка или шум",
        voice_seconds=round(seconds, 2),
    )


def notes_of_excerpt(
    song: Stereo, voice: Stereo, mono: Audio, encoder: SpeakerEncoder, settings: CoverSettings
) -> tuple[CoverNote, ...]:
    """What is to be known of the part with the most voice.

    Args:
        song: all of it, (T, 2).
        voice: the voice taken out of it, (T, 2).
        mono: the same as the models hear it.
        encoder: tells people apart.
        settings: of the cover.
    """
    found = []
    if (np.abs(song) >= FULL_SCALE).mean() > CLIPPED_SHARE:
        found.append("clipped")
    if settings.kind.mixed:
        rest = song - voice
        if not rest.any() or _decibels(rest, voice) < NO_MUSIC_DB:
            found.append("no_music")
        if np.array_equal(song[:, 0], song[:, 1]):
            found.append("mono")
        sides = voice[:, 0] - voice[:, 1]
        if sides.any() and _decibels(sides, voice.sum(axis=1)) > WIDE_DB:
            found.append("several_voices")
        people = find_speakers(mono, encoder)
        apart = people.likeness < OTHER_PERSON and people.main_share < MOST_OF_ONE
        if people.several and apart:
            found.append("second_voice")
    return tuple(note(code) for code in found)


def _decibels(one: Stereo, other: Stereo) -> float:
    """Power of one over another's."""
    powers = [float(np.mean(np.square(sound, dtype=np.float64))) for sound in (one, other)]
    return float(10 * np.log10((powers[0] + 1e-15) / (powers[1] + 1e-15)))
