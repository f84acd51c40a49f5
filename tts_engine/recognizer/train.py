"""Training of the recognizer, and of the judge that checks it.

    python -m tts_engine train recognizer --corpus data/corpus --folder runs/recognizer
    python -m tts_engine train recognizer --preset judge --seed 101 --folder runs/judge

Only clips with a transcript are used. What is measured and exported is the mean of the weights along the
last thousand steps or so, so a run may be stopped and measured at any step of its schedule.
"""

import argparse
import logging
from dataclasses import dataclass, field
from pathlib import Path

import torch
from rapidfuzz.distance import Levenshtein
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.recognizer.config import JUDGE, RecognizerConfig
from tts_engine.recognizer.data import (
    Batch,
    InputCache,
    Variation,
    collate,
    training_batches,
)
from tts_engine.recognizer.inference import build_network, greedy
from tts_engine.recognizer.losses import ctc_loss
from tts_engine.recognizer.variation import vary_rooms
from tts_engine.recognizer.wide_variation import vary_wide
from tts_engine.text.symbols import phonemes_only
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, TRAIN, Clip
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine

logger = logging.getLogger(__name__)

Tensors = tuple[Tensor, ...] | list[Tensor]

MEMORY = 0.999  # share of the mean weights that a step leaves
MOST_MEASURED = 60  # held-out clips of each corpus, while training


@dataclass(frozen=True, kw_only=True)
class RecognizerTraining:
    """What to train on and how fast."""

    run: RunConfig
    corpus: Path
    model: RecognizerConfig = field(default_factory=RecognizerConfig)
    variation: Variation = vary_wide
    learning_rate: float = 1.2e-3
    frames_per_batch: int = 5200
    evaluate_every: int = 400
    start_from: Path | None = None  # weights folder of the same sizes


class RecognizerTrainer:
    """Network, optimiser and data of one run."""

    def __init__(self, settings: RecognizerTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        self.cache = InputCache(settings.corpus, settings.model)
        self.train_clips = self.cache.clips(TRAIN)
        self.held_out_clips = self.cache.clips(HELD_OUT)
        self.network = build_network(settings.model)
        if settings.start_from is not None:
            _, weights = load_checkpoint(settings.start_from, RecognizerConfig)
            load_into(self.network, weights, settings.start_from)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=0.02,
        )
        self.mean = AveragedModel(self.network, multi_avg_fn=follow)
        self.state = {"network": self.network, "optimizer": self.optimizer, "mean": self.mean}

    def fit(self) -> None:
        """Train to the last step."""
        run, settings = self.run, self.settings
        run.resume(self.state)
        network, optimizer = run.fabric.setup(self.network, self.optimizer)
        batches = training_batches(
            self.train_clips,
            self.cache,
            frames_per_batch=settings.frames_per_batch,
            seed=run.seed,
            variation=settings.variation,
        )
        with run.steps(self.state) as steps:
            for step in steps:
                factor = warmup_cosine(step, warmup=150, total=settings.run.steps)
                set_rate(optimizer, settings.learning_rate * factor)
                loss = self._loss(network, next(batches))
                run.descend(loss, network, optimizer, most=2.0)
                self.mean.update_parameters(self.network)
                run.log({"loss/ctc": loss.item(), "lr": settings.learning_rate * factor})
                if run.is_main and (step % settings.evaluate_every == 0 or run.is_last):
                    self._evaluate()
                if run.is_save_step:
                    run.save(self.state)
                    run.export(settings.model, self.mean.module.state_dict())

    def _loss(self, network: torch.nn.Module, batch: Batch) -> Tensor:
        device = self.run.device
        frames = batch.frames.to(device)
        log_probs = network(batch.inputs.to(device), frames)
        return ctc_loss(log_probs, frames, batch.targets.to(device), batch.target_lengths)

    def _evaluate(self) -> None:
        for corpus in sorted({clip.corpus for clip in self.held_out_clips}):
            clips = [clip for clip in self.held_out_clips if clip.corpus == corpus]
            rate = self._phoneme_error_rate(clips[:: 1 + len(clips) // MOST_MEASURED])
            logger.info("step %d: %s phoneme error rate %.3f", self.run.step, corpus, rate)
            self.run.record({f"per/{corpus}": rate})

    @torch.inference_mode()
    def _phoneme_error_rate(self, clips: list[Clip]) -> float:
        self.mean.eval()
        errors = total = 0
        for clip in clips:
            batch = collate([self.cache.input(clip)], [clip])
            log_probs = self.mean(
                batch.inputs.to(self.run.device), batch.frames.to(self.run.device)
            )
            reference = phonemes_only(clip.tokens)
            errors += Levenshtein.distance(reference, greedy(log_probs[0].cpu().numpy()))
            total += len(reference)
        return errors / max(1, total)


def follow(means: Tensors, weights: Tensors, steps: Tensor | int) -> None:
    """Move mean weights towards the current ones, faster while they are few steps old."""
    memory = min(MEMORY, (1 + float(steps)) / (10 + float(steps)))
    torch._foreach_lerp_(means, weights, 1 - memory)


PRESETS: dict[str, tuple[RecognizerConfig, Variation]] = {
    "recognizer": (RecognizerConfig(), vary_wide),
    "judge": (JUDGE, vary_rooms),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/recognizer", steps=2800)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--learning-rate", type=float, default=1.2e-3, help="the highest")
    parser.add_argument("--start-from", type=Path, help="weights folder to go on from")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="recognizer")


def run(arguments: argparse.Namespace) -> None:
    """Train one of the presets."""
    model, variation = PRESETS[arguments.preset]
    settings = RecognizerTraining(
        run=run_config(arguments),
        corpus=arguments.corpus,
        model=model,
        variation=variation,
        start_from=arguments.start_from,
        learning_rate=arguments.learning_rate,
    )
    RecognizerTrainer(settings).fit()
