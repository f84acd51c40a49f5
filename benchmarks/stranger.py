"""A person whom no weights have heard, made of one whose recordings they know: what benchmarks/studio.py trains on.

    python -m benchmarks.stranger /usr/share/festival/voices/russian/msu_ru_nsh_clunits --output FOLDER --minutes 36

FOLDER/heard/     name.wav and name.txt of training sentences, so many minutes of them
FOLDER/unheard/   of the sentences that nothing is trained on (tts_engine/dataset/heldout.json)

Formants, median F0 and its range are moved by Praat's "Change gender" (Boersma and Weenink): each by a factor of its
own. The relatives of the synthesizer's training are recordings played faster, which moves all by the same.
"""

import argparse
from pathlib import Path

import parselmouth
import soundfile
from parselmouth.praat import call

from tts_engine.dataset.sources import Source, festvox_sources
from tts_engine.training.corpus import HELD_OUT

FORMANTS, F0_HZ, F0_RANGE = 1.17, 165.0, 1.15
F0_SEARCHED_HZ = (60.0, 350.0)


def write_changed(source: Source, folder: Path) -> float:
    """Write a recording as the stranger says it, its text beside it; returns its seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    samples, rate_hz = soundfile.read(source.path)
    sound = parselmouth.Sound(samples, sampling_frequency=rate_hz)
    changed = call(sound, "Change gender", *F0_SEARCHED_HZ, FORMANTS, F0_HZ, F0_RANGE, 1.0)
    path = folder / Path(source.path).name
    soundfile.write(path, changed.values[0] * min(1.0, 0.98 / abs(changed.values).max()), rate_hz)
    path.with_suffix(".txt").write_text(source.text, encoding="utf-8")
    return float(changed.duration)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("festvox", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=36.0)
    arguments = parser.parse_args()
    left = 60 * arguments.minutes
    for source in festvox_sources(arguments.festvox):
        if source.split == HELD_OUT:
            write_changed(source, arguments.output / "unheard")
        elif left > 0:
            left -= write_changed(source, arguments.output / "heard")


if __name__ == "__main__":
    main()
