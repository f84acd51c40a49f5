"""Check alignments against hand-checked labels of the festvox-ru voice.

    python -m tts_engine train check-alignment --corpus data/corpus --festvox DIR [--learn]

The labels use another phone set, so both sequences are first brought to coarse sound classes and
matched by edit distance; the ends of matched phonemes that both have in a row are compared.

The labels lead the sound: after a pause a vowel rises above the silence 14 ms behind its label, with half
of 300 vowels between 11 and 17 ms, as if labels named the starts of 25 ms windows. So a part of the bias
is theirs, and the error is told without it too. `--learn` draws boundaries to the labels of the training utterances
(`recognizer.boundaries`); what is printed is of the held-out ones.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile as sf
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from tts_engine.audio.mel import log_mel
from tts_engine.audio.resample import resample
from tts_engine.checkpoints import save_config
from tts_engine.dataset.corpora import trim_bounds
from tts_engine.device import resolve_device
from tts_engine.recognizer.align import Alignment, align, surest_frames
from tts_engine.recognizer.boundaries import Example, as_rows, from_rows, learn, pair_of
from tts_engine.recognizer.inference import Recognizer
from tts_engine.text.symbols import VOWELS, is_phoneme, phonemes_only
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, TRAIN, Clip, Corpus
from tts_engine.weights import weights_folder

FESTVOX_VOWELS = frozenset(
    ("a", "aa", "ay", "ae", "i", "ii", "oo", "ee", "e", "u", "uu", "ur", "y", "yy")
)
FESTVOX_CLASSES = {
    "sh": "S", "sch": "S", "ch": "S", "zh": "Z", "c": "ts", "h": "x", "hh": "x", "j": "j",
    "pp": "p", "bb": "b", "tt": "t", "dd": "d", "kk": "k", "gg": "g", "ff": "f", "vv": "v",
    "ss": "s", "zz": "z", "mm": "m", "nn": "n", "ll": "l", "rr": "r",
}  # fmt: skip
OUR_CLASSES = {"ʂ": "S", "ɕː": "S", "tɕ": "S", "ʐ": "Z"}

Spans = list[tuple[str, float]]  # (coarse class, end in seconds)


def read_labels(path: Path) -> Spans:
    """Phones of a festvox label file with the times at which they end."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    spans = [(row[2], float(row[0])) for row in rows if len(row) == 3]
    return [
        ("V" if phone in FESTVOX_VOWELS else FESTVOX_CLASSES.get(phone, phone), end)
        for phone, end in spans
        if phone != "pau"
    ]


def matched_ends(ours: Spans, labels: Spans) -> Iterator[tuple[int, float]]:
    """Inner ends where both sides have the same two classes: index in ours, and the label's seconds."""
    matched: dict[int, int] = {}
    for block in Levenshtein.opcodes([c for c, _ in ours], [c for c, _ in labels]):
        if block.tag == "equal":
            for offset in range(block.src_end - block.src_start):
                matched[block.src_start + offset] = block.dest_start + offset
    for index, other in matched.items():
        if matched.get(index + 1) == other + 1:
            yield index, labels[other][1]


