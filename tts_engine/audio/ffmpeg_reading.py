"""What libsndfile does not read, by the ffmpeg of the imageio-ffmpeg wheel.

It is told which demuxer to use, which decoders it may choose, and that its input is one open file: a
playlist or a reference to another file or address has nothing to be opened with.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

import numpy as np

from tts_engine.audio import refusals
from tts_engine.audio.ffmpeg import ffmpeg_path
from tts_engine.types import Waveform

PROBE_SECONDS = 20
DECODE_CPU_SECONDS = 120
BLOCK_FRAMES = 1 << 18

_DEMUXERS = {"mp4": "mov", "aac": "aac", "webm": "matroska"}
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


@contextmanager
def ffmpeg_opened(
    stream: BinaryIO, container: str, max_seconds: float
) -> Iterator[tuple[int, Iterator[Waveform]]]:
    """Rate and blocks of mono samples; raises as `decode_audio`."""
    with _real_file(stream) as file:
        arguments = _input_arguments(_DEMUXERS[container])
        codec, rate_hz, channels, seconds = _probe(file, arguments, container)
        refusals.check_header(
            channels=channels, rate_hz=rate_hz, seconds=seconds, max_seconds=max_seconds
        )
        decoder = _DECODERS.get(codec)
        if decoder is None:
            raise refusals.unsupported_codec(codec)
        file.seek(0)
        arguments = [ffmpeg_path(), "-v", "quiet", "-c:a", decoder, *arguments, "-map", "0:a:0"]
        arguments += ["-t", str(max_seconds + 1), "-timelimit", str(DECODE_CPU_SECONDS)]
        # where a browser's recorder has left something out there is silence, and the length is as promised
        arguments += ["-af", "aresample=async=1"]
        arguments += ["-ar", str(rate_hz), "-ac", str(channels), "-f", "f32le", "pipe:1"]
        # the program comes from our own wheel and every argument is ours: no shell, no user text
        with subprocess.Popen(arguments, stdin=file, stdout=subprocess.PIPE) as process:  # noqa: S603
            blocks = _blocks(process, rate_hz, channels, max_seconds)
            yield rate_hz, _not_cut(blocks, rate_hz, promised=seconds)


def _input_arguments(demuxer: str) -> list[str]:
    arguments = ["-hide_banner", "-nostdin", "-threads", "1", "-filter_threads", "1"]
    arguments += ["-protocol_whitelist", "fd", "-format_whitelist", demuxer]
    arguments += ["-codec_whitelist", ",".join(_DECODERS.values())]
    return [*arguments, "-f", demuxer, "-i", "fd:"]


def _blocks(
    process: subprocess.Popen[bytes], rate_hz: int, channels: int, max_seconds: float
) -> Iterator[Waveform]:
    total, frame_bytes = 0, 4 * channels
    while process.stdout and (content := process.stdout.read(BLOCK_FRAMES * frame_bytes)):
        whole = len(content) // frame_bytes * frame_bytes
        samples = np.frombuffer(content[:whole], dtype="<f4").reshape(-1, channels)  # (T, channels)
        total += len(samples)
        if total > max_seconds * rate_hz:
            raise refusals.too_long(max_seconds)
        yield samples.mean(axis=1, dtype=np.float32)
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
            copy.seek(0)
            yield copy
    else:
        stream.seek(0)
        yield stream


def _probe(
    file: IO[bytes], arguments: list[str], container: str
) -> tuple[str, int, int, float | None]:
    """Codec, rate, channels and, if the header knows it, length, from ffmpeg's own report."""
    try:
        report = subprocess.run(  # noqa: S603
            [ffmpeg_path(), *arguments],
            stdin=file,
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=False,
        ).stderr.decode("utf-8", errors="replace")
    except subprocess.TimeoutExpired as error:
        raise refusals.damaged("reading its header takes too long") from error
    stream = re.search(r"^ *Stream #.*?Audio: (\w+).*?, (\d+) Hz, ([^,\n]+)", report, re.MULTILINE)
    if stream is None:
        if "Stream #" in report:
            raise refusals.no_sound()
        raise refusals.truncated() if container == "mp4" else refusals.damaged("no stream found")
    seconds = None if container == "aac" else _duration_seconds(report)  # there only a guess
    return stream[1], int(stream[2]), _layout_channels(stream[3]), seconds


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
