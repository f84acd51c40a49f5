"""What is wrong with a song, or should be known of it, each by a name and in two languages."""

from tts_engine.covers.listening import Listened
from tts_engine.covers.settings import CoverNote, CoverSettings
from tts_engine.covers.stems import Stems
from tts_engine.errors import AudioError

NO_MUSIC_DB = -35.0  # of the accompaniment, below the vocals
WIDE_DB = -6.0  # of what differs between the sides, below what they share


def no_voice_in_song(seconds: float) -> AudioError:
    return AudioError(
        "no_voice_in_song",
        "nobody sings or speaks in the recording, there is only music or noise",
        "в записи никто не поёт и не говорит: слышны только музыка или шум",
        voice_seconds=round(seconds, 2),
    )


def notes_of(stems: Stems, listened: Listened, settings: CoverSettings) -> tuple[CoverNote, ...]:
    """Warnings, the most important first."""
    notes = []
    if settings.kind.mixed and listened.alike and stems.refilled:
        notes.append(
            CoverNote(
                code="mono",
                en="the recording has one channel: the new voice stands in the middle",
                ru="в записи один канал: новый голос стоит посередине",
            )
        )
    return tuple(notes)
