"""What a sound file really is, by its first bytes, and whether it was cut short.

The file name is never asked. Sources: the RIFF/WAVE, Ogg (RFC 3533), MPEG-1/2 audio (ISO 11172-3,
13818-3), ADTS, ISO BMFF and EBML specifications.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal

Container = Literal["wav", "flac", "mp3", "ogg", "aac", "amr", "mp4", "webm"]

HEAD_BYTES = 16_384
MAX_CHUNKS = 10_000  # of a wav, before its samples
_STREAMED_SIZES = {0x7FFFFFFF, 0xFFFFFFFF}  # written by programs that cannot seek back
_MP3_IN_WAV = 0x55
# kbit/s by 4-bit index, layer III; index 0 is "free", 15 is forbidden
_KBPS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBPS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def sniff_container(stream: BinaryIO) -> Container | None:
    """Name the container of a sound file, or None when it is none that we know.

    Args:
        stream: seekable; left at its beginning.
    """
    stream.seek(_tag_bytes(stream))
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    by_magic: tuple[tuple[bytes, int, Container], ...] = (
        (b"fLaC", 0, "flac"),
        (b"OggS", 0, "ogg"),
        (b"#!AMR", 0, "amr"),
        (b"ftyp", 4, "mp4"),
        (b"\x1a\x45\xdf\xa3", 0, "webm"),
    )
    for magic, offset, container in by_magic:
        if head[offset : offset + len(magic)] == magic:
            return container
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if _first_mp3_frame(head) is not None else None


def misplaced_tag_bytes(stream: BinaryIO) -> int:
    """Length of the ID3 tag that careless tools put before other files than mp3 and aac; 0 without one.

    Args:
        stream: seekable; left at its beginning.
    """
    start = _tag_bytes(stream)
    return start if start and sniff_container(stream) not in (None, "mp3", "aac") else 0


def _tag_bytes(stream: BinaryIO) -> int:
    stream.seek(0)
    head = stream.read(10)
    stream.seek(0)
    return id3_bytes(head)


def is_plain_wav(stream: BinaryIO) -> bool:
    """Whether the header tells how many samples follow, and they are not an mp3 in a wav's clothes.

    A recorder that crashed leaves a length of 0 before the samples.
    """
    size = stream.seek(0, 2)
    plain = True
    for name, position, length in _wav_chunks(stream, size):
        if name == b"fmt ":
            stream.seek(position)
            plain = stream.read(2) != struct.pack("<H", _MP3_IN_WAV)
        if name == b"data":
            plain = plain and length > 0
    stream.seek(0)
    return plain


def is_cut_short(stream: BinaryIO, container: Container) -> bool:
    """Whether the container promises more bytes than the file holds.

    Only what can be told without decoding: RIFF chunk sizes, the last Ogg page, MPEG frames.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    checks = {"wav": _wav_is_cut, "ogg": _ogg_is_cut, "mp3": _mp3_is_cut}
    check = checks.get(container)
    cut = check is not None and check(stream, size)
    stream.seek(0)
    return cut


def id3_bytes(head: bytes) -> int:
    """Length of the ID3v2 tag at the beginning; 0 without one."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    length = 0
    for seven_bits in head[6:10]:
        length = length << 7 | seven_bits & 0x7F
    return 10 + length + (10 if head[5] & 0x10 else 0)


def _wav_is_cut(stream: BinaryIO, size: int) -> bool:
    for name, position, length in _wav_chunks(stream, size):
        if name == b"data":
            return length not in _STREAMED_SIZES and position + length > size
    return True  # no samples at all behind the header


def _wav_chunks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, position and length of the chunks up to the samples."""
    position, name = 12, b""
    for _ in range(MAX_CHUNKS):
        if position + 8 > size or name == b"data":
            return
        stream.seek(position)
        name, length = struct.unpack("<4sI", stream.read(8))
        yield name, position + 8, length
        position += 8 + length + length % 2


def _ogg_is_cut(stream: BinaryIO, size: int) -> bool:
    tail_start = max(0, size - 2 * 65_307)  # two pages of the largest size
    stream.seek(tail_start)
    tail = stream.read()
    page = tail.rfind(b"OggS")
    if page < 0 or page + 27 > len(tail):
        return True
    segments = tail[page + 26]
    lengths = tail[page + 27 : page + 27 + segments]
    return len(lengths) < segments or page + 27 + segments + sum(lengths) > len(tail)


def _mp3_is_cut(stream: BinaryIO, size: int) -> bool:
    first, promised = _mp3_promise(stream)
    if promised is not None:
        return size - first < 0.99 * promised
    position = first
    while position + 4 <= size:
        stream.seek(position)
        length = mp3_frame_bytes(stream.read(4))
        if length is None:
            return False  # a tag or padding: the frames ended in order
        position += length
    return position > size


def _mp3_promise(stream: BinaryIO) -> tuple[int, int | None]:
    """Position of the first frame, and the stream length of the Xing header if there is one."""
    start = _tag_bytes(stream)
    stream.seek(start)
    head = stream.read(HEAD_BYTES)
    first = _first_mp3_frame(head) or 0
    return start + first, _xing_bytes(head[first : first + 200])


def _first_mp3_frame(content: bytes) -> int | None:
    """Offset of the first frame that another one follows; a lone sync word is no proof."""
    position = content.find(b"\xff")
    while 0 <= position < len(content) - 4:
        length = mp3_frame_bytes(content[position : position + 4])
        if length is not None:
            following = content[position + length : position + length + 4]
            if len(following) < 4 and position == 0 and len(content) < HEAD_BYTES:
                return position  # a file shorter than two frames
            if len(following) == 4 and mp3_frame_bytes(following) is not None:
                return position
        position = content.find(b"\xff", position + 1)
    return None


def mp3_frame_bytes(header: bytes) -> int | None:
    """Length of a layer III frame with its 4-byte header; None when it is no such header."""
    bits = int.from_bytes(header, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate_index = bits >> 10 & 3
    if bits >> 21 != 0x7FF or version == 1 or layer != 1 or rate_index == 3:
        return None
    kbps = (_KBPS_MPEG1 if version == 3 else _KBPS_MPEG2)[bits >> 12 & 15]
    if kbps == 0:
        return None
    samples_per_8_bits = 144 if version == 3 else 72
    return samples_per_8_bits * kbps * 1000 // _RATES_HZ[version][rate_index] + (bits >> 9 & 1)


def _xing_bytes(frame: bytes) -> int | None:
    """Stream length that a Xing/Info header promises."""
    for mark in (b"Xing", b"Info"):
        at = frame.find(mark)
        if at < 0:
            continue
        flags = int.from_bytes(frame[at + 4 : at + 8], "big")
        field = at + 8 + (4 if flags & 1 else 0)
        if flags & 2 and field + 4 <= len(frame):
            return int.from_bytes(frame[field : field + 4], "big")
    return None
