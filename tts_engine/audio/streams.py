"""One sound file that is sent while it is made.

mp3   at a constant bitrate; the information frame (Xing), which would promise the length of what is
      there at first, is left out, or players would stop there
wav   a header of unknown length, with the tags, then samples only
ogg   one logical stream; a page is sent when it holds a second, so the last second of a piece leaves
      with the next one. voice_message likewise
aac   ADTS frames of each piece simply follow each other: its encoder tells nothing before the end
pcm   samples
"""

import io
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from tts_engine.audio.formats import FORMATS, bitrate_check
from tts_engine.audio.io import (
    checked,
    encode_audio,
    samples_16bit,
    sound_file_opened,
    with_fixed_serial,
)
from tts_engine.audio.resample import resample
from tts_engine.audio.sniff import mp3_frame_bytes
from tts_engine.audio.tags import AudioTags, wav_list_chunk, write_tags
from tts_engine.types import Audio

STREAMABLE = ("mp3", "wav", "ogg", "aac", "pcm", "voice_message")
SIZE_UNKNOWN = 0xFFFFFFFF


def encode_stream(
    pieces: Iterable[Audio],
    audio_format: str,
    *,
    tags: AudioTags | None = None,
    bitrate_kbps: int | None = None,
) -> Iterator[bytes]:
    """What to send after each piece, and at the end; together it is one sound file.

    Args:
        pieces: mono, all at one rate, taken one by one.
        audio_format: one of STREAMABLE.
        tags: of the whole, at its head; a wav has them in a LIST chunk before the samples.
        bitrate_kbps: of mp3; 64 kbit/s when None.

    Yields:
        Bytes, none where all of a piece waits for the next one.

    Raises:
        ValueError: any other format; its files tell their length first.
        RequestError, AudioError, ResourceError: as `encode_audio`.
    """
    if audio_format not in STREAMABLE:
        listed = ", ".join(STREAMABLE)
        raise ValueError(f"{audio_format} cannot be sent while it is made; expected {listed}")
    bitrate_check(audio_format, bitrate_kbps)
    if audio_format == "aac":
        return _each_alone(pieces, audio_format, tags)
    fresh = _one_file(pieces, audio_format, bitrate_kbps)
    if FORMATS[audio_format].container == "OGG":
        fresh = map(with_fixed_serial, fresh)
    heads: dict[str, Callable[[bytes], bytes]] = {
        "mp3": _without_information_frame,
        "wav": partial(_open_ended_wav, tags=tags),
    }
    tagged = None if audio_format == "wav" else tags
    return _with_head(fresh, heads.get(audio_format, bytes), audio_format, tagged)


def _each_alone(
    pieces: Iterable[Audio], audio_format: str, tags: AudioTags | None
) -> Iterator[bytes]:
    for index, audio in enumerate(pieces):
        yield encode_audio(audio, audio_format, tags=None if index else tags)


def _one_file(
    pieces: Iterable[Audio], audio_format: str, bitrate_kbps: int | None
) -> Iterator[bytes]:
    """What each piece adds to the file, and what its closing does."""
    described, stream, file, sent = FORMATS[audio_format], io.BytesIO(), None, 0
    rate_hz = 0
    try:
        for audio in map(checked, pieces):
            if file is None:
                rate_hz = described.writable_rate_hz(audio.sample_rate_hz, bitrate_kbps)
                options = described.written_with(
                    rate_hz, constant_bitrate=True, bitrate_kbps=bitrate_kbps
                )
                file = sound_file_opened(stream, rate_hz, options)
            file.write(samples_16bit(resample(audio.waveform, audio.sample_rate_hz, rate_hz)))
            yield bytes(stream.getbuffer()[sent:])
            sent = stream.getbuffer().nbytes
    finally:
        if file is not None:
            file.close()
    yield bytes(stream.getbuffer()[sent:])


def _with_head(
    fresh: Iterator[bytes],
    made_endless: Callable[[bytes], bytes],
    audio_format: str,
    tags: AudioTags | None,
) -> Iterator[bytes]:
    """The first bytes changed to what begins a stream, and tagged."""
    for content in fresh:
        if not content:
            yield content
            continue
        head = made_endless(content)
        yield head if tags is None else write_tags(head, audio_format, tags)
        break
    yield from fresh


def _without_information_frame(content: bytes) -> bytes:
    """Its frame is empty until the file is closed."""
    length = mp3_frame_bytes(content[:4])
    return content if length is None or any(content[4:length]) else content[length:]


def _open_ended_wav(content: bytes, *, tags: AudioTags | None) -> bytes:
    data_at = content.index(b"data")
    unknown = struct.pack("<I", SIZE_UNKNOWN)
    about = b"" if tags is None else wav_list_chunk(tags)
    samples = content[data_at + 8 :]
    return content[:4] + unknown + content[8:data_at] + about + b"data" + unknown + samples
