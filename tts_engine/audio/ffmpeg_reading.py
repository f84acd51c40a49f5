"""What libsndfile does not read, or not to its end, by the ffmpeg of the imageio-ffmpeg wheel.

It is told which demuxer to use, which decoders it may choose, and that its input is one open file: a
playlist or a reference to another file or address has nothing to be opened with.
"""

import math
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np

from tts_engine.audio import refusals
from tts_engine.audio.ffmpeg import ffmpeg_path
from tts_engine.audio.sniff import Container
from tts_engine.types import Waveform

PROBE_SECONDS = 20
DECODE_CPU_SECONDS = 120
BLOCK_FRAMES = 1 << 18
MOST_TRACKS = 8

_DEMUXERS = {
    "wav": "wav", "flac": "flac", "ogg": "ogg", "mp3": "mp3", "aac": "aac", "amr": "amr",
    "mp4": "mov", "webm": "matroska",
}  # fmt: skip
_GUESSED_LENGTH = ("aac", "amr", "mp3")  # by ffmpeg, from the size of the file
# ffmpeg's codec names and its decoders for them
_DECODERS = {
    "aac": "aac",
    "alac": "alac",
    "opus": "opus",
    "vorbis": "vorbis",
    "mp3": "mp3float",
    "flac": "flac",
    "pcm_s16le": "pcm_s16le",
    "amr_nb": "amrnb",
    "amr_wb": "amrwb",
}


@dataclass(frozen=True, kw_only=True)
class _Track:
    number: int
    codec: str
    rate_hz: int
    channels: int

    def arguments(self, given: list[str]) -> list[str]:
        """Of a program that decodes this track alone."""
        decoder = [f"-c:a:{self.number}", _DECODERS[self.codec]]
        limit = ["-timelimit", str(DECODE_CPU_SECONDS)]
        return [ffmpeg_path(), *limit, *decoder, *given, "-map", f"0:a:{self.number}"]


@contextmanager
def ffmpeg_opened(
    stream: BinaryIO, container: Container, max_seconds: float
) -> Iterator[tuple[int, Iterator[Waveform]]]:
    """Rate and blocks of samples (T, channels) of the loudest track; raises as `decode_audio`."""
    given = _input_arguments(_DEMUXERS[container])
    with _real_file(stream) as file:
        tracks, seconds = _probe(file, given, container)
        track = _loudest(file, given, tracks)
        refusals.check_header(
            channels=track.channels, rate_hz=track.rate_hz, seconds=seconds, max_seconds=max_seconds
        )
        _rewind(file)
        arguments = [*track.arguments(given), "-v", "quiet", "-t", str(max_seconds + 1)]
        # where a browser's recorder has left something out there is silence, and the length is as promised
        arguments += ["-af", "aresample=async=1", "-ar", str(track.rate_hz)]
        arguments += ["-ac", str(track.channels), "-f", "f32le", "pipe:1"]
        # the program comes from our own wheel and every argument is ours: no shell, no user text
        with subprocess.Popen(arguments, stdin=file, stdout=subprocess.PIPE) as process:  # noqa: S603
            blocks = _blocks(process, track, max_seconds)
            yield track.rate_hz, _not_cut(blocks, track.rate_hz, promised=seconds)


def _input_arguments(demuxer: str) -> list[str]:
    arguments = ["-hide_banner", "-nostdin", "-threads", "1", "-filter_threads", "1"]
    arguments += ["-protocol_whitelist", "fd", "-format_whitelist", demuxer]
    arguments += ["-codec_whitelist", ",".join(_DECODERS.values())]
    return [*arguments, "-f", demuxer, "-i", "fd:"]


