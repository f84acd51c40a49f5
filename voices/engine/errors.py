"""Errors of the engine come out as the service's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from voices.errors import AppError, error_of_status

_STATUS_BY_CODE = {
    "empty_file": 400,
    "bad_voice_mix": 400,
    "voice_mix_too_large": 400,
    "voice_not_trained": 409,
    "delta_of_another_base": 409,
    "audio_too_long": 413,
    "speech_too_long": 413,
    "not_audio": 415,
    "unsupported_codec": 415,
    "score_too_large": 413,
    "unknown_score_format": 415,
    "lyrics_of_another_song": 422,
    "lyrics_unreadable": 422,
    "note_out_of_range": 422,
    "part_polyphonic": 422,
    "score_unreadable": 422,
    "score_without_lyrics": 422,
    "score_without_notes": 422,
    "protected_audio": 415,
    "voice_file_unreadable": 422,
    "voice_signature_wrong": 422,
    "delta_damaged": 422,
    "file_missing": 500,
}
_STATUS_BY_CLASS = {
    "AudioError": 422,
    "TextError": 400,
    "VoiceError": 404,
    "RequestError": 400,
    "CheckpointError": 503,
    "ResourceError": 503,
}


@contextmanager
def engine_errors() -> Iterator[None]:
    """Errors of the engine come out as ours, with an HTTP status."""
    from tts_engine.errors import EngineError

    try:
        yield
    except EngineError as error:
        raise app_error(error) from error


def app_error(error: Any) -> AppError:
    """The service's error for one of the engine's."""
    kind = error_of_status(
        engine_status(error.code, *(one.__name__ for one in type(error).__mro__))
    )
    return kind(error.code, str(error), error.message_ru, **error.details)


def engine_status(code: str, *classes: str) -> int:
    """The HTTP status of an error of the engine's, by its code or else the first of its classes that is known."""
    by_class = next((_STATUS_BY_CLASS[name] for name in classes if name in _STATUS_BY_CLASS), 500)
    return _STATUS_BY_CODE.get(code, by_class)
