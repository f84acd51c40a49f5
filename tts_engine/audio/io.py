"""Sound files in and out.

wav, flac, mp3, ogg (Vorbis, Opus) go through libsndfile (`soundfile`); what browsers and phones
record (m4a, mp4, aac, webm) goes through pydub and the ffmpeg inside the imageio-ffmpeg wheel, which
also writes aac.
ffmpeg itself reads the stream's facts, so ffprobe is not needed. The container is told by its first
bytes and the demuxer is forced; a recording that is too long is refused by its header where it has
one, and otherwise decoding stops at the limit.
"""

import io
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
from mutagen.ogg import OggPage
from numpy.typing import NDArray

from tts_engine.audio import refusals
from tts_engine.audio.ffmpeg import AacFile, ffmpeg_path
from tts_engine.audio.formats import FORMATS, AudioFormat, bitrate_check, format_named
from tts_engine.audio.resample import resample
from tts_engine.audio.sniff import Container, has_known_length, is_cut_short, sniff_container
from tts_engine.audio.tags import AudioTags, write_tags
from tts_engine.types import Audio, Waveform

MAX_SECONDS = 600.0
BLOCK_SECONDS = 30.0
PROBE_SECONDS = 20
DECODE_CPU_SECONDS = 120
OGG_SERIAL = 0x56434C4E  # libsndfile draws it at random; a fixed one keeps files reproducible

_DEMUXERS = {"mp4": "mov", "aac": "aac", "webm": "matroska"}
# ffmpeg's codec names and its decoders for them
_DECODERS = {
    "aac": "aac",
    "alac": "alac",
    "opus": "opus",
    "vorbis": "vorbis",
    "mp3": "mp3",
    "flac": "flac",
    "pcm_s16le": "pcm_s16le",
    "amr_nb": "amrnb",
    "amr_wb": "amrwb",
}


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
    with _opened(source) as stream:
        if stream.seek(0, 2) == 0:
            raise refusals.empty_file()
        container = sniff_container(stream)
        if container is None:
            raise refusals.not_audio()
        if container in _DEMUXERS:
            audio = _decode_with_ffmpeg(stream, _DEMUXERS[container], max_seconds)
        else:
            audio = _decode_with_soundfile(stream, container, max_seconds)
    return _checked(audio)


