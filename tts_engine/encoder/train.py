"""Training of the speaker encoder and of the voice judge with GE2E.

    python -m tts_engine train encoder --preset voice-judge --corpus data/corpus --folder runs/voice-judge
    python -m tts_engine train encoder --corpus data/corpus --folder runs/encoder

The shipped weights of the encoder are Resemblyzer's, trained on thousands of speakers (`encoder.importing`);
the second command retrains them when such a corpus is at hand.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.config import EncoderConfig, VoiceJudgeConfig
from tts_engine.encoder.data import PartialSampler
from tts_engine.encoder.losses import Ge2eLoss
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.encoder.voice_data import VoiceSampler
from tts_engine.encoder.voice_judge import VoiceJudgeNetwork
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import TRAIN, Corpus
from tts_engine.training.loop import RunConfig, TrainingRun, warmup_cosine


@dataclass(frozen=True, kw_only=True)
class EncoderTraining:
    """What to train on and how."""

    run: RunConfig
    corpus: Path
    model: EncoderConfig | VoiceJudgeConfig = field(default_factory=EncoderConfig)
    speakers: int = 32
    utterances: int = 6
    learning_rate: float = 1e-3
    start_from: Path | None = None


def train(settings: EncoderTraining) -> float:
    """Train to the last step; returns the last loss."""
    run = TrainingRun(settings.run)
    torch.manual_seed(settings.run.seed)
    (network, sampler), criterion = build(settings.model, settings.corpus), Ge2eLoss()
    if settings.start_from is not None:
        _, weights = load_checkpoint(settings.start_from, type(settings.model))
        load_into(network, weights, settings.start_from)
    parameters = [*network.parameters(), *criterion.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=settings.learning_rate)
    state = {"network": network, "criterion": criterion, "optimizer": optimizer}
    run.resume(state)
    model, prepared = run.fabric.setup(network, optimizer)
    criterion.to(run.device)
    rng = np.random.default_rng(run.seed)
    last = float("nan")
    with run.steps(state) as steps:
        for step in steps:
            for group in prepared.param_groups:
                factor = warmup_cosine(step, warmup=100, total=settings.run.steps)
                group["lr"] = settings.learning_rate * factor
            heard = sampler.draw(settings.speakers, settings.utterances, rng).to(run.device)
            vectors = model(heard.flatten(0, 1)).float()  # (N * M, D)
            loss = criterion(vectors.unflatten(0, heard.shape[:2]))
            run.fabric.backward(loss)
            torch.nn.utils.clip_grad_norm_(parameters, 3.0)
            prepared.step()
            prepared.zero_grad()
            last = loss.item()
            run.log({"loss/ge2e": last})
            if run.is_save_step:
                run.save(state)
                run.export(settings.model, network.state_dict())
    return last


def build(
    model: EncoderConfig | VoiceJudgeConfig, corpus: Path
) -> tuple[EncoderNetwork, PartialSampler] | tuple[VoiceJudgeNetwork, VoiceSampler]:
    """A new network of these sizes, and what it hears of a corpus."""
    if isinstance(model, VoiceJudgeConfig):
        return VoiceJudgeNetwork(model), VoiceSampler(corpus, model)
    opened = Corpus(corpus)
    return EncoderNetwork(model), PartialSampler(opened, opened.select(split=TRAIN), model)


class Preset(NamedTuple):
    """Sizes, and how a batch is made up."""

    model: EncoderConfig | VoiceJudgeConfig
    speakers: int
    utterances: int
    learning_rate: float


PRESETS = {
    "encoder": Preset(EncoderConfig(), 32, 6, 1e-3),
    "voice-judge": Preset(VoiceJudgeConfig(), 64, 3, 1.5e-3),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/encoder", steps=20_000)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--preset", choices=sorted(PRESETS), default="encoder")
    parser.add_argument("--speakers", type=int, help="of a batch; default: the preset's")
    parser.add_argument("--utterances", type=int, help="of each; default: the preset's")
    parser.add_argument("--start-from", type=Path, help="weights folder to fine-tune")


def run(arguments: argparse.Namespace) -> None:
    """Train one of the presets."""
    preset = PRESETS[arguments.preset]
    train(
        EncoderTraining(
            run=run_config(arguments),
            corpus=arguments.corpus,
            model=preset.model,
            speakers=arguments.speakers or preset.speakers,
            utterances=arguments.utterances or preset.utterances,
            learning_rate=preset.learning_rate,
            start_from=arguments.start_from,
        )
    )
