"""A short training of every stage on tiny corpora, in this process or in several.

    torchrun --nproc-per-node 2 -m tests.tts_engine.training.tiny_trainings FOLDER

Every process leaves `FOLDER/rank<N>.json`: the stages' checksums of the trained weights, and its seed.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch

from tests.tts_engine import tiny_corpus
from tests.tts_engine.synthesizer import fakes
from tests.tts_engine.synthesizer.tiny import TINY as TINY_SYNTHESIZER
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.train import EncoderTraining
from tts_engine.encoder.train import train as train_encoder
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.train import RecognizerTrainer, RecognizerTraining
from tts_engine.synthesizer.data import SamplingConfig
from tts_engine.synthesizer.train import SynthesizerTrainer, SynthesizerTraining
from tts_engine.training.listeners import TensorBoardLog, TrainingListener
from tts_engine.training.loop import RunConfig
from tts_engine.vocoder.config import SourceFilterConfig, VocoderConfig
from tts_engine.vocoder.train import VocoderTrainConfig
from tts_engine.vocoder.train import train as train_vocoder

STEPS = 2


def run_config(folder: Path, *listeners: TrainingListener, steps: int = STEPS) -> RunConfig:
    """What the command line makes, without a bar; or with other listeners."""
    return RunConfig(
        folder=folder,
        steps=steps,
        device="cpu",
        precision="32-true",
        listeners=listeners or (TensorBoardLog(folder),),
    )


def recognizer(data: Path, run: RunConfig) -> None:
    model = RecognizerConfig(channels=16, blocks=2, slow_blocks=1, feature_block=1, kernel=3)
    settings = RecognizerTraining(run=run, corpus=data / "words", model=model, frames_per_batch=300)
    RecognizerTrainer(settings).fit()


def encoder(data: Path, run: RunConfig) -> None:
    model = EncoderConfig(hidden=16, layers=1, embedding=8, window_frames=40, step_frames=20)
    train_encoder(
        EncoderTraining(run=run, corpus=data / "words", model=model, speakers=2, utterances=3)
    )


def vocoder(data: Path, run: RunConfig) -> None:
    filters = SourceFilterConfig(
        channels=8, hidden_channels=16, blocks=1, pitch_channels=8, pitch_blocks=1
    )
    train_vocoder(
        VocoderTrainConfig(
            run=run,
            corpus=data / "words",
            vocoder=VocoderConfig(source_filter=filters),
            corpora={"tiny": 1.0},
            batch_size=2,
            segment_frames=24,
            adversarial_from=1,
            discriminator_channels=2,
        )
    )


def synthesizer(data: Path, run: RunConfig) -> None:
    SynthesizerTrainer(
        SynthesizerTraining(
            run=run,
            corpus=data / "clips" / "corpus",
            aligned=data / "clips" / "aligned",
            model=TINY_SYNTHESIZER,
            sampling=SamplingConfig(batch_frames=300),
            crossed=0.0,
            adversarial_from=1,
        )
    ).fit()


STAGES: dict[str, Callable[[Path, RunConfig], None]] = {
    "recognizer": recognizer,
    "encoder": encoder,
    "vocoder": vocoder,
    "synthesizer": synthesizer,
}


def write_data(folder: Path) -> None:
    """The corpora that all stages train on."""
    tiny_corpus.write_corpus(folder / "words")
    fakes.write_corpus(folder / "clips")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    seeds = {}
    for name, train in STAGES.items():
        train(folder / "data", run_config(folder / name))
        seeds[name] = torch.initial_seed()
    rank = torch.distributed.get_rank()
    (folder / f"rank{rank}.json").write_text(json.dumps(seeds))


if __name__ == "__main__":
    main()
