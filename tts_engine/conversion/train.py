"""Training of the conversion model.

    python -m tts_engine train conversion --corpus data/corpus --aligned data/aligned

Clips are said again in their own voices from a disguised content; others, Russian ones, in voices of other clips, which
the synthesizer's listeners judge. It stops at `--steps` or `--minutes` and goes on where it was when started again. The
weights of the moving average are written to `<folder>/weights` at every checkpoint.
"""

import argparse
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.conversion.config import ConversionConfig
from tts_engine.conversion.content import content_of, loudness_of
from tts_engine.conversion.data import ConversionBatch, TrackedCorpus, add_converted
from tts_engine.conversion.losses import LossWeights, own_losses
from tts_engine.conversion.model import ConversionModel
from tts_engine.synthesizer.config import SynthesizerConfig
from tts_engine.synthesizer.critic import CriticSide, Crops
from tts_engine.synthesizer.crossing import Listeners
from tts_engine.synthesizer.data import AlignedClip, BatchSampler, SamplingConfig
from tts_engine.synthesizer.layers import length_mask
from tts_engine.synthesizer.losses import facts_loss, weighted_sum
from tts_engine.synthesizer.model import SpeakerConditioner
from tts_engine.synthesizer.train import corpus_weights, load_listeners
from tts_engine.synthesizer.validation import CLIPS_PER_CORPUS, mel_error
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, TRAIN, Corpus
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine
from tts_engine.weights import weights_folder

logger = logging.getLogger(__name__)

LARGEST_GRADIENT = 1.0
LOUDNESS_NOISE = 0.15  # nats; the loudness of a frame is not to tell its formants


