"""Sound files of strangers, decoded in a confined process."""

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import soxr

from tts_engine import errors
from tts_engine.audio import refusals
from tts_engine.audio.channels import choose, picker
from tts_engine.audio.io import checked, untagged
from tts_engine.audio.reading import MAX_SECONDS, sound_opened
from tts_engine.audio.sniff import misplaced_tag_bytes
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.confinement.running import Confined, ConfinementError, Limits, run_confined
from tts_engine.types import Audio, Waveform

MAX_RATE_HZ = 48_000  # nothing here listens to more
SONG_RATE_HZ = 44_100
_SAMPLE_BYTES = 4
_HOURS_PACE = 20  # times real time that a processor decodes at least


def decode_untrusted(content: bytes) -> Audio:
    """As `decode_audio` in a confined process; a higher rate than 48 kHz is brought down to it.

    Raises:
        AudioError: as `decode_audio`, and `audio_too_costly`; a crash of the decoder is `damaged_audio`.
        ResourceError: `ffmpeg_missing`.
    """
    return _decoded(content, read_tags=False)[0]


def decode_untrusted_and_tags(content: bytes) -> tuple[Audio, bool]:
    """The same, and whether the file's tags say that its speech is generated."""
    audio, facts = _decoded(content, read_tags=True)
    return audio, bool(facts["tagged_as_generated"])


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A long recording, decoded: which channel was taken, and `blocks` of samples (T,), T as asked for."""

    rate_hz: int
    seconds: float
    channel: str
    blocks: Iterator[Waveform]


@contextmanager
def untrusted_opened(
    path: Path, *, max_seconds: float, channel: str = "auto", block_seconds: float = 10.0
) -> Iterator[Recorded]:
    """A recording of hours, decoded into a temporary file and handed out block by block.

    Args:
        path: of the file.
        max_seconds: longest recording accepted.
        channel: of `channels.CHOICES`.
        block_seconds: length of the blocks; the last one is shorter.

    Raises:
        As `decode_untrusted`.
    """
    limits = Limits(
        output_bytes=int((max_seconds + 1) * MAX_RATE_HZ * _SAMPLE_BYTES),
        cpu_seconds=Limits.cpu_seconds + round(max_seconds / _HOURS_PACE),
        wall_seconds=Limits.wall_seconds + round(2 * max_seconds / _HOURS_PACE),
    )
    options = {"max_seconds": max_seconds, "read_tags": False, "channel": channel}
    with _stream(path) as stream, _outcome(stream, limits, options) as outcome:
        samples, rate_hz = outcome.output_bytes // _SAMPLE_BYTES, int(outcome.facts["rate_hz"])
        if samples == 0:
            raise refusals.no_sound()
        yield Recorded(
            rate_hz=rate_hz,
            seconds=samples / rate_hz,
            channel=outcome.facts["channel"],
            blocks=_read(outcome.output, samples, round(block_seconds * rate_hz)),
        )


@dataclass(frozen=True, kw_only=True)
class Song:
    """A song, decoded: `samples` of it at 44.1 kHz.

    Attributes:
        channels: of the file, 1 or 2.
        source_rate_hz: of the file.
        peak: largest magnitude, of what lies within full scale 1.
    """

    channels: int
    source_rate_hz: int
    peak: float
    samples: int
    _output: BinaryIO

    @property
    def seconds(self) -> float:
        return self.samples / SONG_RATE_HZ

    def blocks(self, first: int, stop: int, size: int) -> Iterator[Waveform]:
        """Samples [first, stop) as blocks (T, 2), T as asked for; what lies outside the song is silence."""
        for start in range(first, stop, size):
            end = min(start + size, stop)
            begin, finish = min(max(start, 0), self.samples), min(max(end, 0), self.samples)
            self._output.seek(2 * _SAMPLE_BYTES * begin)
            content = self._output.read(2 * _SAMPLE_BYTES * (finish - begin))
            block = np.frombuffer(content, dtype=np.float32).reshape(-1, 2)
            before = min(max(0, -start), end - start)
            yield np.pad(block, ((before, end - start - before - len(block)), (0, 0)))


@contextmanager
def song_opened(path: Path, *, max_seconds: float) -> Iterator[Song]:
    """A song decoded into a temporary file: stereo, 44.1 kHz; one channel is both.

    Raises:
        As `decode_untrusted`.
    """
    limits = Limits(
        output_bytes=int((max_seconds + 1) * SONG_RATE_HZ * 2 * _SAMPLE_BYTES),
        cpu_seconds=Limits.cpu_seconds + round(max_seconds / _HOURS_PACE),
        wall_seconds=Limits.wall_seconds + round(2 * max_seconds / _HOURS_PACE),
    )
    task, options = f"{__name__}:decode_song_task", {"max_seconds": max_seconds}
    with _stream(path) as stream, _outcome(stream, limits, options, task) as outcome:
        samples, facts = outcome.output_bytes // (2 * _SAMPLE_BYTES), outcome.facts
        if samples == 0:
            raise refusals.no_sound()
        if not facts["finite"]:
            raise refusals.not_finite()
        yield Song(
            channels=facts["channels"],
            source_rate_hz=facts["source_rate_hz"],
            peak=facts["peak"],
            samples=samples,
            _output=outcome.output,
        )


def _read(file: BinaryIO, samples: int, size: int) -> Iterator[Waveform]:
    for first in range(0, samples, size):
        content = file.read(min(size, samples - first) * _SAMPLE_BYTES)
        block = np.frombuffer(content, dtype=np.float32)
        if not np.isfinite(block).all():
            raise refusals.not_finite()
        yield block


@contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    """The file without a misplaced tag before it."""
    if not path.is_file():
        raise refusals.file_missing(path.name)
    with path.open("rb") as stream:
        misplaced = misplaced_tag_bytes(stream)
        if not misplaced:
            yield stream
            return
        stream.seek(misplaced)
        with tempfile.TemporaryFile() as rest:
            shutil.copyfileobj(stream, rest)
            rest.flush()
            yield rest


def _decoded(content: bytes, *, read_tags: bool) -> tuple[Audio, dict[str, Any]]:
    limits = Limits(output_bytes=int((MAX_SECONDS + 1) * MAX_RATE_HZ * _SAMPLE_BYTES))
    options = {"max_seconds": MAX_SECONDS, "read_tags": read_tags}
    with _outcome(untagged(content), limits, options) as outcome:
        waveform = np.fromfile(
            outcome.output, dtype=np.float32, count=outcome.output_bytes // _SAMPLE_BYTES
        )
        facts = outcome.facts
    return checked(Audio(waveform, int(facts["rate_hz"]))), facts


@contextmanager
def _outcome(
    content: bytes | BinaryIO,
    limits: Limits,
    options: dict[str, Any],
    task: str = f"{__name__}:decode_task",
) -> Iterator[Confined]:
    try:
        with run_confined(task, content, limits=limits, options=options) as outcome:
            if outcome.error is not None:
                _raise(outcome.error)
            yield outcome
    except ConfinementError as error:
        if error.reason == "crash":
            raise refusals.damaged("its decoder crashed") from error
        raise refusals.too_costly(error.reason) from error


def _raise(told: dict[str, Any]) -> NoReturn:
    kinds = {"AudioError": errors.AudioError, "ResourceError": errors.ResourceError}
    raise kinds[told["kind"]](told["code"], told["en"], told["ru"], **told["details"])


def load_decoders() -> None:
    """Load what decoding needs, so that no file waits for it."""
    from tts_engine.audio.ffmpeg import ffmpeg_path

    with contextlib.suppress(errors.ResourceError):  # named when a file needs it
        ffmpeg_path()
    is_tagged_as_generated(b"RIFF")  # mutagen loads its formats at the first file


def decode_task(
    source: BinaryIO, sink: BinaryIO, *, max_seconds: float, read_tags: bool, channel: str = "mix"
) -> dict[str, Any]:
    """What the confined process does: samples to `sink`; their rate, channel and the tag returned."""
    if channel == "auto":
        with sound_opened(source, max_seconds, mixed=lambda samples: samples) as sound:
            channel = choose(sound.blocks, sound.rate_hz)
        source.seek(0)
    with sound_opened(source, max_seconds, mixed=picker(channel)) as sound:
        rate_hz = min(sound.rate_hz, MAX_RATE_HZ)
        resampler = soxr.ResampleStream(sound.rate_hz, rate_hz, 1, dtype="float32", quality="HQ")
        resampled = sound.rate_hz != rate_hz
        # an empty last block, and the resampler gives what it held back
        for block in itertools.chain(sound.blocks, [np.zeros(0, np.float32)]):
            last = len(block) == 0
            samples = resampler.resample_chunk(block, last=last) if resampled else block
            sink.write(np.ascontiguousarray(samples, dtype=np.float32).tobytes())
    facts: dict[str, Any] = {"rate_hz": rate_hz, "channel": channel}
    if read_tags:
        source.seek(0)
        facts["tagged_as_generated"] = is_tagged_as_generated(source.read())
    return facts


def decode_song_task(source: BinaryIO, sink: BinaryIO, *, max_seconds: float) -> dict[str, Any]:
    """What the confined process does with a song: both channels to `sink`; what it is, returned."""
    peak, channels, finite = 0.0, 0, True
    with sound_opened(source, max_seconds, mixed=lambda samples: samples) as sound:
        resampler = soxr.ResampleStream(
            sound.rate_hz, SONG_RATE_HZ, 2, dtype="float32", quality="HQ"
        )
        resampled = sound.rate_hz != SONG_RATE_HZ
        for block in itertools.chain(sound.blocks, [np.zeros((0, 2), np.float32)]):
            channels = channels or block.shape[1]
            both = np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block
            both = np.ascontiguousarray(both, dtype=np.float32)
            finite = finite and bool(np.isfinite(both).all())
            samples = resampler.resample_chunk(both, last=not len(both)) if resampled else both
            peak = max(peak, float(np.abs(samples).max(initial=0.0)))
            sink.write(np.ascontiguousarray(samples, dtype=np.float32).tobytes())
    return {
        "channels": channels,
        "source_rate_hz": sound.rate_hz,
        "peak": peak if finite else 0.0,
        "finite": finite,
    }
