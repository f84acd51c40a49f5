"""Sound files as blocks of samples, so that no file can fill the memory.

wav, flac and ogg (Vorbis, Opus) go through libsndfile (`soundfile`); mp3, whose length libsndfile believes a
header that is often wrong, what browsers and phones record (m4a, mp4, aac, amr, webm), and what players read
though libsndfile does not (FLAC in Ogg, mp3 in wav, a wav without its length) go through
the ffmpeg inside the imageio-ffmpeg wheel. The container is told by its first bytes and the reader is forced; a
recording that is too long is refused by its header where it has one, and otherwise decoding stops at the limit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import soundfile

from tts_engine.audio import refusals
from tts_engine.audio.ffmpeg_reading import ffmpeg_opened
from tts_engine.audio.sniff import Container, is_cut_short, is_plain_wav, sniff_container
from tts_engine.types import Waveform

MAX_SECONDS = 600.0
BLOCK_SECONDS = 30.0
CANCELLED = (
    4.0  # times as strong as the mean of two channels is their difference, when one is inverted
)


@dataclass(frozen=True, kw_only=True)
class Sound:
    """An open sound file. `blocks`, float32, mono (T,) as a rule, raise what is wrong with it, at its end too."""

    rate_hz: int
    blocks: Iterator[Waveform]


def to_mono(samples: Waveform) -> Waveform:
    """The mean of the channels, (T, channels) -> (T,); half the difference of two that cancel each other."""
    mean = samples.mean(axis=1, dtype=np.float32)
    if samples.shape[1] == 2:
        difference: Waveform = (samples[:, 0] - samples[:, 1]) * np.float32(0.5)
        if np.vdot(difference, difference) > CANCELLED * np.vdot(mean, mean):
            return difference
    return mean


@contextmanager
def sound_opened(
    stream: BinaryIO, max_seconds: float, mixed: Callable[[Waveform], Waveform] = to_mono
) -> Iterator[Sound]:
    """The sound in a seekable stream without a misplaced tag. Raises as `decode_audio`.

    Args:
        stream: the file.
        max_seconds: longest recording accepted.
        mixed: what becomes of a block's channels, (T, channels).
    """
    if stream.seek(0, 2) == 0:
        raise refusals.empty_file()
    container = sniff_container(stream)
    if container is None:
        raise refusals.not_audio()
    if is_cut_short(stream, container):
        raise refusals.truncated()
    file = _soundfile(stream, container)
    if file is None:
        with ffmpeg_opened(stream, container, max_seconds) as (rate_hz, blocks):
            yield Sound(rate_hz=rate_hz, blocks=map(mixed, blocks))
        return
    with file:
        refusals.check_header(
            channels=file.channels,
            rate_hz=file.samplerate,
            seconds=file.frames / file.samplerate if file.samplerate else None,
            max_seconds=max_seconds,
        )
        blocks = _soundfile_blocks(file, max_seconds)
        yield Sound(rate_hz=file.samplerate, blocks=map(mixed, blocks))


def _soundfile(stream: BinaryIO, container: Container) -> soundfile.SoundFile | None:
    """None for what ffmpeg has to read."""
    if container not in ("wav", "flac", "ogg"):
        return None
    if container == "wav" and not is_plain_wav(stream):
        return None
    try:
        return soundfile.SoundFile(stream)
    except soundfile.LibsndfileError:
        stream.seek(0)
        return None


def _soundfile_blocks(file: soundfile.SoundFile, max_seconds: float) -> Iterator[Waveform]:
    block, limit = int(BLOCK_SECONDS * file.samplerate), int(max_seconds * file.samplerate)
    total = 0
    while True:
        try:
            samples = file.read(block, dtype="float32", always_2d=True)  # (T, channels)
        except soundfile.LibsndfileError as error:
            raise refusals.damaged(error.error_string) from error
        if len(samples) == 0:
            break
        total += len(samples)
        if total > limit:
            raise refusals.too_long(max_seconds)
        yield samples
    # the times in an ogg may begin late; whether it ends as it should, its last page tells
    if total < file.frames and file.format != "OGG":
        raise refusals.truncated()
