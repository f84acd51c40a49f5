"""Finished sound files as pieces of one stream that is sent while it is made.

mp3   frames simply follow each other, at a constant bitrate; the information frame (Xing), which
      promises the length of its own piece, is left out, or players would stop there
wav   one header of unknown length, with the tags, then samples only
ogg   a chain of streams (RFC 3533, section 4); voice_message likewise
aac   ADTS frames simply follow each other
pcm   samples
"""

import struct

from tts_engine.audio.io import encode_audio
from tts_engine.audio.sniff import id3_bytes, mp3_frame_bytes
from tts_engine.audio.tags import AudioTags, wav_list_chunk
from tts_engine.types import Audio

STREAMABLE = ("mp3", "wav", "ogg", "aac", "pcm", "voice_message")
SIZE_UNKNOWN = 0xFFFFFFFF


def encode_piece(
    audio: Audio,
    audio_format: str,
    *,
    first: bool,
    tags: AudioTags | None = None,
    bitrate_kbps: int | None = None,
) -> bytes:
    """What to send of one piece.

    Args:
        audio: the piece, at the rate of those before it.
        audio_format: one of STREAMABLE.
        first: whether nothing was sent before it.
        tags: of the whole stream, at the head of its first piece; a wav has them in a LIST chunk
            before the samples.
        bitrate_kbps: of mp3; 64 kbit/s when None.

    Raises:
        ValueError: any other format; its files cannot follow each other.
    """
    if audio_format not in STREAMABLE:
        listed = ", ".join(STREAMABLE)
        raise ValueError(f"{audio_format} files cannot follow each other; expected {listed}")
    content = encode_audio(
        audio,
        audio_format,
        tags=tags if first and audio_format != "wav" else None,
        constant_bitrate=True,
        bitrate_kbps=bitrate_kbps,
    )
    if audio_format == "mp3":
        return _without_information_frame(content)
    if audio_format == "wav":
        return _open_ended_wav(content, first=first, tags=tags)
    return content


def _without_information_frame(content: bytes) -> bytes:
    start = id3_bytes(content[:10])
    length = mp3_frame_bytes(content[start : start + 4])
    if length is None:
        return content
    head = content[start : start + length]
    if b"Xing" not in head and b"Info" not in head:
        return content
    return content[:start] + content[start + length :]


def _open_ended_wav(content: bytes, *, first: bool, tags: AudioTags | None) -> bytes:
    data_at = content.index(b"data")
    samples = content[data_at + 8 :]
    if not first:
        return samples
    unknown = struct.pack("<I", SIZE_UNKNOWN)
    about = b"" if tags is None else wav_list_chunk(tags)
    return content[:4] + unknown + content[8:data_at] + about + b"data" + unknown + samples
