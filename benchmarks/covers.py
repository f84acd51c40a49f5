"""A cover of a song: what is left untouched, where it lies in time, how long it takes and how much memory.

    python -m benchmarks.covers SONG… [--voice anna | --reference RECORDING] [--preview SECOND] [--keep DIR]

For each song: the largest difference of the mix to the song where nobody sings, in dB below the song; by how many
samples the mix is off the song; level of the new voice over the old one; watermark; share of real time; seconds of
processors, loading included; memory.
"""

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import correlate

from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.types import Audio
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key

RUN = """
import re, sys
from tts_engine.cli import main
status = main(sys.argv[1:])
print(re.search("VmHWM:(.*)", open("/proc/self/status").read())[1])
sys.exit(status)
"""
FRAME_SAMPLES = 2205
FAINTEST = 10 ** (-80 / 10)  # of a frame that is compared
FARTHEST_SAMPLES = 4410


def untouched_db(song: np.ndarray, mix: np.ndarray, voice: np.ndarray) -> tuple[float, float]:
    """Largest difference below the song among frames without the new voice, and their seconds."""
    count = len(song) // FRAME_SAMPLES
    shape = (count, 2 * FRAME_SAMPLES)

    def powers(sound: np.ndarray) -> np.ndarray:
        return np.square(sound[: count * FRAME_SAMPLES].reshape(shape), dtype=np.float64).mean(1)

    heard = powers(song)
    quiet = (powers(voice) == 0) & (heard > FAINTEST)
    share = powers(mix - song)[quiet] / heard[quiet]
    seconds = float(quiet.sum()) * FRAME_SAMPLES / SONG_RATE_HZ
    return float(10 * np.log10(share.max(initial=1e-20) + 1e-20)), seconds


def offset_samples(song: np.ndarray, mix: np.ndarray) -> int:
    """By how many samples the mix is later than the song."""
    part = slice(0, 60 * SONG_RATE_HZ)
    one, other = song[part].mean(axis=1), mix[part].mean(axis=1)
    likeness = correlate(other, one, method="fft")
    middle = one.size - 1
    near = likeness[middle - FARTHEST_SAMPLES : middle + FARTHEST_SAMPLES + 1]
    return int(near.argmax()) - FARTHEST_SAMPLES


def level_db(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.square(sound, dtype=np.float64).mean()))


def cover(song: Path, options: list[str], folder: Path) -> None:
    """Make one and print what it is like."""
    mix, stems, report = folder / "mix.flac", folder / "stems", folder / "report.html"
    command = [sys.executable, "-c", RUN, "convert", str(song), "--song", "--output", str(mix)]
    started = time.perf_counter()
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    told = subprocess.run(
        [*command, "--stems", str(stems), "--report", str(report), *options],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    taken = time.perf_counter() - started
    used = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before
    names = ("vocals", "accompaniment", "converted")
    vocals, music, voice = (soundfile.read(stems / f"{n}.flac", dtype="float32")[0] for n in names)
    made = soundfile.read(mix, dtype="float32")[0]
    source = vocals + music
    below_db, seconds = untouched_db(source, made, voice)
    sounding = np.abs(voice).max(axis=1) > 0
    scores = [
        detect_mark(Audio(sound.mean(axis=1), SONG_RATE_HZ), installation_key()).score
        for sound in (voice, made, source)
    ]
    peak = int(re.findall(r"(\d+) kB", told)[-1]) / 1e6
    print(
        f"{song.stem}: {len(source) / SONG_RATE_HZ:.1f} s\n"
        f"  untouched for {seconds:.1f} s, there at most {below_db:.0f} dB\n"
        f"  samples {len(made) - len(source):+d}, offset {offset_samples(source, made):+d}\n"
        f"  new voice {level_db(voice[sounding]) - level_db(vocals[sounding]):+.1f} dB\n"
        f"  watermark: converted {scores[0]:.1f}, mix {scores[1]:.1f}, song {scores[2]:.1f}\n"
        f"  {taken:.0f} s, {taken * SONG_RATE_HZ / len(source):.2f} of real time; {used:.0f} s of processors, "
        f"{used * SONG_RATE_HZ / len(source):.2f}; {peak:.2f} GB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--voice", default="anna")
    parser.add_argument("--reference")
    parser.add_argument("--preview")
    parser.add_argument("--keep", type=Path, help="folder for the files of each song")
    arguments = parser.parse_args()
    options = ["--voice", arguments.voice]
    if arguments.reference is not None:
        options = ["--reference", arguments.reference]
    if arguments.preview is not None:
        options += ["--preview", arguments.preview]
    for song in arguments.songs:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) if arguments.keep is None else arguments.keep / song.stem
            folder.mkdir(parents=True, exist_ok=True)
            cover(song, options, folder)


if __name__ == "__main__":
    main()
