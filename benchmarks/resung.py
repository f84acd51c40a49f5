"""Singing put in other voices: whether the tune holds.

    python -m benchmarks.resung RECORDING… [--voices anna,dmitry] [--high HZ] [--seconds 20]

RECORDING: somebody sings alone. Each is moved by octaves to the voice, and once more so that its highest note is HZ.
A line for each: seconds voiced; by SwiftF0 and by Praat, the share of the frames that are voiced in both within 50
cents of the wanted F0, and of the frames that are not heard as voiced; octave jumps of the result, by SwiftF0, that
the source has not; frames in which the result is silent (50 dB below its loud half) though the source sings; highest
F0 that was wanted and heard.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from tts_engine.conversion.converting import ConversionSettings, Target
from tts_engine.covers.models import CoverModels
from tts_engine.covers.settings import CoverVoice
from tts_engine.f0 import HOP_SAMPLES, PRAAT, SINGING, SWIFT, F0Track, at_frames, f0_curve
from tts_engine.f0.curve import jumps_of
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio

NEAR_CENTS, SILENT_DB, HIGHEST_PART = 50.0, -50.0, 99.0

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """F0 of a result by one method, beside what it was to be."""

    hz: Array
    within: float
    unheard: float


def heard_by(method: str, made: Audio, wanted_hz: Array) -> Heard:
    """Compare a result with the F0 that it was to have, by frame."""
    hz = at_frames(f0_curve(made, method, SINGING), wanted_hz.size, step_seconds(made))
    both = (wanted_hz > 0) & (hz > 0)
    cents = 1200 * np.abs(np.log2(hz[both] / wanted_hz[both]))
    return Heard(
        hz=hz,
        within=float((cents <= NEAR_CENTS).mean()) if cents.size else 0.0,
        unheard=float((hz[wanted_hz > 0] == 0).mean()),
    )


def step_seconds(made: Audio) -> float:
    return HOP_SAMPLES / made.sample_rate_hz


def more_jumps(heard_hz: Array, wanted_hz: Array, step: float) -> int:
    """Octave jumps that the result has and the source has not."""
    counts = [
        jumps_of(F0Track(f0_hz=hz.astype(np.float64), first_seconds=0.0, step_seconds=step)).octave
        for hz in (heard_hz, wanted_hz)
    ]
    return max(0, counts[0] - counts[1])


def silent_share(made: Audio, wanted_hz: Array) -> float:
    """Of the frames that are sung."""
    size = wanted_hz.size * HOP_SAMPLES
    padded = np.pad(made.waveform[:size], (0, max(0, size - made.waveform.size)))
    powers = np.square(padded, dtype=np.float64).reshape(wanted_hz.size, HOP_SAMPLES).mean(axis=1)
    loud = np.sort(powers)[powers.size // 2 :].mean()
    return float((powers[wanted_hz > 0] < loud * 10 ** (SILENT_DB / 10)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=Path, nargs="+")
    parser.add_argument("--voices", default="anna,dmitry")
    parser.add_argument("--high", type=float, default=900.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    arguments = parser.parse_args()
    models = CoverModels.load()
    print("voiced s  within 50 c: swift, pm   unheard: swift, pm   jumps  silent  highest Hz")
    for name in arguments.voices.split(","):
        target = models.target(CoverVoice(name=name, profile=get_voice(name).profile))
        for path in arguments.recordings:
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            mono = np.ascontiguousarray(samples[: round(arguments.seconds * rate)].mean(axis=1))
            one(models, target, Audio(mono, rate), f"{path.stem} in {name}", arguments.high)


def one(models: CoverModels, target: Target, source: Audio, title: str, high_hz: float) -> None:
    """As it is usual, and as high as is asked for."""
    usual = models.converter.convert(source, target, ConversionSettings(song=True))
    top = np.percentile(usual.source_hz[usual.source_hz > 0], HIGHEST_PART)
    up = float(np.clip(12 * np.log2(high_hz / top), -24, 24))
    high = models.converter.convert(
        source, target, ConversionSettings(song=True, transpose=up), usual.source_hz
    )
    for made in (usual, high):
        swift, praat = (heard_by(one, made.audio, made.f0_hz) for one in (SWIFT, PRAAT))
        jumps = more_jumps(swift.hz, made.f0_hz, step_seconds(made.audio))
        due = made.f0_hz > 0
        both = due & (swift.hz > 0)
        tops = [
            np.percentile(hz[where], HIGHEST_PART)
            for hz, where in ((made.f0_hz, due), (swift.hz, both))
        ]
        print(
            f"{due.sum() * step_seconds(made.audio):8.1f} "
            f"{100 * swift.within:13.1f} % {100 * praat.within:5.1f} % "
            f"{100 * swift.unheard:11.1f} % {100 * praat.unheard:5.1f} % "
            f"{jumps:8d} {100 * silent_share(made.audio, made.f0_hz):5.1f} % "
            f"{tops[0]:5.0f}/{tops[1]:.0f}  {title}, {made.semitones:+.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
