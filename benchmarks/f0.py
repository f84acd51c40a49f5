"""How right each method of measuring F0 is, on voices of known pitch, clean, in noise and over music.

    python -m benchmarks.f0 --voices FOLDER… --sounds FOLDER [--clips 6] [--methods swift fcpe …] [--seconds 8]

Recordings are spoken and sung again by WORLD at the F0 that Harvest measured in them, rid of octave jumps, so that it
is known; `--sounds` holds `noise-*` and `music-*` to be put under them. A row for each folder, sound and method:

    right     of the voiced frames, the share within 50 cents of the truth
    octave    the share about an octave off
    voicing   frames voiced in one of both only
    cents     median error of what is right
    rtf       seconds of one core for a second of sound
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import pyworld

from tts_engine.audio.io import decode_audio
from tts_engine.audio.resample import resample_audio
from tts_engine.f0 import METHODS, SINGING, SPEECH, F0Range, F0Track, at_frames, f0_curve
from tts_engine.f0.curve import median_filtered, mended_octaves
from tts_engine.types import Audio, Waveform

RATE_HZ = 24_000
STEP_SECONDS = 0.005
FRAME_SECONDS = 0.01
LEVELS_DB = {"noise": (10.0, 5.0), "music": (10.0, 5.0, 0.0)}
LEAST_VOICED_SECONDS = 0.06


def known(path: Path, seconds: float, within: F0Range) -> tuple[Waveform, F0Track]:
    """A voice at 24 kHz of which F0 is known."""
    heard = resample_audio(decode_audio(path), RATE_HZ).waveform[: round(seconds * RATE_HZ)]
    waveform = heard.astype(np.float64)
    f0_hz, times = pyworld.harvest(waveform, RATE_HZ, within.low_hz, within.high_hz)
    track = F0Track(f0_hz=f0_hz, first_seconds=0.0, step_seconds=STEP_SECONDS)
    track = median_filtered(mended_octaves(track, within), 2)
    f0_hz = _without_specks(track.f0_hz)
    spectrum = pyworld.cheaptrick(waveform, f0_hz, times, RATE_HZ)
    noise = pyworld.d4c(waveform, f0_hz, times, RATE_HZ, threshold=0.0)
    made = pyworld.synthesize(f0_hz, spectrum, noise, RATE_HZ).astype(np.float32)
    truth = F0Track(f0_hz=f0_hz, first_seconds=0.0, step_seconds=STEP_SECONDS)
    return made * np.float32(0.1 / np.sqrt(np.mean(made**2))), truth


def _without_specks(f0_hz: np.ndarray) -> np.ndarray:
    kept = f0_hz.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], f0_hz > 0, [0]])))
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        if (stop - first) * STEP_SECONDS < LEAST_VOICED_SECONDS:
            kept[first:stop] = 0.0
    return kept


def under(voice: Waveform, sound: Waveform, level_db: float, rng: random.Random) -> Waveform:
    """A voice with a stretch of a sound so far below it."""
    sound = np.resize(sound, max(sound.size, voice.size))
    start = rng.randrange(sound.size - voice.size + 1)
    part = sound[start : start + voice.size]
    gain = np.sqrt(np.mean(voice**2) / np.mean(part**2)) * 10 ** (-level_db / 20)
    return (voice + gain * part).astype(np.float32)


def errors(track: F0Track, truth: F0Track, seconds: float) -> list[float]:
    frames = int(seconds / FRAME_SECONDS)
    found, right = (at_frames(one, frames, FRAME_SECONDS) for one in (track, truth))
    both = (found > 0) & (right > 0)
    cents = 1200 * np.abs(np.log2(found[both] / right[both]))
    voiced = max(1, int((right > 0).sum()))
    good = cents[cents <= 50]
    return [
        good.size / voiced,
        float((np.abs(cents - 1200) < 100).sum()) / voiced,
        float(np.mean((found > 0) != (right > 0))),
        float(np.median(good)) if good.size else np.nan,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, nargs="+", required=True)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument(
        "--methods", nargs="+", default=[name for name in METHODS if name != "rmvpe"]
    )
    arguments = parser.parse_args()
    sounds = {
        path.stem: resample_audio(decode_audio(path), RATE_HZ).waveform
        for path in sorted(arguments.sounds.iterdir())
    }
    for folder in arguments.voices:
        within = SINGING if "sing" in folder.name else SPEECH
        files = [p for p in sorted(folder.iterdir()) if p.suffix in (".flac", ".wav", ".mp3")]
        clips = [known(path, arguments.seconds, within) for path in files[: arguments.clips]]
        for kind, level in (
            ("clean", 0.0),
            *((kind, level) for kind, levels in LEVELS_DB.items() for level in levels),
        ):
            rng = random.Random(3)
            heard = []
            for voice, truth in clips:
                names = [name for name in sounds if name.startswith(kind)]
                mixed = under(voice, sounds[rng.choice(names)], level, rng) if names else voice
                heard.append((Audio(mixed, RATE_HZ), truth))
            for method in arguments.methods:
                f0_curve(Audio(heard[0][0].waveform[:RATE_HZ], RATE_HZ), method, within)  # loaded
                rows = []
                for audio, truth in heard:
                    started = time.process_time()
                    track = f0_curve(audio, method, within)
                    taken = (time.process_time() - started) / audio.seconds
                    rows.append([*errors(track, truth, audio.seconds), taken])
                right, octave, voicing, cents, rtf = np.nanmean(rows, axis=0)
                name = "clean" if kind == "clean" else f"{kind} {level:.0f} dB below"
                print(
                    f"{folder.name:10} {name:18} {method:8} right {right:6.1%}  octave {octave:5.1%}"
                    f"  voicing {voicing:5.1%}  cents {cents:4.1f}  rtf {rtf:.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
