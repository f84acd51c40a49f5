"""Files that people with bad intentions, and bad disks, send: made from real ones, the same for a seed."""

import gzip
import io
import random
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile
from docx import Document

from tests.tts_engine.espeak_speech import espeak_speech

RATE_HZ = 22_050
SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Раз</i>\n\n2\n00:00:04,000 --> 00:00:05,000\nДва\n"
CSV = "text,voice,name\nПривет.,anna,one\n«Раз, два»,anna,two\n"
LIES = (0, 1, 0x7F, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
# suffix, and what ffmpeg is told to write
BY_FFMPEG = (
    ("m4a", ("-c:a", "aac")),
    ("m4a", ("-c:a", "alac")),
    ("m4a", ("-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov")),
    ("mp4", ("-c:a", "libmp3lame")),
    ("aac", ("-c:a", "aac")),
    ("webm", ("-c:a", "libopus")),
    ("webm", ("-c:a", "libvorbis")),
    ("mka", ("-c:a", "flac")),
    ("opus", ("-c:a", "libopus")),
    ("wma", ("-c:a", "wmav2")),
    ("ac3", ("-c:a", "ac3")),
)
BY_SOUNDFILE = (
    ("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "FLOAT"), ("wav", "IMA_ADPCM"), ("wav", "ULAW"),
    ("wav", "GSM610"), ("flac", "PCM_16"), ("flac", "PCM_24"), ("mp3", "MPEG_LAYER_III"),
    ("ogg", "VORBIS"), ("ogg", "OPUS"), ("aiff", "PCM_16"), ("au", "PCM_16"), ("caf", "ALAC_16"),
    ("w64", "PCM_16"), ("rf64", "PCM_16"),
)  # fmt: skip
PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '/etc/passwd'\nfile 'http://127.0.0.1:8000/metrics'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    "pls": "[playlist]\nFile1=http://127.0.0.1/\n",
    "cue": 'FILE "/etc/passwd" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": "<!doctype html><script>alert(1)</script>",
    "mpd": '<?xml version="1.0"?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>',
}
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha ha ha ha ha ha">'
    + "".join(
        f'<!ENTITY {b} "{("&" + a + ";") * 10}">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
)


@dataclass(frozen=True, kw_only=True)
class HostileFile:
    """`texts` tells where it is sent: to make a batch, or as sound."""

    name: str
    content: bytes
    texts: bool = False


def hostile_files(count: int, *, seed: int, bombs: bool = True) -> Iterator[HostileFile]:
    """So many files; a twentieth are bombs, each of which costs a second or more."""
    chance = random.Random(seed)
    sounds, texts, made = real_sounds(), real_texts(), crafted()
    for _ in range(count):
        kind = chance.random()
        if bombs and kind < 0.05:
            yield chance.choice(bomb_files())
        elif kind < 0.15:
            yield chance.choice(made)
        else:
            base, other = chance.choice(texts if kind < 0.3 else sounds), chance.choice(sounds)
            content = mutated(base.content, other.content, chance)
            yield HostileFile(name=base.name, content=content, texts=base.texts)


def mutated(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """One to three kinds of damage, mostly in the first bytes, where the promises stand."""
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(_DAMAGES)(content, other, chance)
    return content


def _flip(content: bytes, _other: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    reach = chance.choice((48, 512, len(spoilt)))
    for _ in range(chance.choice((1, 4, 32))):
        spoilt[chance.randrange(min(reach, len(spoilt)))] = chance.randrange(256)
    return bytes(spoilt)


def _lie(content: bytes, _other: bytes, chance: random.Random) -> bytes:
    """Numbers of the header (sizes, rates, channels) replaced by impossible ones."""
    spoilt = bytearray(content.ljust(64, b"\0"))
    for _ in range(chance.randint(1, 3)):
        size, order = chance.choice((1, 2, 4, 8)), chance.choice(("little", "big"))
        at = chance.randrange(4, min(len(spoilt), 300) - 8)
        value = chance.choice(LIES) % (1 << 8 * size)
        spoilt[at : at + size] = value.to_bytes(size, order)
    return bytes(spoilt)


def _cut(content: bytes, _other: bytes, chance: random.Random) -> bytes:
    return content[: chance.choice((4, 12, 44, 200, len(content) // 2, len(content) - 1))] or b"\0"


def _move(content: bytes, _other: bytes, chance: random.Random) -> bytes:
    """A block left out, repeated, emptied or put elsewhere."""
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    before, block, after = content[:first], content[first:last], content[last:]
    choices = (before + after, before + block * 3 + after, before + bytes(len(block)) + after,
               block + before + after)  # fmt: skip
    return chance.choice(choices) or b"\0"


def _splice(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """Two formats in one file."""
    at = chance.randrange(len(content))
    return chance.choice((content[:at] + other[at:], content + other, other[:64] + content))


def _polyglot(content: bytes, _other: bytes, chance: random.Random) -> bytes:
    page = chance.choice(list(PLAYLISTS.values())).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.html", page)
    return chance.choice(
        (page + content, content + page, content + packed.getvalue(), gzip.compress(content),
         b"ID3\x04\0\0" + struct.pack(">I", len(page)) + page + content)
    )  # fmt: skip


_DAMAGES: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (
    _flip, _flip, _lie, _lie, _cut, _move, _splice, _polyglot,
)  # fmt: skip


@lru_cache(maxsize=1)
def real_sounds() -> list[HostileFile]:
    """A sentence in every format that people have."""
    speech = espeak_speech()
    waveform, rate_hz = speech.waveform, speech.sample_rate_hz
    found = []
    for suffix, subtype in BY_SOUNDFILE:
        stream = io.BytesIO()
        rate = 8000 if subtype == "GSM610" else rate_hz
        if subtype == "OPUS":
            rate = 24_000
        soundfile.write(stream, waveform, rate, format=suffix, subtype=subtype)
        found.append(HostileFile(name=f"me.{suffix}", content=stream.getvalue()))
    stereo = io.BytesIO()
    soundfile.write(stereo, np.stack([waveform, waveform], 1), 192_000, format="FLAC")
    found.append(HostileFile(name="stereo.flac", content=stereo.getvalue()))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "me.wav"
        soundfile.write(source, waveform, rate_hz)
        for suffix, options in BY_FFMPEG:
            content = _by_ffmpeg(Path(folder) / f"out.{suffix}", "-i", str(source), *options)
            found.append(HostileFile(name=f"me.{suffix}", content=content))
    return found


def _by_ffmpeg(target: Path, *arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments, str(target)]
    subprocess.run(command, check=True)
    return target.read_bytes()


@lru_cache(maxsize=1)
def real_texts() -> list[HostileFile]:
    """What batches are made of."""
    document, stream = Document(), io.BytesIO()
    document.add_paragraph("Раз, два, три.")
    document.add_table(rows=2, cols=2).cell(0, 0).text = "Четыре."
    document.save(stream)
    named = {"a.docx": stream.getvalue(), "a.srt": SRT.encode(), "a.csv": CSV.encode("cp1251"),
             "a.txt": "Раз.\n\nДва.".encode("utf-16")}  # fmt: skip
    return [HostileFile(name=name, content=body, texts=True) for name, body in named.items()]


@lru_cache(maxsize=1)
def crafted() -> list[HostileFile]:
    """Small files, each with one trick."""
    wav, mp4 = real_sounds()[0].content, b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom\0\0\0\0"
    sounds = {f"list.{name}": text.encode() for name, text in PLAYLISTS.items()}
    sounds |= {f"{name}.wav": text.encode() for name, text in PLAYLISTS.items()}
    sounds |= {
        "empty.wav": b"",
        "zeros.mp3": bytes(5000),
        "no-channels.wav": wav[:22] + bytes(2) + wav[24:],
        "no-rate.wav": wav[:24] + bytes(4) + wav[28:],
        "no-block.wav": wav[:32] + bytes(2) + wav[34:],
        "chunks.wav": b"RIFF\xff\xff\xff\xffWAVE" + b"junk\0\0\0\0" * 200_000,
        "tag.mp3": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(3000),
        "atoms.m4a": mp4 + struct.pack(">I4s", 0, b"moov") + b"\0\0\0\x08trak" * 50_000,
        "nested.m4a": mp4 + b"".join(struct.pack(">I4s", 8 * (9000 - n), b"moov") for n in range(9000)),
        "dref.m4a": mp4 + struct.pack(">I4s", 60, b"moov") + b"dref" + b"url http://127.0.0.1/x\0" * 4,
        "size.webm": b"\x1a\x45\xdf\xa3\x01" + b"\xff" * 4000,
        "segments.ogg": (b"OggS\0\x02" + bytes(20) + b"\xff" + b"\xff" * 255) * 40,
        "frames.mp3": b"\xff\xf3\x14\xc4" + bytes(68) + b"\xff\xf3\x14\xc4" * 40_000,
    }  # fmt: skip
    texts = {
        "laughs.docx": _docx_with(LAUGHS.encode()),
        "outside.docx": _docx_with(
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
        ),
        "zip.docx": _zipped({f"{n}.xml": b"" for n in range(6000)}),
        "braces.srt": SRT.encode() + b"{" * 100_000 + b"<" * 100_000,
        "quote.csv": b'text\n"' + b"a" * 300_000,
        "columns.csv": b"text" + b";a" * 200_000 + b"\n" + b";" * 400_000,
        "..\\..\\evil\r\nX-Evil: 1.txt": b"a\r\nSet-Cookie: x=1\r\n",
    }
    found = [HostileFile(name=name, content=body) for name, body in sounds.items()]
    return found + [
        HostileFile(name=name, content=body, texts=True) for name, body in texts.items()
    ]


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return stream.getvalue()


def _docx_with(document: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(real_texts()[0].content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zipped({**parts, "word/document.xml": document})


@lru_cache(maxsize=1)
def bomb_files() -> list[HostileFile]:
    """Small to send, large to open: hours of silence, huge tables, megabytes of spaces."""
    namespace = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    )
    cell = b"<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"
    row = b"<w:tr>" + cell * 60 + b"</w:tr>"
    table = namespace + b"<w:body><w:tbl>" + row * 5000 + b"</w:tbl></w:body></w:document>"
    paragraphs = namespace + b"<w:body>" + b"<w:p/>" * 3_000_000 + b"</w:body></w:document>"
    texts = {
        "table.docx": _docx_with(table),
        "paragraphs.docx": _docx_with(paragraphs),
        "spaces.docx": _docx_with(b" " * 60_000_000),
        "lines.txt": b"a\n" * 5_000_000,
        "rows.csv": b"text\n" + b"a\n" * 5_000_000,
        "many.srt": b"".join(b"%d\n00:00:01,000 --> 00:00:02,000\na\n\n" % n for n in range(200_000)),
        "tags.srt": b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<i>{\\i1}" * 1_000_000,
    }  # fmt: skip
    found = [HostileFile(name=name, content=body, texts=True) for name, body in texts.items()]
    return found + [HostileFile(name=name, content=body) for name, body in _silences().items()]


def _silences() -> dict[str, bytes]:
    """Half an hour each; the flac and the mp3 also without a length in the header."""
    silence = ("-f", "lavfi", "-t", "1800", "-i", "anullsrc=r=8000:cl=mono")
    written = (("flac", ("-c:a", "flac")), ("mp3", ("-b:a", "8k", "-write_xing", "0")),
               ("ogg", ("-c:a", "libopus", "-b:a", "6k")), ("webm", ("-c:a", "libopus", "-b:a", "6k")),
               ("m4a", ("-c:a", "alac")))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        made = {
            f"silence.{suffix}": _by_ffmpeg(Path(folder) / f"a.{suffix}", *silence, *options)
            for suffix, options in written
        }
    flac = made["silence.flac"]
    # 36 bits of STREAMINFO hold the number of samples; 0 is "unknown"
    made["endless.flac"] = flac[:21] + bytes([flac[21] & 0xF0]) + bytes(4) + flac[26:]
    fast = io.BytesIO()
    soundfile.write(fast, np.zeros(192_000 * 590, np.int16), 192_000, format="FLAC")
    made["fast.flac"] = fast.getvalue()  # within the limits, and as large as they allow
    return made
