"""How well a recognizer hears people, groups of people apart.

    python -m tts_engine train check-recognizer --corpus data/corpus --recognizer weights/recognizer

Phoneme errors on what nobody is trained on, and on the telephone prompts, which are. VoxForge exists
only as features: a recognizer of mel bands passes it over.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts_engine.dataset.sources import held_out
from tts_engine.device import resolve_device
from tts_engine.evaluation.measures import phoneme_errors
from tts_engine.recognizer.inference import Recognizer, greedy
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, Clip, Corpus
from tts_engine.training.features import Features
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

TRAINED_ON = {"asterisk"}  # too small a corpus to hold anything out


@dataclass
class Group:
    """Errors of one group, by speaker: (errors, phonemes)."""

    clips: int
    speakers: dict[str, tuple[int, int]]

    @property
    def rate(self) -> float:
        """Share of wrong phonemes."""
        errors, phonemes = np.sum(list(self.speakers.values()), axis=0)
        return float(errors / phonemes)

    @property
    def worst(self) -> float:
        """Share of wrong phonemes of the person who is heard worst."""
        return max(errors / phonemes for errors, phonemes in self.speakers.values())


def check(folder: Path, recognizer: Recognizer) -> dict[str, Group]:
    """Every group of transcribed clips, named by its corpus; of VoxForge, women and men apart."""
    found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for clip, heard in _heard(folder, recognizer):
        errors, phonemes = phoneme_errors(clip.tokens, heard)
        found[group_of(clip)].append((clip.speaker, errors, phonemes))
    return {name: _group(rows) for name, rows in sorted(found.items())}


def group_of(clip: Clip) -> str:
    """Corpus of a clip, and for VoxForge the sex of its reader."""
    if clip.corpus != "voxforge":
        return clip.corpus
    women = {f"voxforge-{reader}" for reader in held_out()["voxforge_women"]}
    return "voxforge women" if clip.speaker in women else "voxforge men"


def _heard(folder: Path, recognizer: Recognizer) -> Iterator[tuple[Clip, list[str]]]:
    corpus = Corpus(folder)
    for clip in corpus.clips:
        if clip.tokens and (clip.split == HELD_OUT or clip.corpus in TRAINED_ON):
            yield clip, recognizer.transcribe(Audio(corpus.waveform(clip), SAMPLE_RATE_HZ))
    if not recognizer.config.wide:
        return
    features = Features(folder)
    for clip in features.clips:
        if clip.tokens and clip.split == HELD_OUT:
            yield clip, greedy(recognizer.log_posteriors_of_cepstra(features.cepstra(clip)))


def _group(rows: list[tuple[str, int, int]]) -> Group:
    speakers: dict[str, tuple[int, int]] = {}
    for speaker, errors, phonemes in rows:
        before = speakers.get(speaker, (0, 0))
        speakers[speaker] = (before[0] + errors, before[1] + phonemes)
    return Group(clips=len(rows), speakers=speakers)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--recognizer", type=Path, default=weights_folder() / "recognizer")


def run(arguments: argparse.Namespace) -> None:
    """Print a line per group."""
    recognizer = Recognizer.load(arguments.recognizer, device=resolve_device("auto"))
    sys.stdout.write("group             clips  people  errors %  worst person %\n")
    for name, group in check(arguments.corpus, recognizer).items():
        sys.stdout.write(
            f"{name:<16}{group.clips:>7}{len(group.speakers):>8}"
            f"{100 * group.rate:>10.1f}{100 * group.worst:>16.1f}\n"
        )
