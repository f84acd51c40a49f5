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
    by_class = next(
        (
            _STATUS_BY_CLASS[kind.__name__]
            for kind in type(error).__mro__
            if kind.__name__ in _STATUS_BY_CLASS
        ),
        500,
    )
    kind = error_of_status(_STATUS_BY_CODE.get(error.code, by_class))
    return kind(error.code, str(error), error.message_ru, **error.details)
