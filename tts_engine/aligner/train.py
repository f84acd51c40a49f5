"""Training of the attention aligner.

    python -m tts_engine train aligner --corpus data/corpus --folder runs/aligner

Phonemes are read 40 at a time; a clip is read on only where the attention of its last window scores above 0.6. How
far clips are read is logged (`reached`), and the attention over held-out clips drawn.
"""

import argparse
import logging
from dataclasses import dataclass, field
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

from tts_engine.aligner.config import AlignerConfig
from tts_engine.aligner.data import BANDS, aligner_batches, clips_of
from tts_engine.aligner.losses import guided_loss, phoneme_loss
from tts_engine.aligner.model import AlignerNetwork, Decoded
from tts_engine.recognizer.data import Batch, InputCache, collate
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, TRAIN
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine

logger = logging.getLogger(__name__)

GUIDED_WEIGHT = 1.0
MOST_MEASURED = 24
DRAWN = 2


@dataclass(frozen=True, kw_only=True)
class AlignerTraining:
    """What to train on and how fast."""

    run: RunConfig
    corpus: Path
    model: AlignerConfig = field(default_factory=AlignerConfig)
    learning_rate: float = 1.5e-3
    frames_per_batch: int = 6000
    longest_seconds: float = 9.0  # of a clip
    evaluate_every: int = 200


class AlignerTrainer:
    """Network, optimiser and data of one run."""

    def __init__(self, settings: AlignerTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        self.cache = InputCache(settings.corpus, BANDS)
        self.train_clips = clips_of(self.cache, TRAIN, settings.longest_seconds)
        self.held_out_clips = clips_of(self.cache, HELD_OUT, settings.longest_seconds)
        self.network = AlignerNetwork(settings.model)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=settings.learning_rate, betas=(0.9, 0.98)
        )
        self.state = {"network": self.network, "optimizer": self.optimizer}

    def fit(self) -> None:
        """Train to the last step."""
        run, settings = self.run, self.settings
        run.resume(self.state)
        network, optimizer = run.fabric.setup(self.network, self.optimizer)
        batches = aligner_batches(
            self.train_clips,
            self.cache,
            frames_per_batch=settings.frames_per_batch,
            seed=run.seed,
        )
        with run.steps(self.state) as steps:
            for step in steps:
                factor = warmup_cosine(step, warmup=100, total=settings.run.steps)
                set_rate(optimizer, settings.learning_rate * factor)
                run.descend(self._loss(network, next(batches)), network, optimizer, most=1.0)
                if run.is_main and (step % settings.evaluate_every == 0 or run.is_last):
                    self._evaluate()
                if run.is_save_step:
                    run.save(self.state)
                    run.export(settings.model, self.network.state_dict())

    def _loss(self, network: torch.nn.Module, batch: Batch) -> Tensor:
        decoded, targets = self._decoded(network, batch)
        lengths = batch.target_lengths.to(self.run.device)
        phonemes = phoneme_loss(decoded, targets)
        guided = guided_loss(decoded, batch.frames.to(self.run.device), lengths)
        self.run.log(
            {
                "loss/phonemes": phonemes.item(),
                "loss/guided": guided.item(),
                "attention": decoded.score.mean().item(),
                "reached": (decoded.reached.sum() / lengths.sum()).item(),
            }
        )
        return phonemes + GUIDED_WEIGHT * guided

    def _decoded(
        self, network: torch.nn.Module, batch: Batch, *, whole: bool = False
    ) -> tuple[Decoded, Tensor]:
        device = self.run.device
        targets = batch.targets.to(device)
        decoded = network(
            batch.inputs.to(device),
            batch.frames.to(device),
            targets,
            batch.target_lengths.to(device),
            whole=whole,
        )
        return decoded, targets

    @torch.inference_mode()
    def _evaluate(self) -> None:
        """Attention score and phoneme loss of held-out clips read whole, and pictures of some."""
        self.network.eval()
        clips = self.held_out_clips[:: 1 + len(self.held_out_clips) // MOST_MEASURED]
        scores, losses = [], []
        for index, clip in enumerate(clips):
            batch = collate([self.cache.input(clip)], [clip])
            decoded, targets = self._decoded(self.network, batch, whole=True)
            scores.append(decoded.score.mean().item())
            losses.append(phoneme_loss(decoded, targets).item())
            if index < DRAWN:
                self.run.show(
                    f"attention/{index}", attention_figure(decoded.attention[0], clip.text)
                )
        self.network.train()
        found = {
            "heldout/attention": sum(scores) / max(1, len(scores)),
            "heldout/phonemes": sum(losses) / max(1, len(losses)),
        }
        logger.info("step %d: %s", self.run.step, found)
        self.run.record(found)


def attention_figure(attention: Tensor, title: str) -> Figure:
    """Weights (L, S) as a picture, time to the right and phonemes upwards."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(attention.float().cpu().numpy(), origin="lower", aspect="auto", cmap="magma")
    axes.set(xlabel="step of 46 ms", ylabel="phoneme", title=title[:80])
    return figure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/aligner", steps=4000)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--learning-rate", type=float, default=1.5e-3, help="the highest")
    parser.add_argument("--frames-per-batch", type=int, default=6000, help="mel frames as spoken")
    parser.add_argument("--longest-seconds", type=float, default=9.0, help="of a clip")


def run(arguments: argparse.Namespace) -> None:
    """Train."""
    settings = AlignerTraining(
        run=run_config(arguments),
        corpus=arguments.corpus,
        learning_rate=arguments.learning_rate,
        frames_per_batch=arguments.frames_per_batch,
        longest_seconds=arguments.longest_seconds,
    )
    AlignerTrainer(settings).fit()
