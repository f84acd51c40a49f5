"""Stored sounds read again and put on one track."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from voices.engine.errors import engine_errors

PCM_RATE_HZ = 24_000
LONGEST_SECONDS = 24 * 3600.0  # of what we made ourselves


def decode(content: bytes, audio_format: str) -> Any:
    """A result's content as Audio.

    Raises:
        AppError: the file is damaged.
    """
    import numpy as np

    from tts_engine.audio.io import decode_audio
    from tts_engine.types import Audio

    if audio_format == "pcm":
        samples = np.frombuffer(content, dtype="<i2").astype(np.float32) / 32768.0
        return Audio(samples, PCM_RATE_HZ)
    with engine_errors():
        return decode_audio(content, max_seconds=LONGEST_SECONDS)


@contextmanager
def track_opened(stream: BinaryIO, audio_format: str) -> Iterator[Any]:
    """A TrackWriter on the stream; whole when the block ends."""
    from tts_engine.audio.track import TrackWriter

    with engine_errors():
        track = TrackWriter(stream, audio_format)
        try:
            yield track
        finally:
            track.close()


def tag(stream: BinaryIO, audio_format: str, *, title: str, voice: str) -> None:
    """Title, voice and the AI mark for a finished file open for reading and writing."""
    from tts_engine.audio.tags import AudioTags, tag_file

    stream.seek(0)
    tag_file(stream, audio_format, AudioTags(title=title, voice=voice))