@dataclass(frozen=True, kw_only=True)
class ConversionTraining:
    """What to train on and how; names as in `synthesizer.train`.

    Attributes:
        converted: rows said in another clip's voice, per clip of a batch; 0 is none.
        voices_from: a synthesizer whose view of voices it begins with; None begins from nothing.
    """

    run: RunConfig
    corpus: Path
    aligned: Path
    model: ConversionConfig = field(default_factory=ConversionConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    losses: LossWeights = field(default_factory=LossWeights)
    learning_rate: float = 1e-3
    warmup: int = 100
    converted: float = 0.4
    adversarial_from: int = 1000
    average: float = 0.995
    validate_every: int = 200
    start_from: Path | None = None
    voices_from: Path | None = None


class ConversionTrainer:
    """Network, its average, optimiser and data of one run."""

    def __init__(self, settings: ConversionTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        self.network = ConversionModel(settings.model)
        if settings.start_from is not None:
            _, weights = load_checkpoint(settings.start_from, ConversionConfig)
            load_into(self.network, weights, settings.start_from)
        elif settings.voices_from is not None:
            take_conditioner(self.network.conditioner, settings.voices_from)
        self.network.to(self.run.device)
        self.listeners = load_listeners(settings.model.mel, self.run.device)
        self.average = AveragedModel(
            self.network, multi_avg_fn=get_ema_multi_avg_fn(settings.average)
        )
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        self.critic = CriticSide(self.run, settings.model.embedding_size, settings.adversarial_from)
        self.state = {
            "network": self.network,
            "average": self.average,
            "optimizer": self.optimizer,
            "critic": self.critic.network,
            "critic_optimizer": self.critic.optimizer,
        }
        corpus = Corpus(settings.corpus)
        self.tracked = TrackedCorpus(corpus, settings.aligned, settings.model, settings.run.folder)
        self.sampler = BatchSampler(self.tracked, self.tracked.split(TRAIN), settings.sampling)

    @property
    def averaged(self) -> ConversionModel:
        """The network with the moving average of its weights."""
        return cast(ConversionModel, self.average.module)

    def fit(self) -> None:
        """Train to the last step; weights lie in `<folder>/weights`."""
        run, settings = self.run, self.settings
        run.resume(self.state)
        network, optimizer = run.fabric.setup(self.network, self.optimizer)
        self.critic.set_up()
        network.train()
        batches = self.sampler.batches(np.random.default_rng(run.seed))
        with run.steps(self.state) as steps:
            for step in steps:
                rate = settings.learning_rate * warmup_cosine(
                    step, warmup=settings.warmup, total=settings.run.steps
                )
                set_rate(optimizer, rate)
                batch = cast(ConversionBatch, next(batches).to(run.device))
                terms = self.losses(network, batch, rate)
                loss = weighted_sum(terms, settings.losses)
                run.descend(loss, network, optimizer, most=LARGEST_GRADIENT)
                self.average.update_parameters(self.network)
                run.log(
                    {f"loss/{name}": value.item() for name, value in terms.items()}
                    | {"loss/sum": loss.item(), "lr": rate}
                )
                if run.is_main and (step % settings.validate_every == 0 or run.is_last):
                    self.validate()
                if run.is_save_step:
                    run.save(self.state)
                    run.export(settings.model, self.averaged.state_dict())

    def losses(
        self, network: torch.nn.Module, batch: ConversionBatch, rate: float
    ) -> dict[str, Tensor]:
        """All terms of one batch."""
        own, batch = batch, add_converted(batch, self.settings.converted)
        rows = len(own.ids)
        voice, frames = network(*heard(self.listeners, batch), batch)
        terms = judged(self.network, self.listeners, frames, batch)
        terms["facts"] = facts_loss(voice.predicted_facts[:rows], own.facts)
        if self.critic.share > 0:
            target = self.network.to_frames(own.mel)
            crops = Crops.cut(target, frames, batch.frames, batch.embedding)
            terms |= self.critic.terms(crops, rate)
        return terms

    @torch.no_grad()
    def validate(self) -> None:
        """Held-out clips said again in their own voices: distance in nats, and pictures."""
        network = self.averaged.eval()
        groups: dict[str, list[AlignedClip]] = defaultdict(list)
        for item in self.tracked.split(HELD_OUT):
            if len(groups[item.clip.corpus]) < CLIPS_PER_CORPUS:
                groups[item.clip.corpus].append(item)
        for corpus, items in groups.items():
            voices = [self.tracked.own_voice(item) for item in items]
            batch = cast(ConversionBatch, self.tracked.collate(items, voices).to(self.run.device))
            content = content_of(self.listeners.words, batch.mel, batch.frames)
            mel = network.to_mel(network(content, loudness_of(batch.mel), batch)[1])
            nats = mel_error(mel, batch)
            logger.info("step %d, held-out %s: mel %.3f", self.run.step, corpus, nats)
            self.run.record({f"heldout_{corpus}/mel_nats": nats})
            frames = int(batch.frames[0])
            self.run.show(
                f"mel/{corpus}",
                picture(batch.mel[0, :, :frames].cpu(), mel[0, :, :frames].float().cpu()),
            )


def heard(listeners: Listeners, batch: ConversionBatch) -> tuple[Tensor, Tensor]:
    """What a training tells the network of clips: their content as if others had said it, (B, F, C), and their
    loudness, (B, F) nats, with noise. Uses torch's global generator."""
    content = content_of(listeners.words, batch.mel, batch.frames, disguised=True)
    loudness = loudness_of(batch.mel)
    return content, loudness + LOUDNESS_NOISE * torch.randn_like(loudness)


def judged(
    network: ConversionModel, listeners: Listeners, frames: Tensor, batch: ConversionBatch
) -> dict[str, Tensor]:
    """Terms of what was said, (B, F, n_mels) normalised: of the rows in their own voices how near the mel is, of the
    crossed ones, if there are any, what the listeners hear."""
    own = len(batch.ids) - batch.crossed
    target = network.to_frames(batch.mel[:own])
    mask = length_mask(batch.frames[:own], target.shape[1])[..., None].to(target.dtype)
    terms = own_losses(frames[:own], target, mask)
    if batch.crossed:
        terms |= listeners.losses(network.to_mel(frames), batch)
    return terms


def picture(real: Tensor, said: Tensor) -> Figure:
    """Two mels (n_mels, F) above each other."""
    figure = Figure(figsize=(10, 6), layout="constrained")
    for axes, image, title in zip(
        figure.subplots(2, 1), (real, said), ("real", "said again"), strict=True
    ):
        axes.imshow(image.numpy(), origin="lower", aspect="auto", interpolation="nearest")
        axes.set_title(title)
    return figure


def take_conditioner(conditioner: SpeakerConditioner, folder: Path) -> None:
    """Begin with what a synthesizer has learned of voices; CheckpointError when it does not fit."""
    _, weights = load_checkpoint(folder, SynthesizerConfig)
    prefix = "conditioner."
    own = {
        name.removeprefix(prefix): value
        for name, value in weights.items()
        if name.startswith(prefix)
    }
    load_into(conditioner, own, folder)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/conversion", steps=4000)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--aligned", type=Path, default=Path("data/aligned"))
    parser.add_argument("--batch-frames", type=int, default=9600)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument(
        "--speaker-balance", type=float, default=0.6, help="as in `train synthesizer`"
    )
    parser.add_argument(
        "--corpus-weight",
        action="append",
        default=[],
        metavar="CORPUS=FACTOR",
        help="more or less of one corpus; 0 leaves it out",
    )
    parser.add_argument(
        "--converted", type=float, default=0.4, help="clips in another's voice per clip; 0: none"
    )
    parser.add_argument(
        "--adversarial-from", type=int, default=1000, help="step at which the critic starts"
    )
    parser.add_argument("--start-from", type=Path, help="weights folder to fine-tune")


def run(arguments: argparse.Namespace) -> None:
    """Train."""
    settings = ConversionTraining(
        run=run_config(arguments),
        corpus=arguments.corpus,
        aligned=arguments.aligned,
        sampling=SamplingConfig(
            batch_frames=arguments.batch_frames,
            speaker_balance=arguments.speaker_balance,
            corpus_weights=corpus_weights(arguments.corpus_weight),
        ),
        learning_rate=arguments.learning_rate,
        converted=arguments.converted,
        adversarial_from=arguments.adversarial_from,
        start_from=arguments.start_from,
        voices_from=weights_folder() / "synthesizer",
    )
    ConversionTrainer(settings).fit()
