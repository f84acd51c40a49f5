"""Training of the ear for songs: the recognizer, taught what is sung in every step.

    python -m tts_engine train resing && python -m tts_engine train song-recognizer --start-from weights/recognizer

It hears speech with its vowels held, and recordings that were sung (`singing.resung`). What is exported is the mean
of the weights along the last thousand steps or so.
"""

import argparse
import logging
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.data import InputCache
from tts_engine.recognizer.frames import FrameBatch, frame_batches, frame_labels, frame_loss
from tts_engine.recognizer.inference import build_network
from tts_engine.recognizer.model import STRIDE
from tts_engine.recognizer.train import follow
from tts_engine.training.aligned import read_aligned
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, SUNG, TRAIN, Clip
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine
from tts_engine.weights import weights_folder

logger = logging.getLogger(__name__)

HEARD = (SUNG, "festvox", "rhvoice", "relatives", "librispeech")  # corpora
MOST_MEASURED = 40  # held-out clips of each corpus
LONGEST_SECONDS = 32.0


@dataclass(frozen=True, kw_only=True)
class SongTraining:
    """What to train on and how fast; `sung` and `aligned` are folders of `train resing` and `train align`."""

    run: RunConfig
    corpus: Path
    aligned: Path
    sung: Path
    start_from: Path
    corpora: tuple[str, ...] = HEARD
    learning_rate: float = 4e-4
    frames_per_batch: int = 5200
    evaluate_every: int = 250


class SongTrainer:
    """Network, optimiser and data of one run."""

    def __init__(self, settings: SongTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        config, weights = load_checkpoint(settings.start_from, RecognizerConfig)
        self.config = replace(config, by_frames=True, boundaries=())
        self.network = build_network(self.config)
        load_into(self.network, weights, settings.start_from)
        spoken, sung = (InputCache(f, self.config) for f in (settings.corpus, settings.sung))
        self.caches = {name: sung if name == SUNG else spoken for name in settings.corpora}
        self.rows = {
            row.id: row
            for folder in (settings.aligned, settings.sung)
            for row, _ in read_aligned(folder)
        }
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=0.02,
        )
        self.mean = AveragedModel(self.network, multi_avg_fn=follow)
        self.state = {"network": self.network, "optimizer": self.optimizer, "mean": self.mean}

    def clips(self, split: str) -> list[Clip]:
        """Clips of a split whose sounds have times."""
        return [
            clip
            for cache in {id(one): one for one in self.caches.values()}.values()
            for clip in cache.clips(split)
            if clip.corpus in self.caches
            and clip.id in self.rows
            and clip.seconds < LONGEST_SECONDS
        ]

    def fit(self) -> None:
        """Train to the last step."""
        run, settings = self.run, self.settings
        run.resume(self.state)
        network, optimizer = run.fabric.setup(self.network, self.optimizer)
        batches = frame_batches(
            self.clips(TRAIN),
            self.rows,
            self.caches,
            frames_per_batch=settings.frames_per_batch,
            seed=run.seed,
        )
        held_out = self.clips(HELD_OUT)
        with run.steps(self.state) as steps:
            for step in steps:
                factor = warmup_cosine(step, warmup=100, total=settings.run.steps)
                set_rate(optimizer, settings.learning_rate * factor)
                loss = self._loss(network, next(batches))
                run.descend(loss, network, optimizer, most=2.0)
                self.mean.update_parameters(self.network)
                run.log({"loss/frames": loss.item(), "lr": settings.learning_rate * factor})
                if run.is_main and (step % settings.evaluate_every == 0 or run.is_last):
                    self._evaluate(held_out)
                if run.is_save_step:
                    run.save(self.state)
                    run.export(self.config, self.mean.module.state_dict())

    def _loss(self, network: torch.nn.Module, batch: FrameBatch) -> Tensor:
        device = self.run.device
        batch = FrameBatch(**{name: value.to(device) for name, value in vars(batch).items()})
        return frame_loss(network(batch.inputs, batch.frames), batch)

    def _evaluate(self, clips: list[Clip]) -> None:
        for corpus in sorted({clip.corpus for clip in clips}):
            own = [clip for clip in clips if clip.corpus == corpus]
            share = self._wrong([own[i] for i in range(0, len(own), 1 + len(own) // MOST_MEASURED)])
            logger.info("step %d: %s %.3f of the steps wrong", self.run.step, corpus, share)
            self.run.record({f"wrong/{corpus}": share})

    @torch.inference_mode()
    def _wrong(self, clips: list[Clip]) -> float:
        """Share of the steps of clips, unvaried, whose sound is heard as another."""
        self.mean.eval()
        wrong = total = 0
        for clip in clips:
            bands = self.caches[clip.corpus].input(clip)[None].to(self.run.device)
            frames = torch.tensor([bands.shape[2]], device=self.run.device)
            heard = self.mean(bands, frames)[0].argmax(dim=1).cpu()
            labels = torch.from_numpy(frame_labels(self.rows[clip.id])[::STRIDE].copy())
            size = min(len(heard), len(labels))
            wrong += int((heard[:size] != labels[:size]).sum())
            total += size
        return wrong / max(1, total)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/song-recognizer", steps=2500)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--aligned", type=Path, default=Path("data/aligned"))
    parser.add_argument("--sung", type=Path, default=Path("data/sung"))
    parser.add_argument("--learning-rate", type=float, default=4e-4, help="the highest")
    parser.add_argument("--start-from", type=Path, default=weights_folder() / "recognizer")


def run(arguments: argparse.Namespace) -> None:
    """Train the ear for songs."""
    settings = SongTraining(
        run=run_config(arguments),
        corpus=arguments.corpus,
        aligned=arguments.aligned,
        sung=arguments.sung,
        start_from=arguments.start_from,
        learning_rate=arguments.learning_rate,
    )
    SongTrainer(settings).fit()
