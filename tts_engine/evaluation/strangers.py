"""How well speaker encoders tell people apart that no training heard.

    python -m tts_engine train check-voices --corpus data/corpus --judge weights/voice_judge

Trials are stretches of 1.7 s against each other: of one person, from two clips where there are two, and of different
people of a corpus. GE2E heard LibriSpeech at its authors'; the second encoder is the one that only evaluates.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.encoder.model import MelSpeakerEncoder
from tts_engine.encoder.voice_data import TELEPHONE_BAND_HZ, vary_microphone
from tts_engine.encoder.voice_judge import VoiceJudge
from tts_engine.evaluation.second_encoder import SecondEncoder
from tts_engine.evaluation.verification import equal_error_rate
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, TRAIN, Corpus
from tts_engine.types import Audio, Waveform
from tts_engine.weights import weights_folder

Encoder = Callable[[Sequence[Waveform]], NDArray[np.float32]]  # stretches to unit vectors (N, D)

STRETCH_SAMPLES = 144 * MelConfig().hop_samples
MOST_STRETCHES = 12  # of a person


@dataclass(frozen=True)
class Stretch:
    """1.7 s of somebody."""

    corpus: str
    person: str
    clip: str
    waveform: Waveform


@dataclass(frozen=True)
class Apart:
    """Cosines of trials: of one person, and of different people."""

    people: int
    own: NDArray[np.float64]
    others: NDArray[np.float64]

    @property
    def error_rate(self) -> float:
        """Equal error rate, 0 to 1."""
        return equal_error_rate(self.own, self.others)


def strangers(folder: Path) -> Iterator[Stretch]:
    """Stretches of the people of a corpus that none of its training clips is of."""
    corpus = Corpus(folder)
    known = {clip.speaker for clip in corpus.select(split=TRAIN)}
    taken: dict[str, int] = defaultdict(int)
    for clip in corpus.select(split=HELD_OUT):
        if clip.speaker in known or clip.band_hz <= TELEPHONE_BAND_HZ:
            continue
        for first in range(0, clip.samples - STRETCH_SAMPLES + 1, STRETCH_SAMPLES):
            if taken[clip.speaker] < MOST_STRETCHES:
                taken[clip.speaker] += 1
                waveform = corpus.segment(clip, first, STRETCH_SAMPLES)
                yield Stretch(clip.corpus, clip.speaker, clip.id, waveform)


def check(stretches: Sequence[Stretch], encoder: Encoder) -> dict[str, Apart]:
    """Trials of every corpus by one encoder."""
    found = {}
    for corpus in sorted({stretch.corpus for stretch in stretches}):
        group = [stretch for stretch in stretches if stretch.corpus == corpus]
        vectors = encoder([stretch.waveform for stretch in group])
        cosines = (vectors @ vectors.T).astype(np.float64)
        people = np.array([stretch.person for stretch in group])
        clips = np.array([stretch.clip for stretch in group])
        several = len(set(clips)) > len(set(people))
        same = people[:, None] == people[None]
        once = np.triu(np.ones_like(same), 1)
        fair = clips[:, None] != clips[None] if several else np.ones_like(same)
        own, others = cosines[same & once & fair], cosines[~same & once]
        found[corpus] = Apart(len(set(people)), own, others)
    return found


def hearing_mels(judge: Callable[[Tensor], Tensor], *, varied: bool) -> Encoder:
    """An encoder of log mels; `varied`: each by another microphone, in noise."""

    @torch.inference_mode()
    def encode(waveforms: Sequence[Waveform]) -> NDArray[np.float32]:
        mels = log_mel(torch.from_numpy(np.stack(waveforms)), MelConfig())
        if varied:
            torch.manual_seed(0)
            rng = np.random.default_rng(0)
            mels = torch.stack([vary_microphone(mel, rng) for mel in mels])
        return np.asarray(judge(mels).numpy())

    return encode


def second_encoder() -> Encoder:
    """The one that only evaluates."""
    encoder = SecondEncoder()
    return lambda waveforms: np.stack(
        [encoder.embed(Audio(waveform, SAMPLE_RATE_HZ)) for waveform in waveforms]
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `train check-voices`."""
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--judge", type=Path, default=weights_folder() / "voice_judge")


def run(arguments: argparse.Namespace) -> None:
    """Print a line per encoder and corpus."""
    judges: dict[str, Callable[[Tensor], Tensor]] = {
        "voice judge": VoiceJudge.load(arguments.judge, MelConfig()),
        "GE2E": MelSpeakerEncoder.load(weights_folder() / "encoder", MelConfig()),
    }
    encoders = {name: hearing_mels(judge, varied=False) for name, judge in judges.items()}
    encoders |= {
        f"{name}, varied": hearing_mels(judge, varied=True) for name, judge in judges.items()
    }
    encoders |= {"second encoder": second_encoder()}
    stretches = list(strangers(arguments.corpus))
    sys.stdout.write("encoder              corpus       people  same  other  equal error rate %\n")
    for name, encoder in encoders.items():
        for corpus, apart in check(stretches, encoder).items():
            sys.stdout.write(
                f"{name:<21}{corpus:<13}{apart.people:>6}{apart.own.mean():>6.2f}"
                f"{apart.others.mean():>7.2f}{100 * apart.error_rate:>12.1f}\n"
            )
