"""A recording of any length, format and level becomes one working copy: mono, 22 050 Hz, FLAC, without clicks.

Decoded in the confined process and read in blocks of ten seconds, so that hours take no memory. What only the file's
own rate shows is looked for on the way: overdriven stretches, clicks. The levels of all frames are kept for slicing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfilt_zi

from tts_engine.audio.untrusted import Recorded, untrusted_opened
from tts_engine.dataset.damage import click_spans, clipped_spans, without_clicks
from tts_engine.training.corpus import SAMPLE_RATE_HZ
from tts_engine.types import Audio, Waveform

LONGEST_SECONDS = 4 * 3600.0
HIGH_PASS_HZ, HIGH_PASS_ORDER = 48.0, 5
OVERLAP_SECONDS = 0.05  # of blocks, so that a click on their border is seen
LEVEL_HOP = SAMPLE_RATE_HZ // 100  # samples of a frame of levels: 10 ms


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A working copy and what was seen on the way.

    Attributes:
        path: of the copy.
        seconds: its length.
        rate_hz: of the file.
        channel: that was taken, "mix", "left" or "right".
        levels_db: RMS of every 10 ms, dB of full scale, (frames,).
        clipped: overdriven stretches, (start, end) in seconds.
        clicks: where clicks were mended, seconds.
        peak: largest magnitude of the file.
    """

    path: Path
    seconds: float
    rate_hz: int
    channel: str
    levels_db: NDArray[np.float32]
    clipped: tuple[tuple[float, float], ...]
    clicks: tuple[float, ...]
    peak: float


def open_recording(source: Path, copy: Path, *, channel: str = "auto") -> Opened:
    """Make the working copy of a recording.

    Raises:
        AudioError, ResourceError: as `untrusted_opened`.
    """
    with untrusted_opened(source, max_seconds=LONGEST_SECONDS, channel=channel) as recorded:
        seen = _Seen(recorded.rate_hz)
        levels = _Levels()
        partial = copy.with_suffix(".partial")
        with soundfile.SoundFile(
            partial, "w", SAMPLE_RATE_HZ, 1, format="FLAC", subtype="PCM_24"
        ) as file:
            for block in _worked(recorded, seen):
                file.write(np.clip(block, -1.0, 1.0))
                levels.add(block)
            samples = file.frames
        partial.replace(copy)
    return Opened(
        path=copy,
        seconds=samples / SAMPLE_RATE_HZ,
        rate_hz=recorded.rate_hz,
        channel=recorded.channel,
        levels_db=levels.whole(),
        clipped=tuple(seen.clipped),
        clicks=tuple(seen.clicks),
        peak=seen.peak,
    )


def read_copy(path: Path, start_seconds: float, end_seconds: float) -> Audio:
    """A stretch of a working copy, cut at its end."""
    with soundfile.SoundFile(path) as file:
        first = min(max(0, round(start_seconds * file.samplerate)), file.frames)
        stop = min(round(end_seconds * file.samplerate), file.frames)
        file.seek(first)
        return Audio(file.read(max(0, stop - first), dtype="float32"), file.samplerate)


class _Seen:
    """Damage that is found at the file's own rate, and mended where it can be."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.clipped: list[tuple[float, float]] = []
        self.clicks: list[float] = []
        self.peak = 0.0

    def look(self, block: Waveform, start: int) -> Waveform:
        """Note what is wrong with a block that begins at this sample; returns it without clicks."""
        self.peak = max(self.peak, float(np.abs(block).max(initial=0.0)))
        for first, stop in clipped_spans(block, self.rate_hz):
            self._add_clipped((start + first) / self.rate_hz, (start + stop) / self.rate_hz)
        overdriven = [
            (a * self.rate_hz - start, b * self.rate_hz - start) for a, b in self.clipped[-20:]
        ]
        spans = [
            (first, stop)
            for first, stop in click_spans(block, self.rate_hz)
            if not any(a < stop and first < b for a, b in overdriven)
        ]
        for first, stop in spans:
            at = (start + (first + stop) / 2) / self.rate_hz
            if not self.clicks or at > self.clicks[-1] + OVERLAP_SECONDS / 2:
                self.clicks.append(round(at, 4))
        return without_clicks(block, spans, self.rate_hz) if spans else block

    def _add_clipped(self, start: float, stop: float) -> None:
        if self.clipped and start <= self.clipped[-1][1] + 0.3:
            start = min(start, self.clipped[-1][0])
            stop = max(stop, self.clipped[-1][1])
            self.clipped.pop()
        self.clipped.append((round(start, 3), round(stop, 3)))


class _Levels:
    """RMS of frames, block by block."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, dtype=np.float32)
        self._found: list[NDArray[np.float32]] = []

    def add(self, block: Waveform) -> None:
        samples = np.concatenate([self._rest, block])
        count = samples.size // LEVEL_HOP
        frames = samples[: count * LEVEL_HOP].reshape(count, LEVEL_HOP)
        power = np.square(frames, dtype=np.float64).mean(axis=1)
        self._found.append((10 * np.log10(power + 1e-12)).astype(np.float32))
        self._rest = samples[count * LEVEL_HOP :]

    def whole(self) -> NDArray[np.float32]:
        return np.concatenate(self._found) if self._found else np.zeros(0, dtype=np.float32)


def _worked(recorded: Recorded, seen: _Seen) -> Iterator[Waveform]:
    """Blocks at 22 050 Hz without clicks and rumble."""
    sections = butter(HIGH_PASS_ORDER, HIGH_PASS_HZ, "highpass", fs=SAMPLE_RATE_HZ, output="sos")
    state = np.zeros_like(sosfilt_zi(sections))
    resampler = soxr.ResampleStream(
        recorded.rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32", quality="HQ"
    )
    for block, last in _seen_blocks(recorded, seen):
        if recorded.rate_hz != SAMPLE_RATE_HZ:
            block = resampler.resample_chunk(block, last=last)
        passed, state = sosfilt(sections, block, zi=state)
        yield passed.astype(np.float32)


def _seen_blocks(recorded: Recorded, seen: _Seen) -> Iterator[tuple[Waveform, bool]]:
    """Blocks as `seen` leaves them, looked at with the end of the one before; and whether it is the last."""
    held = np.zeros(0, dtype=np.float32)
    overlap, position = round(OVERLAP_SECONDS * recorded.rate_hz), 0
    for block in recorded.blocks:
        looked = seen.look(np.concatenate([held, block]), position)
        ready, held = looked[:-overlap], looked[-overlap:]
        position += ready.size
        yield ready, False
    yield held, True
