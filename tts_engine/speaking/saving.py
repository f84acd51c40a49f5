"""Finished sound as a file that is whole or not there."""

import contextlib
from pathlib import Path

from tts_engine.audio.io import encode_audio
from tts_engine.audio.tags import AudioTags
from tts_engine.errors import RequestError
from tts_engine.types import Audio

SAVED_FORMATS = ("mp3", "wav", "ogg", "flac", "aac")


def saved_format(path: Path, audio_format: str | None = None) -> str:
    """The format of a file to be written, by its suffix when none is named.

    Raises:
        RequestError: `unknown_format`, `output_not_writable`.
    """
    chosen = audio_format or path.suffix.lstrip(".").lower()
    if chosen not in SAVED_FORMATS:
        raise RequestError(
            "unknown_format",
            f"unknown format {chosen!r}; expected one of {', '.join(SAVED_FORMATS)}",
            f"неизвестный формат {chosen!r}; ожидается один из {', '.join(SAVED_FORMATS)}",
        )
    if not path.parent.is_dir():
        raise RequestError(
            "output_not_writable",
            f"{path} cannot be written: there is no folder {path.parent}",
            f"не удаётся записать {path}: нет папки {path.parent}",
        )
    return chosen


def save_audio(path: Path, audio: Audio, tags: AudioTags, audio_format: str | None = None) -> None:
    """Write a sound file; raises as `saved_format`, `encode_audio` and `write_whole`."""
    write_whole(path, encode_audio(audio, saved_format(path, audio_format), tags=tags))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there; RequestError when it cannot be."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise RequestError(
            "output_not_writable",
            f"{path} cannot be written: {error.strerror}",
            f"не удаётся записать {path}: {error.strerror}",
        ) from error