def encode_audio(
    audio: Audio,
    audio_format: str,
    *,
    tags: AudioTags | None = None,
    constant_bitrate: bool = False,
    bitrate_kbps: int | None = None,
) -> bytes:
    """Write a sound file; the same audio and tags always give the same bytes.

    Args:
        audio: mono; what is beyond [-1, 1] is clipped.
        audio_format: "mp3" (variable, about 65 kbit/s), "wav" and "flac" (16 bit), "ogg" (Opus), "aac"
            (ADTS, about 64 kbit/s), "pcm" (16 bit, little endian, 24 kHz, no header),
            "voice_message" (Opus at 48 kHz).
        tags: title, voice and the AI-generated mark; None writes no tags.
        constant_bitrate: of mp3; players then know its length without an information frame.
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
    audio = _checked(audio)
    rate_hz = described.writable_rate_hz(audio.sample_rate_hz, bitrate_kbps)
    waveform = resample(audio.waveform, audio.sample_rate_hz, rate_hz)
    options = described.written_with(
        rate_hz, constant_bitrate=constant_bitrate, bitrate_kbps=bitrate_kbps
    )
    stream = io.BytesIO()
    file = sound_file_opened(stream, rate_hz, options)
    file.write(samples_16bit(waveform))
    file.close()
    content = stream.getvalue()
    if described.container == "OGG":
        content = _with_fixed_serial(content)
    return content if tags is None else write_tags(content, audio_format, tags)


def sound_file_opened(stream: BinaryIO, rate_hz: int, options: dict[str, Any]) -> Any:
    """A mono file to `write` samples to and to `close`; `options` from `AudioFormat.written_with`."""
    if options["format"] == "ADTS":
        return AacFile(stream, rate_hz)
    return soundfile.SoundFile(stream, "w", rate_hz, 1, **options)


def samples_16bit(waveform: Waveform) -> NDArray[np.int16]:
    """As files hold them; what is beyond [-1, 1] is clipped."""
    return np.round(np.clip(waveform, -1.0, 1.0) * 32767.0).astype(np.int16)


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    if not source.is_file():
        raise refusals.file_missing(source.name)
    with source.open("rb") as stream:
        yield stream


def _checked(audio: Audio) -> Audio:
    """Finite samples within [-1, 1], at least one of them."""
    if audio.waveform.size == 0:
        raise refusals.no_sound()
    peak = float(np.max(np.abs(audio.waveform)))
    if not np.isfinite(peak):
        raise refusals.not_finite()
    if peak <= 1.0:
        return audio
    return Audio((audio.waveform / peak).astype(np.float32), audio.sample_rate_hz)


def _decode_with_soundfile(stream: BinaryIO, container: Container, max_seconds: float) -> Audio:
    if is_cut_short(stream, container):
        raise refusals.truncated()
    known_length = has_known_length(stream, container)
    try:
        with soundfile.SoundFile(stream) as file:
            rate_hz, promised = file.samplerate, file.frames if known_length else 0
            refusals.check_header(
                channels=file.channels,
                rate_hz=rate_hz,
                seconds=promised / rate_hz,
                max_seconds=max_seconds,
            )
            waveform = _read_blocks(file, max_seconds)
    except soundfile.LibsndfileError as error:
        raise refusals.damaged(error.error_string) from error
    if waveform.size < promised:
        raise refusals.truncated()
    return Audio(waveform, rate_hz)


def _read_blocks(file: soundfile.SoundFile, max_seconds: float) -> Waveform:
    """Decode block by block to mono, so that no file can fill the memory."""
    block = int(BLOCK_SECONDS * file.samplerate)
    limit = int(max_seconds * file.samplerate)
    parts: list[Waveform] = []
    total = 0
    while True:
        samples = file.read(block, dtype="float32", always_2d=True)  # (T, channels)
        if len(samples) == 0:
            break
        parts.append(samples.mean(axis=1, dtype=np.float32))
        total += len(samples)
        if total > limit:
            raise refusals.too_long(max_seconds)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def _decode_with_ffmpeg(stream: BinaryIO, demuxer: str, max_seconds: float) -> Audio:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording"  # never the user's name: it could be read as an option
        with path.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        codec, rate_hz, channels, seconds = _probe(path, demuxer)
        refusals.check_header(
            channels=channels, rate_hz=rate_hz, seconds=seconds, max_seconds=max_seconds
        )
        decoder = _DECODERS.get(codec)
        if decoder is None:
            raise refusals.unsupported_codec(codec)
        audio = _decode_with_pydub(path, demuxer, decoder, max_seconds)
    if audio.seconds > max_seconds:
        raise refusals.too_long(max_seconds)
    if seconds is not None and audio.seconds < 0.95 * seconds - 0.3:
        raise refusals.truncated()
    return audio


def _probe(path: Path, demuxer: str) -> tuple[str, int, int, float | None]:
    """Codec, rate, channels and, if the header knows it, length, from ffmpeg's own report."""
    command = [ffmpeg_path(), "-hide_banner", "-nostdin", "-protocol_whitelist", "file"]
    command += ["-f", demuxer, "-i", str(path)]
    try:
        # the program comes from our own wheel and every argument is ours: no shell, no user text
        report = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=PROBE_SECONDS, check=False
        ).stderr.decode("utf-8", errors="replace")
    except subprocess.TimeoutExpired as error:
        raise refusals.damaged("reading its header takes too long") from error
    stream = re.search(r"^ *Stream #.*?Audio: (\w+).*?, (\d+) Hz, ([^,\n]+)", report, re.MULTILINE)
    if stream is None:
        if "Stream #" in report:
            raise refusals.no_sound()
        raise refusals.truncated() if demuxer == "mov" else refusals.damaged("no stream found")
    seconds = None if demuxer == "aac" else _duration_seconds(report)  # there only a guess
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


def _decode_with_pydub(path: Path, demuxer: str, decoder: str, max_seconds: float) -> Audio:
    segment_class, decode_error = _pydub()
    try:
        segment = segment_class.from_file(
            str(path),
            format=demuxer,
            codec=decoder,  # named, or else pydub would ask ffprobe
            duration=max_seconds + 1,
            parameters=["-nostdin", "-timelimit", str(DECODE_CPU_SECONDS)],
        )
    except decode_error as error:
        raise refusals.damaged("ffmpeg cannot decode it") from error
    samples = np.frombuffer(segment.raw_data, dtype=f"<i{segment.sample_width}")
    samples = samples.reshape(-1, segment.channels)  # (T, channels)
    scale = float(1 << (8 * segment.sample_width - 1))
    return Audio((samples.mean(axis=1) / scale).astype(np.float32), segment.frame_rate)


@lru_cache(maxsize=1)
def _pydub() -> tuple[Any, type[Exception]]:
    """pydub's segment bound to our ffmpeg, and its decoding error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import looks for a system ffmpeg, which we do not use
        from pydub import AudioSegment
        from pydub.exceptions import CouldntDecodeError

    class OurSegment(AudioSegment):
        converter = ffmpeg_path()

    return OurSegment, CouldntDecodeError


def _with_fixed_serial(content: bytes) -> bytes:
    """The same Ogg stream with a serial number that does not change from run to run."""
    source, target = io.BytesIO(content), io.BytesIO()
    while source.tell() < len(content):
        page = OggPage(source)
        page.serial = OGG_SERIAL
        target.write(page.write())
    return target.getvalue()


__all__ = [
    "FORMATS",
    "AudioFormat",
    "AudioTags",
    "decode_audio",
    "encode_audio",
]
