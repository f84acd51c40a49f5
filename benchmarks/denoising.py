"""What denoising gives and costs: clips of held-out people with noise, as recorded and cleaned.

    python -m benchmarks.denoising data/corpus --sounds FOLDER [--people 10]

A row for each noise and level: DNSMOS, DistillMOS, and cosines to the clean clip's vectors, by the product's own
encoder (GE2E) and by a second one that nothing here was trained with. `--sounds` holds recordings `noise-*`.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.references import Bench, audio_of, mixed
from tts_engine.distillmos.meter import DistillMos
from tts_engine.evaluation.measures import cosine, naturalness
from tts_engine.evaluation.second_encoder import SecondEncoder
from tts_engine.recording.denoise import denoise, denoised_if_better
from tts_engine.recording.noise import snr_db
from tts_engine.training.corpus import HELD_OUT, Corpus
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

SNRS_DB = (20.0, 10.0, 5.0, 0.0)
CLEAN_DB = 99.0
HEARD = ("DNSMOS", "DistillMOS", "GE2E", "second")

Way = Callable[[Audio], Audio]
Row = dict[str, list[float]]


def rows(bench: Bench, people: list[str], ways: dict[str, Way]) -> Iterator[tuple[str, str, Row]]:
    """(noise and level, way, what is heard of each clip)."""
    distilled, second = DistillMos.load(weights_folder() / "distillmos"), SecondEncoder()
    clips = [bench.speech(person)[: 12 * 22_050] for person in people]
    sounds = bench.noises() | bench.made_noises()
    for name, sound in sounds.items():
        for level in SNRS_DB if name != next(iter(sounds)) else (CLEAN_DB, *SNRS_DB):
            heard: dict[str, Row] = {}
            for clip in clips:
                clean = audio_of(clip)
                noisy = audio_of(mixed(clip, sound(clip.size), level))
                truths = bench.encoder.embed(clean), second.embed(clean)
                for way, work in ways.items():
                    started = time.perf_counter()
                    copy = work(noisy)
                    figures = heard.setdefault(way, {})
                    figures.setdefault("rtf", []).append(
                        (time.perf_counter() - started) / clean.seconds
                    )
                    values = (
                        naturalness(copy),
                        distilled.score(copy),
                        cosine(bench.encoder.embed(copy), truths[0]),
                        cosine(second.embed(copy), truths[1]),
                    )
                    for kind, value in zip(HEARD, values, strict=True):
                        figures.setdefault(kind, []).append(value)
            label = "clean" if level == CLEAN_DB else f"{name} {level:.0f} dB"
            yield from ((label, way, figures) for way, figures in heard.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sounds", type=Path)
    parser.add_argument("--people", type=int, default=10)
    arguments = parser.parse_args()
    compare(
        arguments,
        {
            "as recorded": lambda audio: audio,
            "denoised": denoise,
        },
    )


def compare(arguments: argparse.Namespace, ways: dict[str, Way]) -> None:
    """Print the table; `chosen` is what a reference would be cloned from."""
    bench = Bench(Corpus(arguments.corpus), arguments.sounds)
    held_out = {clip.speaker for clip in bench.corpus.select(split=HELD_OUT)}
    people = [person for person in bench.people if person in held_out][: arguments.people]
    ways = ways | {
        "chosen": lambda audio: denoised_if_better(audio, snr_db(audio), bench.encoder)[0]
    }
    print(f"{len(people)} people; {', '.join(HEARD)}, share of real time")
    for label, way, figures in rows(bench, people, ways):
        middle = "  ".join(f"{np.mean(figures[kind]):5.2f}" for kind in HEARD)
        print(f"{label:16} {way:12} {middle}  {np.median(figures['rtf']):.3f}", flush=True)


if __name__ == "__main__":
    main()