def _blocks(
    process: subprocess.Popen[bytes], track: _Track, max_seconds: float
) -> Iterator[Waveform]:
    total, frame_bytes = 0, 4 * track.channels
    while process.stdout and (content := process.stdout.read(BLOCK_FRAMES * frame_bytes)):
        whole = len(content) // frame_bytes * frame_bytes
        samples = np.frombuffer(content[:whole], dtype="<f4").reshape(
            -1, track.channels
        )  # (T, channels)
        total += len(samples)
        if total > max_seconds * track.rate_hz:
            raise refusals.too_long(max_seconds)
        yield samples
    if process.wait() != 0:
        raise refusals.damaged("ffmpeg cannot decode it")


def _not_cut(
    blocks: Iterator[Waveform], rate_hz: int, promised: float | None
) -> Iterator[Waveform]:
    total = 0
    for block in blocks:
        total += len(block)
        yield block
    if promised is not None and total / rate_hz < 0.95 * promised - 0.3:
        raise refusals.truncated()


@contextmanager
def _real_file(stream: BinaryIO) -> Iterator[IO[bytes]]:
    """ffmpeg inherits an open file, whose name it never learns; it seeks in it."""
    try:
        stream.fileno()
    except OSError:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy)
            copy.flush()
            yield copy
    else:
        yield stream


def _probe(
    file: IO[bytes], given: list[str], container: Container
) -> tuple[list[_Track], float | None]:
    """The tracks of sound that can be decoded and, if the header knows it, their length."""
    report = _report(file, [ffmpeg_path(), *given])
    found = re.findall(r"^ *Stream #.*?Audio: (\w+).*?, (\d+) Hz, ([^,\n]+)", report, re.MULTILINE)
    if re.search(r"^ *Stream #.*?Audio: [^,]*\((drms|enca) /", report, re.MULTILINE):
        raise refusals.protected()
    if not found:
        if "Stream #" in report:
            raise refusals.no_sound()
        raise refusals.truncated() if container == "mp4" else refusals.damaged("no stream found")
    tracks = [
        _Track(number=number, codec=codec, rate_hz=int(rate), channels=_layout_channels(layout))
        for number, (codec, rate, layout) in enumerate(found)
        if codec in _DECODERS
    ]
    if not tracks:
        raise refusals.unsupported_codec(found[0][0])
    return tracks, None if container in _GUESSED_LENGTH else _duration_seconds(report)


def _loudest(file: IO[bytes], given: list[str], tracks: list[_Track]) -> _Track:
    """Of several, as cameras and screen recorders write them, the one in which something is heard."""

    def mean_db(track: _Track) -> float:
        measured = [*track.arguments(given), "-af", "volumedetect", "-f", "null", "-"]
        level = re.search(r"mean_volume: (-?[\d.]+) dB", _report(file, measured))
        return float(level[1]) if level else -math.inf

    return tracks[0] if len(tracks) == 1 else max(tracks[:MOST_TRACKS], key=mean_db)


def _rewind(file: IO[bytes]) -> None:
    """Where ffmpeg begins to read: a buffered file's own `seek` may leave that as it is."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)


def _report(file: IO[bytes], arguments: list[str]) -> str:
    """What ffmpeg says of a file."""
    _rewind(file)
    try:
        return subprocess.run(  # noqa: S603
            arguments, stdin=file, capture_output=True, timeout=PROBE_SECONDS, check=False
        ).stderr.decode("utf-8", errors="replace")
    except subprocess.TimeoutExpired as error:
        raise refusals.damaged("reading its header takes too long") from error


def _duration_seconds(report: str) -> float | None:
    found = re.search(r"^ *Duration: (\d+):(\d+):([\d.]+)", report, re.MULTILINE)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None


def _layout_channels(layout: str) -> int:
    """Channels of "mono", "stereo", "5.1(side)", "6 channels", …"""
    named = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4}
    numbers = re.match(r"(\d+)(?:\.(\d+))?", layout)
    if numbers:
        return int(numbers[1]) + int(numbers[2] or 0)
    return named.get(layout.split("(")[0].strip(), refusals.MAX_CHANNELS + 1)
