"""Check alignments against hand-checked labels of the festvox-ru voice.

    python -m tts_engine train check-alignment --corpus data/corpus --festvox DIR

The labels use another phone set, so both sequences are first brought to coarse sound classes and
matched by edit distance; the ends of matched phonemes that both have in a row are compared.

The labels lead the sound: after a pause a vowel rises above the silence 14 ms behind its label, with half
of 300 vowels between 11 and 17 ms, as if labels named the starts of 25 ms windows. So a part of the bias
is theirs, and the error is told without it too.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import soundfile as sf
import torch
from rapidfuzz.distance import Levenshtein

from tts_engine.audio.mel import log_mel
from tts_engine.audio.resample import resample
from tts_engine.dataset.corpora import trim_bounds
from tts_engine.device import resolve_device
from tts_engine.recognizer.align import align
from tts_engine.recognizer.inference import Recognizer
from tts_engine.text.symbols import VOWELS, is_phoneme
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, Corpus
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


def end_errors(ours: Spans, labels: Spans) -> list[float]:
    """Signed differences in seconds at inner ends where both sides have the same two classes."""
    matched: dict[int, int] = {}
    for block in Levenshtein.opcodes([c for c, _ in ours], [c for c, _ in labels]):
        if block.tag == "equal":
            for offset in range(block.src_end - block.src_start):
                matched[block.src_start + offset] = block.dest_start + offset
    return [
        ours[index][1] - labels[other][1]
        for index, other in matched.items()
        if matched.get(index + 1) == other + 1
    ]


def check(corpus: Corpus, festvox: Path, recognizer: Recognizer) -> dict[str, float]:
    """Errors over the held-out utterances, in milliseconds and percent."""
    errors: list[float] = []
    for clip in corpus.select(split=HELD_OUT, corpora=["festvox"]):
        name = clip.id.split("/")[1]
        mel = log_mel(torch.from_numpy(corpus.waveform(clip))[None], recognizer.config.mel)[
            0
        ].numpy()
        alignment = align(mel, recognizer.log_posteriors(mel), clip.tokens)
        samples, rate = sf.read(festvox / "wav" / f"{name}.wav", dtype="float32")
        offset = trim_bounds(resample(samples, rate, SAMPLE_RATE_HZ))[0] / SAMPLE_RATE_HZ
        ends = np.cumsum(alignment.durations) / recognizer.config.mel.frames_per_second + offset
        ours = [
            ("V" if token in VOWELS else OUR_CLASSES.get(token, token.rstrip("ʲ")), float(end))
            for token, end in zip(alignment.tokens, ends, strict=True)
            if is_phoneme(token)
        ]
        errors += end_errors(ours, read_labels(festvox / "lab" / f"{name}.lab"))
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
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--festvox", type=Path, required=True, help="folder with wav/ and lab/")
    parser.add_argument("--recognizer", type=Path, default=weights_folder() / "recognizer")


def run(arguments: argparse.Namespace) -> None:
    """Print the errors."""
    recognizer = Recognizer.load(arguments.recognizer, device=resolve_device("auto"))
    for name, value in check(Corpus(arguments.corpus), arguments.festvox, recognizer).items():
        sys.stdout.write(f"{name:<24}{value:10.1f}\n")
