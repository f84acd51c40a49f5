"""How well songs are separated: voices over accompaniments rendered from MIDI, taken apart again.

    apt install fluidsynth fluid-soundfont-gm openttd-openmsx
    python -m benchmarks.separation /usr/share/games/openttd/baseset/openmsx --voices FOLDER… [--mixtures 6]
    python -m benchmarks.separation /usr/share/games/openttd/baseset/openmsx --voices FOLDER --hour

A table for each folder of voices (singing, speech) and level of the voice over the music: SDR of both sides (bss_eval,
E. Vincent et al. 2006) of the product, of two classical ways with librosa, and of the song as it is. The classical
ways: HPSS, the harmonic part from 100 Hz to 8 kHz; REPET-SIM, what does not repeat (Z. Rafii, B. Pardo, ISMIR 2012).
`--hour` separates 60 minutes and prints the time and memory that it took.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np
import soundfile
from mir_eval.separation import bss_eval_sources
from scipy.signal import butter, sosfiltfilt

from tts_engine.audio.io import decode_audio
from tts_engine.audio.resample import resample
from tts_engine.separation.inference import separate_song
from tts_engine.types import Waveform

RATE_HZ = 44_100
SECONDS = 10.0
LEVELS_DB = (0.0,)
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
RUN = """
import re, sys
from tts_engine.cli import main
status = main(sys.argv[1:])
print(re.search("VmHWM:(.*)", open("/proc/self/status").read())[1])
sys.exit(status)
"""

Way = Callable[[Waveform, Path], Waveform]


def rendered(midi: Path, folder: Path) -> Waveform:
    """A MIDI file as sound, (T, 2)."""
    path = folder / f"{midi.stem}.wav"
    command = ["fluidsynth", "-ni", "-q", "-F", path, "-r", str(RATE_HZ), "-g", "0.7"]
    subprocess.run([*command, SOUNDFONT, midi], check=True, stdout=subprocess.DEVNULL)
    return soundfile.read(path, dtype="float32")[0]


def voice(path: Path) -> Waveform:
    audio = decode_audio(path)
    waveform = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
    return np.resize(waveform, round(SECONDS * RATE_HZ))


def by_product(song: Waveform, folder: Path) -> Waveform:
    soundfile.write(folder / "song.wav", song, RATE_HZ, "FLOAT")
    made = separate_song(folder / "song.wav", folder / "stems", device="cpu")
    return soundfile.read(made.vocals, dtype="float32")[0]


def by_hpss(song: Waveform, folder: Path) -> Waveform:
    harmonic = np.stack([librosa.effects.harmonic(side, margin=1.0) for side in song.T], axis=1)
    band = butter(4, (100, 8000), "bandpass", fs=RATE_HZ, output="sos")
    return sosfiltfilt(band, harmonic, axis=0)


def by_repetition(song: Waveform, folder: Path) -> Waveform:
    sides = []
    for side in song.T:
        spectrum = librosa.stft(side)
        magnitude = np.abs(spectrum)
        width = librosa.time_to_frames(2, sr=RATE_HZ)
        repeated = librosa.decompose.nn_filter(
            magnitude, aggregate=np.median, metric="cosine", width=width
        )
        repeated = np.minimum(magnitude, repeated)
        mask = librosa.util.softmask(magnitude - repeated, 10 * repeated, power=2)
        sides.append(librosa.istft(mask * spectrum, length=side.size))
    return np.stack(sides, axis=1)


WAYS: dict[str, Way] = {
    "as it is": lambda song, folder: song / 2,
    "HPSS": by_hpss,
    "REPET-SIM": by_repetition,
    "product": by_product,
}


def compare(musics: list[Waveform], folder: Path, mixtures: int, rng: random.Random) -> None:
    """Print the table of a folder of voices."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".flac", ".mp3", ".wav"))
    voices = [voice(path) for path in files[:mixtures]]
    for level in LEVELS_DB:
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for number in range(mixtures):
            sung = voices[number % len(voices)]
            music = rng.choice(musics)
            start = rng.randrange(len(music) - sung.size)
            music = music[start : start + sung.size]
            gain = np.sqrt(np.mean(music**2) / np.mean(sung**2)) * 10 ** (level / 20)
            song = music + (gain * sung)[:, None]
            scale = 0.7 / np.abs(song).max()
            truth = scale * np.stack([gain * sung, music.mean(axis=1)])
            song = (scale * song).astype(np.float32)
            for way, work in WAYS.items():
                with tempfile.TemporaryDirectory() as temporary:
                    vocals = work(song, Path(temporary))
                sides = np.stack([vocals.mean(axis=1), (song - vocals).mean(axis=1)])
                sdr, _, _, _ = bss_eval_sources(truth, sides, compute_permutation=False)
                found[way].append((sdr[0], sdr[1]))
        for way, values in found.items():
            middle, low = np.median(values, axis=0), np.min(values, axis=0)
            print(
                f"{folder.name:12} {level:+3.0f} dB  {way:10} vocals {middle[0]:5.1f} (least {low[0]:5.1f})"
                f"  accompaniment {middle[1]:5.1f}",
                flush=True,
            )


def hour(musics: list[Waveform], voices: Path) -> None:
    """Separate 60 minutes."""
    sung = 0.3 * voice(next(p for p in sorted(voices.iterdir()) if p.suffix == ".flac"))
    block = np.concatenate([music[: 60 * RATE_HZ] for music in musics])[: 300 * RATE_HZ]
    block = 0.6 * block + np.resize(sung, len(block))[:, None]
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary, "hour.wav")
        with soundfile.SoundFile(source, "w", RATE_HZ, 2) as file:
            while file.tell() < 3600 * RATE_HZ - len(block):
                file.write(block)
            minutes = file.tell() / RATE_HZ / 60
        started = time.perf_counter()
        command = [sys.executable, "-c", RUN, "separate", source, "--output", temporary]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    taken = time.perf_counter() - started
    peak = re.findall(r"(\d+) kB", told)[-1]
    print(f"{minutes:.0f} min in {taken:.0f} s, peak {int(peak) / 1e6:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("midi", type=Path)
    parser.add_argument("--voices", type=Path, nargs="+", required=True)
    parser.add_argument("--mixtures", type=int, default=6)
    parser.add_argument("--hour", action="store_true")
    arguments = parser.parse_args()
    rng = random.Random(1)
    files = sorted(arguments.midi.glob("*.mid"))
    rng.shuffle(files)
    with tempfile.TemporaryDirectory() as temporary:
        musics = [rendered(path, Path(temporary)) for path in files[:8]]
    if arguments.hour:
        hour(musics, arguments.voices[0])
        return
    for folder in arguments.voices:
        compare(musics, folder, arguments.mixtures, rng)


if __name__ == "__main__":
    main()