class Labelled:
    """festvox utterances with labels made by hand, and what a recognizer makes of them."""

    def __init__(self, corpus: Corpus, festvox: Path, recognizer: Recognizer) -> None:
        self.corpus, self.festvox, self.recognizer = corpus, festvox, recognizer
        self.frame_seconds = 1 / recognizer.config.mel.frames_per_second

    def errors(self) -> list[float]:
        """Signed errors in seconds of inner ends of the held-out utterances."""
        lines = from_rows(self.recognizer.config.boundaries)
        found = []
        for clip in self.corpus.select(split=HELD_OUT, corpora=["festvox"]):
            alignment = align(*self._heard(clip), clip.tokens, lines)
            found += [
                seconds - label
                for _, seconds, label in self._ends(clip, alignment, self._cut(clip))
            ]
        return found

    def examples(self) -> Iterator[Example]:
        """Boundaries of the training utterances, to learn from."""
        for clip in self.corpus.select(split=TRAIN, corpora=["festvox"]):
            if not self._labels(clip).is_file():
                continue
            mel, posteriors = self._heard(clip)
            alignment = align(mel, posteriors, clip.tokens)
            peaks, _ = surest_frames(posteriors, phonemes_only(clip.tokens), mel.shape[1])
            places = [i for i, token in enumerate(alignment.tokens) if is_phoneme(token)]
            ends, cut = np.cumsum(alignment.durations), self._cut(clip)
            for index, _, label in self._ends(clip, alignment, cut):
                place = places[index]
                if index + 1 == len(places) or places[index + 1] != place + 1:
                    continue  # a pause lies between
                yield Example(
                    pair=pair_of(alignment.tokens[place], alignment.tokens[place + 1]),
                    change=int(ends[place]),
                    left=peaks[index],
                    right=peaks[index + 1],
                    label=(label - cut) / self.frame_seconds,
                )

    def _heard(self, clip: Clip) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        waveform = torch.from_numpy(self.corpus.waveform(clip))
        mel = log_mel(waveform[None], self.recognizer.config.mel)[0].numpy()
        return mel, self.recognizer.log_posteriors(mel)

    def _ends(
        self, clip: Clip, alignment: Alignment, cut: float
    ) -> Iterator[tuple[int, float, float]]:
        """Phonemes that both have, by index, with the seconds at which they end: in the alignment, by the label."""
        ends = np.cumsum(alignment.durations) * self.frame_seconds + cut
        ours = [
            ("V" if token in VOWELS else OUR_CLASSES.get(token, token.rstrip("ʲ")), float(end))
            for token, end in zip(alignment.tokens, ends, strict=True)
            if is_phoneme(token)
        ]
        for index, label in matched_ends(ours, read_labels(self._labels(clip))):
            yield index, ours[index][1], label

    def _labels(self, clip: Clip) -> Path:
        return self.festvox / "lab" / f"{_name(clip)}.lab"

    def _cut(self, clip: Clip) -> float:
        """Seconds of the recording that the corpus has left out at its beginning."""
        samples, rate = sf.read(self.festvox / "wav" / f"{_name(clip)}.wav", dtype="float32")
        return trim_bounds(resample(samples, rate, SAMPLE_RATE_HZ))[0] / SAMPLE_RATE_HZ


def _name(clip: Clip) -> str:
    return clip.id.split("/")[1]


def figures(errors: list[float]) -> dict[str, float]:
    """In milliseconds and percent."""
    milliseconds = 1000 * np.abs(errors)
    return {
        "boundaries": float(len(errors)),
        "median_ms": float(np.median(milliseconds)),
        "mean_ms": float(np.mean(milliseconds)),
        "within_20_ms_percent": float(100 * np.mean(milliseconds <= 20)),
        "within_50_ms_percent": float(100 * np.mean(milliseconds <= 50)),
        "bias_ms": float(1000 * np.mean(errors)),
        "median_without_bias_ms": float(
            1000 * np.median(np.abs(np.array(errors) - np.mean(errors)))
        ),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `train check-alignment`."""
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--festvox", type=Path, required=True, help="folder with wav/ and lab/")
    parser.add_argument("--recognizer", type=Path, default=weights_folder() / "recognizer")
    parser.add_argument(
        "--learn",
        action="store_true",
        help="first learn from the training utterances, and write it into the recognizer's config",
    )


def run(arguments: argparse.Namespace) -> None:
    """Print the errors."""
    recognizer = Recognizer.load(arguments.recognizer, device=resolve_device("auto"))
    labelled = Labelled(Corpus(arguments.corpus), arguments.festvox, recognizer)
    if arguments.learn:
        rows = as_rows(learn(labelled.examples()))
        recognizer.config = replace(recognizer.config, boundaries=rows)
        save_config(arguments.recognizer, recognizer.config)
    for name, value in figures(labelled.errors()).items():
        sys.stdout.write(f"{name:<24}{value:10.1f}\n")
