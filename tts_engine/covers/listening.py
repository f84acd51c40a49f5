"""Where in the vocals somebody sings, how loud, and where between left and right; all by frames of 512 samples.

Such a frame at 44.1 kHz is one of the models' mel frames. What the separation leaves in the vocals where nobody sings,
drums and guitars, is told from a voice by the detector of `recording.voice_check` and by its level.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_dilation, binary_opening, uniform_filter1d

from tts_engine.audio.reading import to_mono
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.recording.voice_check import heard_spans
from tts_engine.types import Audio, Waveform

FRAME_SAMPLES = 512
FRAMES_PER_SECOND = SONG_RATE_HZ / FRAME_SAMPLES
BLOCK_FRAMES, AROUND_FRAMES = 5168, 172  # a minute, and two seconds on either side
VOICES = ("speech", "singing")
WIDENED_SECONDS = 0.3  # of what is heard as a voice
SILENT_POWER = 1e-6  # what a separation leaves of music is heard as anything
FAINT_DB = -30.0  # below the loud half of the voice: nobody sings
SMOOTHED_SECONDS = 0.04
HOLE_SECONDS, BLIP_SECONDS = 0.15, 0.06
BEFORE_SECONDS, AFTER_SECONDS, FADE_SECONDS = 0.05, 0.12, 0.06
APART_SECONDS, PADDED_SECONDS, LONGEST_SECTION_SECONDS, QUIET_WITHIN_SECONDS = 1.0, 0.25, 40.0, 5.0
BALANCE_SECONDS = 0.3

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Told = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Listened:
    """What was heard in the vocals, by frame.

    Attributes:
        powers: mean squares of left and right, (F, 2).
        voice: where the detector hears a voice, (F,).
    """

    powers: Array
    voice: Mask

    @property
    def voice_seconds(self) -> float:
        return float(self.voice.sum()) / FRAMES_PER_SECOND

    @property
    def sounding_seconds(self) -> float:
        return float((self.powers.sum(axis=1) > SILENT_POWER).sum()) / FRAMES_PER_SECOND


def frames_of(samples: int) -> int:
    """How many frames hold so many samples."""
    return -(-samples // FRAME_SAMPLES)


def frame_powers(waveform: Waveform, frames: int) -> Array:
    """Mean squares of so many frames of a waveform (T,), silence after its end: (F,)."""
    size = frames * FRAME_SAMPLES
    padded = np.pad(waveform[:size], (0, max(0, size - waveform.size)))
    return np.asarray(np.square(padded, dtype=np.float64).reshape(frames, -1).mean(axis=1))


def stereo_blocks(path: Path, first: int, stop: int) -> Waveform:
    """Samples [first, stop) of a file, (T, 2); silence outside it."""
    with soundfile.SoundFile(path) as file:
        begin, end = min(max(first, 0), file.frames), min(max(stop, 0), file.frames)
        file.seek(begin)
        samples = file.read(end - begin, dtype="float32", always_2d=True)
    before = min(max(0, -first), stop - first)
    return np.pad(samples, ((before, stop - first - before - len(samples)), (0, 0)))


def mono(path: Path, first: int, stop: int) -> Waveform:
    """The same as one channel, (T,)."""
    return to_mono(stereo_blocks(path, first, stop))


def listen(vocals: Path, samples: int, told: Told = lambda done, total: None) -> Listened:
    """Hear all of the vocals, a minute at a time."""
    frames = frames_of(samples)
    powers, voice = np.zeros((frames, 2)), np.zeros(frames, dtype=bool)
    for first in range(0, frames, BLOCK_FRAMES):
        stop = min(first + BLOCK_FRAMES, frames)
        begin, end = max(0, first - AROUND_FRAMES), min(frames, stop + AROUND_FRAMES)
        block = stereo_blocks(vocals, begin * FRAME_SAMPLES, end * FRAME_SAMPLES)
        inner = block[(first - begin) * FRAME_SAMPLES : (stop - begin) * FRAME_SAMPLES]
        for side in (0, 1):
            powers[first:stop, side] = frame_powers(inner[:, side], stop - first)
        heard = _voiced(to_mono(block), end - begin)
        loud = powers[first:stop].sum(axis=1) > SILENT_POWER
        voice[first:stop] = heard[first - begin : stop - begin] & loud
        told(int(stop / FRAMES_PER_SECOND), int(frames / FRAMES_PER_SECOND))
    return Listened(powers=powers, voice=voice)


def _voiced(waveform: Waveform, frames: int) -> Mask:
    """Frames in which a voice is heard, (F,)."""
    voice = np.zeros(frames, dtype=bool)
    if not waveform.any():
        return voice
    spans = heard_spans(Audio(waveform, SONG_RATE_HZ))
    for kind in VOICES:
        for start, end in spans[kind]:
            voice[int(start * FRAMES_PER_SECOND) : round(end * FRAMES_PER_SECOND) + 1] = True
    return voice


def voice_gate(listened: Listened) -> Array:
    """1 where somebody sings, 0 where nobody does, linear between: (F,)."""
    level = uniform_filter1d(listened.powers.sum(axis=1), _frames(SMOOTHED_SECONDS))
    near = binary_dilation(listened.voice, np.ones(2 * _frames(WIDENED_SECONDS) + 1))
    if not near.any():
        return np.zeros(level.size)
    heard = np.sort(level[near])
    loud = heard[heard.size // 2 :].mean()
    sung = near & (level > loud * 10 ** (FAINT_DB / 10))
    sung = binary_closing(np.pad(sung, 50), np.ones(_frames(HOLE_SECONDS)))[50:-50]
    sung = binary_opening(sung, np.ones(_frames(BLIP_SECONDS)))
    fade = _frames(FADE_SECONDS)
    before, after = _frames(BEFORE_SECONDS) + fade // 2, _frames(AFTER_SECONDS) + fade // 2
    kernel = np.zeros(2 * max(before, after) + 1)
    kernel[max(before, after) - before : max(before, after) + after + 1] = 1
    opened = binary_dilation(sung, kernel)
    gate = uniform_filter1d(opened.astype(np.float64), fade | 1, mode="nearest")
    return np.where(gate > 1e-9, gate, 0.0)


def sections(gate: Array, powers: Array) -> list[slice]:
    """Frames that are converted together: all that is sung, with some silence around it."""
    near = binary_closing(np.pad(gate > 0, 200), np.ones(_frames(APART_SECONDS)))[200:-200]
    edges = np.flatnonzero(np.diff(near.astype(np.int8), prepend=0, append=0))
    pad = _frames(PADDED_SECONDS)
    found: list[slice] = []
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        start = max(0, int(first) - pad)
        if found and start < found[-1].stop:
            start = found[-1].stop
        found += _cut(start, min(gate.size, int(stop) + pad), powers)
    return found


def everything(powers: Array) -> list[slice]:
    """All frames in pieces that are converted one by one."""
    return list(_cut(0, len(powers), powers))


def _cut(start: int, stop: int, powers: Array) -> Iterator[slice]:
    """[start, stop) in pieces, cut where it is quiet."""
    longest, within = _frames(LONGEST_SECTION_SECONDS), _frames(QUIET_WITHIN_SECONDS)
    while stop - start > longest + within:
        first = start + longest - within
        level = uniform_filter1d(powers[first : first + 2 * within].sum(axis=1), 5)
        end = first + int(level.argmin())
        yield slice(start, end)
        start = end
    yield slice(start, stop)


def balance(powers: Array) -> Array:
    """Factors of a voice for left and right, (F, 2); their squares add up to 2."""
    smooth = uniform_filter1d(powers, _frames(BALANCE_SECONDS), axis=0)
    whole = smooth.sum(axis=1, keepdims=True)
    overall = powers.sum(axis=0) + 1e-12
    share = np.where(whole > 1e-9, smooth / np.maximum(whole, 1e-9), overall / overall.sum())
    return np.sqrt(2 * share)


def at_samples(values: Array, first: int, stop: int) -> NDArray[np.float32]:
    """Values of frames (F,) or (F, C) read at samples [first, stop), from the line between the frames' centres."""
    places = (np.arange(first, stop) + 0.5) / FRAME_SAMPLES - 0.5
    known = np.arange(len(values))
    if values.ndim == 1:
        return np.interp(places, known, values).astype(np.float32)
    columns = [np.interp(places, known, column) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float32)


def _frames(seconds: float) -> int:
    return max(1, round(seconds * FRAMES_PER_SECOND))
