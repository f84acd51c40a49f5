"""Sound files in and out.

What is read, and how, stands in `reading`. Files of strangers go through `untrusted` instead. The
ffmpeg inside the imageio-ffmpeg wheel writes aac, libsndfile all else.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
from mutagen.ogg import OggPage
from numpy.typing import NDArray

from tts_engine.audio import refusals
from tts_engine.audio.ffmpeg import AacFile
from tts_engine.audio.formats import FORMATS, AudioFormat, bitrate_check, format_named
from tts_engine.audio.reading import MAX_SECONDS, sound_opened
from tts_engine.audio.resample import resample
from tts_engine.audio.sniff import misplaced_tag_bytes
from tts_engine.audio.tags import AudioTags, write_tags
from tts_engine.stages import timed
from tts_engine.types import Audio, Waveform

BLOCK_SAMPLES = 1 << 20
OGG_SERIAL = 0x56434C4E  # libsndfile draws it at random; a fixed one keeps files reproducible


def decode_audio(source: Path | bytes, *, max_seconds: float = MAX_SECONDS) -> Audio:
    """Read a sound file.

    Args:
        source: a path, or the whole content of a file.
        max_seconds: longest recording accepted.

    Returns:
        Mono audio at the file's own rate; stereo is averaged, peaks above 1 are scaled down to it.

    Raises:
        AudioError: `file_missing`, `empty_file`, `not_audio`, `unsupported_codec`, `damaged_audio`,
            `truncated_audio`, `no_audio_stream`, `audio_too_long`, `too_many_channels`,
            `unsupported_sample_rate`, `not_finite_samples`.
        ResourceError: `ffmpeg_missing`, only for m4a, mp4, aac and webm.
    """
    with _opened(source) as stream, sound_opened(stream, max_seconds) as sound:
        waveform = _gathered(sound.blocks)
    peak = _peak(waveform)
    if peak > 1.0:
        waveform /= np.float32(peak)  # our own samples, in place
    return Audio(waveform, sound.rate_hz)


@timed("encoding")
def encode_audio(
    audio: Audio,
    audio_format: str,
    *,
    tags: AudioTags | None = None,
    bitrate_kbps: int | None = None,
) -> bytes:
    """Write a sound file; the same audio and tags always give the same bytes.

    Args:
        audio: mono; what is beyond [-1, 1] is clipped.
        audio_format: "mp3" (variable, about 65 kbit/s), "wav" and "flac" (16 bit), "ogg" (Opus), "aac"
            (ADTS, about 64 kbit/s), "pcm" (16 bit, little endian, 24 kHz, no header),
            "voice_message" (Opus at 48 kHz).
        tags: title, voice and the AI-generated mark; None writes no tags.
        bitrate_kbps: of mp3, one of BITRATES_KBPS.

    Returns:
        The file's content. A rate that the format cannot hold is raised to the next one it can.

    Raises:
        RequestError: `unknown_format`, `bitrate_out_of_range`.
        AudioError: `no_audio_stream` for no samples, `not_finite_samples`.
        ResourceError: `ffmpeg_missing`, `encoder_died`, only for aac.
    """
    described = format_named(audio_format)
    bitrate_check(audio_format, bitrate_kbps)
    audio = checked(audio)
    rate_hz = described.writable_rate_hz(audio.sample_rate_hz, bitrate_kbps)
    waveform = resample(audio.waveform, audio.sample_rate_hz, rate_hz)
    options = described.written_with(rate_hz, bitrate_kbps=bitrate_kbps)
    stream = io.BytesIO()
    file = sound_file_opened(stream, rate_hz, options)
    for first in range(0, waveform.size, BLOCK_SAMPLES):  # copies of a block, not of hours
        file.write(samples_16bit(waveform[first : first + BLOCK_SAMPLES]))
    file.close()
    content = stream.getvalue()
    if described.container == "OGG":
        content = with_fixed_serial(content)
    return content if tags is None else write_tags(content, audio_format, tags)


def sound_file_opened(
    stream: BinaryIO, rate_hz: int, options: dict[str, Any], channels: int = 1
) -> Any:
    """A file to `write` samples to and to `close`; `options` from `AudioFormat.written_with`."""
    if options["format"] == "ADTS":
        return AacFile(stream, rate_hz, channels)
    return soundfile.SoundFile(stream, "w", rate_hz, channels, **options)


def samples_16bit(waveform: NDArray[np.float32]) -> NDArray[np.int16]:
    """As files hold them, in the shape they have; what is beyond [-1, 1] is clipped."""
    return np.round(np.clip(waveform, -1.0, 1.0) * 32767.0).astype(np.int16)


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(untagged(source))
        return
    if not source.is_file():
        raise refusals.file_missing(source.name)
    with source.open("rb") as stream:
        yield io.BytesIO(untagged(stream.read())) if misplaced_tag_bytes(stream) else stream


def untagged(content: bytes) -> bytes:
    """A file without the tag that stands before it by mistake."""
    return content[misplaced_tag_bytes(io.BytesIO(content)) :]


def checked(audio: Audio) -> Audio:
    """Finite samples within [-1, 1], at least one of them."""
    peak = _peak(audio.waveform)
    return audio if peak <= 1.0 else replace(audio, waveform=audio.waveform / np.float32(peak))


def _gathered(blocks: Iterator[Waveform]) -> Waveform:
    """Blocks one after another in an array that grows where it lies: an hour is never there twice."""
    whole = np.empty(0, dtype=np.float32)
    for block in blocks:
        filled = len(whole)
        whole.resize(filled + len(block), refcheck=False)
        whole[filled:] = block
    return whole


def _peak(samples: Waveform) -> float:
    if samples.size == 0:
        raise refusals.no_sound()
    # without a copy of what may be hours; nan and infinity come through both
    peak = max(float(samples.max()), -float(samples.min()))
    if not np.isfinite(peak):
        raise refusals.not_finite()
    return peak


def with_fixed_serial(content: bytes) -> bytes:
    """The same Ogg pages with a serial number that does not change from run to run."""
    source, target = io.BytesIO(content), io.BytesIO()
    while source.tell() < len(content):
        page = OggPage(source)
        page.serial = OGG_SERIAL
        target.write(page.write())
    return target.getvalue()


__all__ = ["FORMATS", "AudioFormat", "AudioTags", "decode_audio", "encode_audio"]
