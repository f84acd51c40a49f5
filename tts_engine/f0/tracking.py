"""F0 of mel frames by a method of the table, and what it tells of a voice."""

import importlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import RequestError
from tts_engine.f0.curve import limited, median_filtered, mended_octaves
from tts_engine.f0.method import SINGING, SPEECH, F0Method, F0Range, F0Track
from tts_engine.types import Audio

HOP_SAMPLES = 256
PRAAT, SWIFT = "pm", "swift"  # of clean speech, of anything else
# name: module and class; imported when first asked for
METHODS = {
    PRAAT: ("tts_engine.f0.praat", "PraatF0"),
    "harvest": ("tts_engine.f0.harvest", "HarvestF0"),
    "dio": ("tts_engine.f0.dio", "DioF0"),
    "pyin": ("tts_engine.f0.pyin", "PyinF0"),
    SWIFT: ("tts_engine.f0.swift", "SwiftNetF0"),
    "crepe": ("tts_engine.f0.crepe", "CrepeF0"),
    "fcpe": ("tts_engine.f0.fcpe", "FcpeF0"),
    "rmvpe": ("tts_engine.f0.rmvpe", "RmvpeF0"),
}
CURVE_STEP_SECONDS = 0.01


@cache
def f0_method(name: str) -> F0Method:
    """The method of that name, one object per process.

    Raises:
        RequestError: `unknown_f0_method`.
        CheckpointError: its weights are missing or damaged; `rmvpe_missing`.
    """
    if name not in METHODS:
        listed = ", ".join(METHODS)
        raise RequestError(
            "unknown_f0_method",
            f"there is no method {name!r} of measuring F0; there are {listed}",
            f"нет способа {name!r} измерять F0; есть {listed}",
            methods=list(METHODS),
        )
    module, class_name = METHODS[name]
    method: F0Method = getattr(importlib.import_module(module), class_name)()
    return method


def f0_curve(
    audio: Audio, method: str, within: F0Range = SINGING, *, median_radius: int = 0
) -> F0Track:
    """F0 of a clip about every 10 ms, octave jumps mended; of a clip too short to have any, one unvoiced measurement.

    Args:
        audio: of one voice.
        method: of METHODS.
        within: where F0 is looked for.
        median_radius: see `curve.median_filtered`, in measurements; 0 leaves them.

    Raises:
        As `f0_method`.
    """
    track = f0_method(method).measure(audio, CURVE_STEP_SECONDS, within)
    if track is None:
        return F0Track(f0_hz=np.zeros(1), first_seconds=0.0, step_seconds=CURVE_STEP_SECONDS)
    mended = mended_octaves(limited(track, within), within)
    return median_filtered(mended, median_radius)


def track_f0(
    audio: Audio, frames: int, within: F0Range = SPEECH, method: str = PRAAT
) -> NDArray[np.float32]:
    """F0 at the centre of each mel frame, shape (frames,), Hz, 0 where unvoiced.

    Between two voiced measurements it is read from the line between them.
    """
    hop_seconds = HOP_SAMPLES / audio.sample_rate_hz
    track = f0_method(method).measure(audio, hop_seconds, within)
    if track is None:
        return np.zeros(frames, dtype=np.float32)
    return at_frames(track, frames, hop_seconds)


def at_frames(track: F0Track, frames: int, hop_seconds: float) -> NDArray[np.float32]:
    """A track read at the centre of each frame, shape (frames,), Hz, 0 where unvoiced."""
    heard = track.f0_hz
    centres = (np.arange(frames) + 0.5) * hop_seconds
    places = (centres - track.first_seconds) / track.step_seconds
    left = np.clip(np.floor(places).astype(int), 0, heard.size - 1)
    right = np.clip(left + 1, 0, heard.size - 1)
    share = np.clip(places - left, 0, 1)
    line = (1 - share) * heard[left] + share * heard[right]
    nearest = np.where(share < 0.5, heard[left], heard[right])
    voiced = (heard[left] > 0) & (heard[right] > 0)
    outside = (places < -0.5) | (places > heard.size - 0.5)
    return np.where(outside, 0, np.where(voiced, line, nearest)).astype(np.float32)


def f0_profile(f0_hz: NDArray[np.float32]) -> tuple[float, float]:
    """Median in Hz and spread in semitones of the voiced frames; (0, 0) when there are none."""
    voiced = f0_hz[f0_hz > 0]
    if voiced.size == 0:
        return 0.0, 0.0
    median = float(np.median(voiced))
    semitones = 12 * np.log2(voiced / median)
    inner = semitones[np.abs(semitones) < 10]  # octave slips are not intonation
    return round(median, 2), round(float(inner.std()) if inner.size else 0.0, 3)
