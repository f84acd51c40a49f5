r"""Covers of a song: what is left untouched, how near they come to their voices, what they take; the docs' example.

    python -m benchmarks.covers SONG [--voice anna…] [--reference RECORDING…] [--preview SECOND] [--keep DIR]

Prints a table with a column for each voice. `--pictures DIR` writes F0 and spectrograms of the first voice's report.
`--keep` keeps all files of all covers. The example of docs/conversion.md:

    python -m benchmarks.covers karissa_hobbs_lets_go_fishin.ogg --voice anna --reference 6829_00000.mp3 \
        --pictures docs/images
"""

import argparse
import base64
import html
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import correlate

from benchmarks.running import run
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.covers.report import FIGURES
from tts_engine.types import Audio
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key

FRAME_SAMPLES = 2205
FAINTEST = 10 ** (-80 / 10)  # of a frame that is compared
FARTHEST_SAMPLES = 4410
STEP = 2.0**-23  # of 24 bits
PICTURES = ("conversion-spectrograms.png", "conversion-f0.png")  # in the report's order


@dataclass(frozen=True, kw_only=True)
class Column:
    """A cover: its values by the titles of the rows, and the pictures of its report."""

    voice: str
    values: dict[str, str]
    pictures: list[bytes]


def untouched(song: np.ndarray, mix: np.ndarray, voice: np.ndarray) -> tuple[float, float, float]:
    """Among frames without the new voice: seconds, largest difference in steps of 24 bits and in dB below the song."""
    count = min(len(song), len(mix)) // FRAME_SAMPLES
    parts = [
        sound[: count * FRAME_SAMPLES].reshape(count, -1).astype(np.float64)
        for sound in (song, mix, voice)
    ]
    heard = np.square(parts[0]).mean(axis=1)
    quiet = ~parts[2].any(axis=1) & (heard > FAINTEST)
    apart = (parts[1] - parts[0])[quiet]
    share = np.square(apart).mean(axis=1) / heard[quiet]
    seconds = float(quiet.sum()) * FRAME_SAMPLES / SONG_RATE_HZ
    most = float(np.abs(apart).max(initial=0.0)) / STEP
    return seconds, most, float(10 * np.log10(share.max(initial=0.0) + 1e-20))


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


def figures_of(page: str) -> dict[str, float]:
    """The figures of a report, by name."""
    found = {}
    for name, (title, _) in FIGURES.items():
        value = re.search(rf">{re.escape(title)}<.*?<td>([-\d.]+)</td>", page)
        found[name] = float(value[1]) if value else float("nan")
    return found


def cover(song: Path, options: Sequence[str], folder: Path) -> Column:
    """Make one by the command, and measure it."""
    mix, stems, report = folder / "mix.flac", folder / "stems", folder / "report.html"
    files = ["--output", mix, "--stems", stems, "--report", report]
    taken = run(["convert", song, "--song", *files, *options])
    sung, moved = re.search(r"them ([\d.]+) s in .* by ([-+\d.]+) semitones", taken.told).groups()
    names = ("vocals", "accompaniment", "converted")
    vocals, music, voice = (soundfile.read(stems / f"{n}.flac", dtype="float32")[0] for n in names)
    made = soundfile.read(mix, dtype="float32")[0]
    source = vocals + music
    seconds, steps, below_db = untouched(source, made, voice)
    sounding = np.abs(voice).max(axis=1) > 0
    marks = [
        detect_mark(Audio(sound.mean(axis=1), SONG_RATE_HZ), installation_key())
        for sound in (voice, made, source)
    ]
    page = html.unescape(report.read_text(encoding="utf-8"))
    figures = figures_of(page)
    values = {
        "new voice": f"{sung} s, moved by {moved} semitones",
        "between the phrases": f"{seconds:.1f} s, off the song by {steps:.1f} steps of 24 bits at most, "
        f"{below_db:.0f} dB",
        "length, start against the song": f"{len(made) - len(source):+d}, {offset_samples(source, made):+d} samples",
        "level of the new voice over the old one": f"{level_db(voice[sounding]) - level_db(vocals[sounding]):+.1f} dB",
        "F0 within 50 cents; correlation": f"{figures['f0_within_50_cents']:.1%}; {figures['f0_correlation']:.3f}",
        "voiced and not heard so": f"{figures['f0_unheard']:.1%}",
        "likeness, GE2E: to the voice; of the source to it; to the source": f"{figures['likeness']:.2f}; "
        f"{figures['likeness_before']:.2f}; {figures['likeness_to_source']:.2f}",
        f"watermark (threshold {marks[1].threshold:.1f}): converted, mix, song": ", ".join(
            f"{mark.score:.1f}" for mark in marks
        ),
        "seconds of one core, loading included": f"{taken.processor_seconds:.0f}",
        "memory at most": f"{taken.peak_gb:.2f} GB",
    }
    links = re.findall(r'<img src="data:image/png;base64,([^"]+)"', page)
    return Column(
        voice=Path(options[1]).stem,
        values=values,
        pictures=[base64.b64decode(one) for one in links],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("song", type=Path)
    parser.add_argument("--voice", nargs="*", default=[])
    parser.add_argument("--reference", nargs="*", default=[])
    parser.add_argument("--preview")
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    parser.add_argument("--keep", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    given = [["--voice", voice] for voice in arguments.voice]
    given += [["--reference", recording] for recording in arguments.reference]
    preview = ["--preview", arguments.preview] if arguments.preview else []
    columns = []
    for options in given or [["--voice", "anna"]]:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if arguments.keep is not None:
                folder = arguments.keep / Path(options[1]).stem
                folder.mkdir(parents=True, exist_ok=True)
            columns.append(cover(arguments.song, [*options, *preview], folder))
    print("| | " + " | ".join(column.voice for column in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for title in columns[0].values:
        print("| " + " | ".join([title, *(column.values[title] for column in columns)]) + " |")
    if arguments.pictures is not None:
        for name, picture in zip(PICTURES, columns[0].pictures, strict=True):
            (arguments.pictures / name).write_bytes(picture)


if __name__ == "__main__":
    main()
