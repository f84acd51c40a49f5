"""Training of the detector of machine speech.

    python -m tts_engine train detector-material --corpus data/corpus --output data/detection
    python -m tts_engine train detector --material data/detection --folder runs/detector

What is measured and exported is the mean of the weights along the last steps, calibrated on people whom training does
not hear.
"""

import argparse
import logging
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tts_engine.detection.array_network import ArrayNetwork
from tts_engine.detection.calibration import calibrated, equal_error_rate
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.data import Batch, StretchSampler, spread
from tts_engine.detection.inference import LEAST_SECONDS, SpeakerJudge
from tts_engine.detection.losses import machine_loss
from tts_engine.detection.material import CALIBRATION, PERSON, RATE_HZ, Material, Piece
from tts_engine.detection.model import DetectorNetwork
from tts_engine.detection.treatments import CODED, treat
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine
from tts_engine.types import Waveform

logger = logging.getLogger(__name__)

MEMORY = 0.97  # share of the mean weights that a step leaves
MOST_MEASURED = 12  # pieces of each machine


@dataclass(frozen=True, kw_only=True)
class DetectorTraining:
    """What to train on and how fast."""

    run: RunConfig
    material: Path
    model: DetectorConfig = field(default_factory=DetectorConfig)
    learning_rate: float = 4e-3
    batch: int = 32
    evaluate_every: int = 400


class DetectorTrainer:
    """Network, optimiser and data of one run."""

    def __init__(self, settings: DetectorTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        self.sampler = StretchSampler(settings.material, settings.model)
        self.measured = measured_sounds(settings.material)
        self.network = DetectorNetwork(settings.model)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # a third faster
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=settings.learning_rate, weight_decay=0.01
        )
        self.mean = AveragedModel(
            self.network, multi_avg_fn=get_ema_multi_avg_fn(MEMORY), use_buffers=True
        )
        self.state = {"network": self.network, "optimizer": self.optimizer, "mean": self.mean}

    def fit(self) -> DetectorConfig:
        """Train to the last step; returns the calibrated config."""
        run, settings = self.run, self.settings
        run.resume(self.state)
        network, optimizer = run.fabric.setup(self.network, self.optimizer)
        rng, config = np.random.default_rng(run.seed), settings.model
        with run.steps(self.state) as steps:
            for step in steps:
                rate = settings.learning_rate * warmup_cosine(
                    step, warmup=30, total=settings.run.steps
                )
                set_rate(optimizer, rate)
                batch = Batch(
                    *(part.to(run.device) for part in self.sampler.draw(settings.batch, rng))
                )
                logits = network(batch.levels, batch.loud).float()
                loss = machine_loss(logits, batch.machine)
                run.descend(loss, network, optimizer, most=3.0)
                self.mean.update_parameters(self.network)
                right = ((logits > 0) == (batch.machine > 0.5)).float().mean()
                run.log({"loss/machine": loss.item(), "right": right.item()})
                if run.is_main and (step % settings.evaluate_every == 0 or run.is_last):
                    config = self._evaluate()
                if run.is_save_step:
                    run.save(self.state)
                    run.export(config, self.mean.module.state_dict())
        return config

    def _evaluate(self) -> DetectorConfig:
        """Measure on calibration people, and calibrate."""
        weights = {
            name: value.float().cpu().numpy()
            for name, value in self.mean.module.state_dict().items()
        }
        judge = SpeakerJudge(ArrayNetwork(weights), self.settings.model)
        found = {
            source: np.array([judge.logit(w) for w in own]) for source, own in self.measured.items()
        }
        people = found.pop(PERSON)
        rates = {source: equal_error_rate(people, logits) for source, logits in found.items()}
        together = np.concatenate(list(found.values()))
        rate = equal_error_rate(people, together)
        logger.info(
            "step %d: equal error rate %.3f, %s",
            self.run.step,
            rate,
            ", ".join(f"{source} {value:.2f}" for source, value in sorted(rates.items())),
        )
        self.run.record(
            {"eer/all": rate, **{f"eer/{name}": value for name, value in rates.items()}}
        )
        return calibrated(self.settings.model, people, together)


def measured_sounds(folder: Path) -> dict[str, list[Waveform]]:
    """Calibration pieces by source: each whole, as short as may be judged, and through a codec, which ones in turn."""
    material, sounds = Material(folder), dict[str, list[Waveform]]()
    heard = material.select(CALIBRATION)
    people = [piece for piece in heard if not piece.is_machine]
    machines = spread([piece for piece in heard if piece.is_machine], MOST_MEASURED)
    pieces: list[Piece] = [*people, *machines]
    least = round(LEAST_SECONDS * RATE_HZ)  # so short, people are taken for machines first
    for number, piece in enumerate(pieces):
        plain = material.waveform(piece)
        coded = treat(plain, CODED[number % len(CODED)])
        sounds.setdefault(piece.source, []).extend([plain, plain[:least], coded])
    return sounds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/detector", steps=3200)
    parser.add_argument("--material", type=Path, default=Path("data/detection"))
    parser.add_argument("--learning-rate", type=float, default=4e-3, help="the highest")
    parser.add_argument("--batch", type=int, default=32, help="stretches of a step")


def run(arguments: argparse.Namespace) -> None:
    """Train the detector."""
    settings = DetectorTraining(
        run=run_config(arguments),
        material=arguments.material,
        learning_rate=arguments.learning_rate,
        batch=arguments.batch,
    )
    DetectorTrainer(settings).fit()
