"""Title, voice and the AI-generated mark inside a finished sound file.

ID3v2.4 for mp3, aac and wav, Vorbis comments for flac and ogg; written by mutagen. A streamed wav has no
end for ID3, so it begins with a RIFF LIST/INFO chunk instead. The mark is a field
`AI_GENERATED` = "true" and a comment that people can read.
"""

import io
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from mutagen import File as MutagenFile
from mutagen import MutagenError
from mutagen.flac import FLAC
from mutagen.id3 import COMM, ID3, TIT2, TPE1, TXXX
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

AI_FIELD = "AI_GENERATED"
WAV_HEAD_BYTES = 4096
AI_COMMENT = "AI-generated speech. Речь создана искусственным интеллектом."


@dataclass(frozen=True, kw_only=True)
class AudioTags:
    """What a listener's player shows.

    Attributes:
        title: usually the beginning of the text.
        voice: name of the voice, shown as the artist.
    """

    title: str
    voice: str


def write_tags(content: bytes, audio_format: str, tags: AudioTags) -> bytes:
    """The finished file's content with the tags in it; bare samples (pcm) have no place for them."""
    stream = io.BytesIO(content)
    tag_file(stream, audio_format, tags)
    return stream.getvalue()


def tag_file(stream: BinaryIO, audio_format: str, tags: AudioTags) -> None:
    """The same in a file open for reading and writing."""
    if audio_format in ("mp3", "aac", "wav"):
        _write_id3(stream, audio_format, tags)
    elif audio_format != "pcm":
        _write_vorbis_comments(stream, audio_format, tags)


def is_tagged_as_generated(content: bytes) -> bool:
    """Whether a file's own tags say that its speech is generated; False when they cannot be read."""
    stream = io.BytesIO(content)
    try:
        # mutagen takes any file that begins with ID3 for mp3
        fields: Any = ID3(stream) if content[:3] == b"ID3" else _own_fields(stream)
    except (MutagenError, OSError, ValueError, IndexError, struct.error):
        return _has_wav_mark(content)
    if fields is None:
        return _has_wav_mark(content)
    values = fields.get(f"TXXX:{AI_FIELD}") or fields.get(AI_FIELD)
    return (values is not None and str(values[0]) == "true") or _has_wav_mark(content)


def _own_fields(stream: BinaryIO) -> Any:
    return getattr(MutagenFile(stream), "tags", None)


def wav_list_chunk(tags: AudioTags) -> bytes:
    """A LIST chunk of type INFO, which can stand before the samples of an endless wav."""
    fields = {b"INAM": tags.title, b"IART": tags.voice, b"ICMT": AI_COMMENT, b"ISFT": AI_FIELD}
    body = b"INFO"
    for name, text in fields.items():
        value = text.encode("utf-8") + b"\0"
        body += name + struct.pack("<I", len(value)) + value + b"\0" * (len(value) % 2)
    return b"LIST" + struct.pack("<I", len(body)) + body


def _has_wav_mark(content: bytes) -> bool:
    at = content.find(b"LIST", 0, WAV_HEAD_BYTES)
    return content[:4] == b"RIFF" and at > 0 and AI_FIELD.encode() in content[at:WAV_HEAD_BYTES]


def _write_id3(stream: BinaryIO, audio_format: str, tags: AudioTags) -> None:
    # a wav has a chunk for it, the others simply begin with it
    file: Any = WAVE(stream) if audio_format == "wav" else ID3()
    if audio_format == "wav":
        file.add_tags()
    fields = file.tags if audio_format == "wav" else file
    fields.add(TIT2(encoding=3, text=tags.title))
    fields.add(TPE1(encoding=3, text=tags.voice))
    fields.add(TXXX(encoding=3, desc=AI_FIELD, text="true"))
    fields.add(COMM(encoding=3, lang="eng", desc="", text=AI_COMMENT))
    stream.seek(0)
    # no padding: players that guess the length of a stream count its bytes as sound
    file.save(stream, padding=lambda _info: 0)


def _write_vorbis_comments(stream: BinaryIO, audio_format: str, tags: AudioTags) -> None:
    file = FLAC(stream) if audio_format == "flac" else OggOpus(stream)
    if file.tags is None:
        file.add_tags()
    file["TITLE"] = tags.title
    file["ARTIST"] = tags.voice
    file[AI_FIELD] = "true"
    file["COMMENT"] = AI_COMMENT
    stream.seek(0)
    file.save(stream)
