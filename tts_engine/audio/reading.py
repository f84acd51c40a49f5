"""Sound files as blocks of samples, so that no file can fill the memory.

wav, flac, mp3, ogg (Vorbis, Opus) go through libsndfile (`soundfile`); what browsers and phones
record (m4a, mp4, aac, webm) goes through the ffmpeg inside the imageio-ffmpeg wheel. The container is
told by its first bytes and the reader is forced; a recording that is too long is refused by its header
where it has one, and otherwise decoding stops at the limit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import soundfile

from tts_engine.audio import refusals
from tts_engine.audio.ffmpeg_reading import ffmpeg_opened
from tts_engine.audio.sniff import Container, has_known_length, is_cut_short, sniff_container
from tts_engine.types import Waveform

MAX_SECONDS = 600.0
BLOCK_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Sound:
    """An open sound file. `blocks`, mono float32 (T,), raise what is wrong with it, at its end too."""

    rate_hz: int
    blocks: Iterator[Waveform]


@contextmanager
def sound_opened(stream: BinaryIO, max_seconds: float) -> Iterator[Sound]:
    """The sound in a seekable stream; stereo is averaged. Raises as `decode_audio`."""
    if stream.seek(0, 2) == 0:
        raise refusals.empty_file()
    container = sniff_container(stream)
    if container is None:
        raise refusals.not_audio()
    if container in ("mp4", "aac", "webm"):
        with ffmpeg_opened(stream, container, max_seconds) as (rate_hz, blocks):
            yield Sound(rate_hz=rate_hz, blocks=blocks)
    else:
        with _soundfile_opened(stream, container, max_seconds) as sound:
            yield sound


@contextmanager
def _soundfile_opened(
    stream: BinaryIO, container: Container, max_seconds: float
) -> Iterator[Sound]:
    if is_cut_short(stream, container):
        raise refusals.truncated()
    known_length = has_known_length(stream, container)
    try:
        with soundfile.SoundFile(stream) as file:
            promised = file.frames if known_length else 0
            refusals.check_header(
                channels=file.channels,
                rate_hz=file.samplerate,
                seconds=promised / file.samplerate if file.samplerate else None,
                max_seconds=max_seconds,
            )
            blocks = _soundfile_blocks(file, promised, max_seconds)
            yield Sound(rate_hz=file.samplerate, blocks=blocks)
    except soundfile.LibsndfileError as error:
        raise refusals.damaged(error.error_string) from error


def _soundfile_blocks(
    file: soundfile.SoundFile, promised: int, max_seconds: float
) -> Iterator[Waveform]:
    block, limit = int(BLOCK_SECONDS * file.samplerate), int(max_seconds * file.samplerate)
    total = 0
    while True:
        samples = file.read(block, dtype="float32", always_2d=True)  # (T, channels)
        if len(samples) == 0:
            break
        total += len(samples)
        if total > limit:
            raise refusals.too_long(max_seconds)
        yield samples.mean(axis=1, dtype=np.float32)
    if total < promised:
        raise refusals.truncated()
