"""Training of the detector of machine speech.

    python -m tts_engine train detector-material --corpus data/corpus --people DIR --machines DIR
    python -m tts_engine train detector --material data/detection

DistillMOS's convolutions stay as they are and hear each stretch once, before the first step; its layers learn on. What
is measured and exported is the mean of the weights along the last steps, calibrated on people whom training does not
hear.
"""

import argparse
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.detection.calibration import calibrated, equal_error_rate
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.data import (
    STRETCHES_FILE,
    HeardStretches,
    calibrating_stretches,
    hear,
    shares_of,
    training_stretches,
)
from tts_engine.detection.inference import DISTILLMOS
from tts_engine.detection.losses import machine_loss
from tts_engine.detection.material import CALIBRATION, PERSON, TRAIN, Material
from tts_engine.detection.model import DetectorNetwork
from tts_engine.distillmos.network import DistillMosConfig, DistillMosNetwork
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine
from tts_engine.weights import weights_folder

logger = logging.getLogger(__name__)

MEMORY = 0.98  # share of the mean weights that a step leaves
HEAD_RATE = 5.0  # times that of the layers, which know much already
HEAD_ALONE = 30  # steps in which only the head learns
CROP_STEPS = 80  # 1.6 s of the three: a stretch is another one each time
MOST_DEAF = 20  # steps in a row that are not heard
EVALUATED = 64  # stretches at a time


@dataclass(frozen=True, kw_only=True)
class DetectorTraining:
    """What to train on and how fast."""

    run: RunConfig
    material: Path
    heard: Path
    distilled: Path = field(default_factory=lambda: weights_folder() / DISTILLMOS)
    learning_rate: float = 3e-4
    batch: int = 32


class DetectorTrainer:
    """Network, optimiser and data of one run."""

    def __init__(self, settings: DetectorTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        distilled = load_distilled(settings.distilled)
        if self.run.is_main:
            listen(settings.material, settings.heard, distilled)
        self.run.fabric.barrier()
        self.stretches = HeardStretches(settings.heard / TRAIN)
        self.shares = shares_of(self.stretches.rows)
        self.measured = HeardStretches(settings.heard / CALIBRATION)
        self.network = DetectorNetwork(distilled)
        head = list(self.network.head.parameters())
        layers = [p for name, p in self.network.named_parameters() if not name.startswith("head")]
        self.optimizer = torch.optim.AdamW(
            [{"params": layers}, {"params": head}], lr=settings.learning_rate, weight_decay=0.05
        )
        self.mean = AveragedModel(
            self.network, multi_avg_fn=get_ema_multi_avg_fn(MEMORY), use_buffers=True
        )
        self.state = {"network": self.network, "optimizer": self.optimizer, "mean": self.mean}

    def fit(self) -> DetectorConfig:
        """Train to the last step; returns the calibrated config."""
        run, settings, config = self.run, self.settings, DetectorConfig()
        run.resume(self.state)
        network, optimizer = run.fabric.setup(self.network, self.optimizer)
        rng = np.random.default_rng(run.seed)
        with run.steps(self.state) as steps:
            for step in steps:
                rate = settings.learning_rate * warmup_cosine(
                    step, warmup=40, total=settings.run.steps
                )
                set_rate(optimizer, rate)
                layers, head = optimizer.param_groups
                layers["lr"], head["lr"] = rate * (step > HEAD_ALONE), rate * HEAD_RATE
                features, loud, machine = (part.to(run.device) for part in self._draw(rng))
                logits = network(features, loud).float()
                loss = machine_loss(logits, machine)
                run.descend(loss, network, optimizer, most=2.0)
                self.mean.update_parameters(self.network)
                right = ((logits > 0) == (machine > 0.5)).float().mean()
                run.log({"loss/machine": loss.item(), "right": right.item()})
                if run.is_save_step:
                    if run.is_main:
                        config = self._evaluate()
                    run.save(self.state)
                    run.export(config, self._means().shipped())
        return config

    def _means(self) -> DetectorNetwork:
        return cast(DetectorNetwork, self.mean.module)

    def _draw(self, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Features (B, 80, 1024), loud steps (B, 80), and 1 where a machine speaks (B,)."""
        rows = rng.choice(len(self.shares), self.settings.batch, p=self.shares)
        features, loud = self.stretches.read(rows)
        for row in loud:
            first = int(rng.integers(0, len(row) - MOST_DEAF))
            row[first : first + int(rng.integers(0, MOST_DEAF))] = 0.0
        first = int(rng.integers(0, features.shape[1] - CROP_STEPS + 1))
        crop = slice(first, first + CROP_STEPS)
        machine = torch.from_numpy(self.stretches.machine[rows].astype(np.float32))
        return features[:, crop], loud[:, crop], machine

    @torch.inference_mode()
    def _evaluate(self) -> DetectorConfig:
        """Measure on calibration people, and calibrate."""
        network, logits = self._means().eval(), list[NDArray[np.float32]]()
        for rows in np.array_split(
            np.arange(len(self.measured)), -(-len(self.measured) // EVALUATED)
        ):
            features, loud = self.measured.read(rows)
            told = network(features.to(self.run.device), loud.to(self.run.device))
            logits.append(told.float().cpu().numpy())
        network.train()
        found, machine = np.concatenate(logits), self.measured.machine
        people, sources = found[~machine], np.array([row.source for row in self.measured.rows])
        rates = {
            str(source): equal_error_rate(people, found[sources == source])
            for source in np.unique(sources)
            if source != PERSON
        }
        rate = equal_error_rate(people, found[machine])
        told_apart = ", ".join(f"{source} {value:.2f}" for source, value in rates.items())
        logger.info("step %d: equal error rate %.3f, %s", self.run.step, rate, told_apart)
        self.run.record(
            {"eer/all": rate, **{f"eer/{name}": value for name, value in rates.items()}}
        )
        return calibrated(DetectorConfig(), people, found[machine])


def load_distilled(folder: Path) -> DistillMosNetwork:
    """DistillMOS as it is shipped; CheckpointError when it is not there."""
    config, weights = load_checkpoint(folder, DistillMosConfig)
    network = DistillMosNetwork(config)
    load_into(network, weights, folder)
    return network.eval()


def listen(material: Path, heard: Path, network: DistillMosNetwork) -> None:
    """Let the convolutions hear what is to be learned from and what calibrates, once."""
    for split, drawn in ((TRAIN, training_stretches), (CALIBRATION, calibrating_stretches)):
        if not (heard / split / STRETCHES_FILE).is_file():
            hear(heard / split, drawn(Material(material)), network)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/detector", steps=2500)
    parser.add_argument("--material", type=Path, default=Path("data/detection"))
    parser.add_argument(
        "--heard",
        type=Path,
        default=Path("data/detection-heard"),
        help="what its convolutions have heard of it",
    )
    parser.add_argument("--learning-rate", type=float, default=3e-4, help="the highest, of layers")
    parser.add_argument("--batch", type=int, default=32, help="stretches of a step")


def run(arguments: argparse.Namespace) -> None:
    """Train the detector."""
    settings = DetectorTraining(
        run=run_config(arguments),
        material=arguments.material,
        heard=arguments.heard,
        learning_rate=arguments.learning_rate,
        batch=arguments.batch,
    )
    DetectorTrainer(settings).fit()
