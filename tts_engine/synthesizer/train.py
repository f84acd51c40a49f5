"""Training of the synthesizer.

    python -m tts_engine train synthesizer --corpus data/corpus --aligned data/aligned
    python -m tts_engine train synthesizer --write-mels data/mels      mels for the vocoder

The first stops at `--steps` or `--minutes` and goes on where it was when started again. The weights of
the moving average are written to `<folder>/weights` at every checkpoint.
"""

import argparse
import logging
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tts_engine.audio.mel import MelConfig
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.model import MelSpeakerEncoder
from tts_engine.encoder.voice_judge import VoiceJudge
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.model import RecognizerNetwork
from tts_engine.synthesizer.config import SynthesizerConfig
from tts_engine.synthesizer.corruption import corrupt_context
from tts_engine.synthesizer.critic import CriticSide, Crops
from tts_engine.synthesizer.crossing import Listeners, add_crossed
from tts_engine.synthesizer.data import AlignedCorpus, Batch, BatchSampler, SamplingConfig
from tts_engine.synthesizer.durations import shift_steps
from tts_engine.synthesizer.export import write_mels
from tts_engine.synthesizer.losses import (
    LossWeights,
    facts_loss,
    mel_losses,
    prosody_losses,
    weighted_sum,
)
from tts_engine.synthesizer.model import AcousticModel
from tts_engine.synthesizer.validation import Validator
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, TRAIN, Corpus
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine
from tts_engine.weights import weights_folder

logger = logging.getLogger(__name__)

LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, kw_only=True)
class SynthesizerTraining:
    """What to train on and how.

    Attributes:
        run: length, folder, device.
        corpus: prepared corpus, see `training.corpus`.
        aligned: tokens in time, see `data`.
        model: sizes.
        sampling: which clips, how many frames.
        losses: factors of the terms.
        learning_rate: at its peak, after `warmup` steps.
        crossed: rows spoken in another clip's voice, per clip of a batch, see `crossing`; 0 is none.
        adversarial_from: step at which the critic starts, see `critic`.
        average: decay of the moving average of the weights.
        validate_every: steps between measurements on held-out clips.
        start_from: weights folder to fine-tune; None starts from nothing.
    """

    run: RunConfig
    corpus: Path
    aligned: Path
    model: SynthesizerConfig = field(default_factory=SynthesizerConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    losses: LossWeights = field(default_factory=LossWeights)
    learning_rate: float = 1e-3
    warmup: int = 100
    crossed: float = 0.4
    adversarial_from: int = 2000
    average: float = 0.995
    validate_every: int = 200
    start_from: Path | None = None


class SynthesizerTrainer:
    """Network, its average, optimiser and data of one run."""

    def __init__(self, settings: SynthesizerTraining) -> None:
        self.settings = settings
        self.run = TrainingRun(settings.run)
        torch.manual_seed(settings.run.seed)
        self.network = AcousticModel(settings.model)
        if settings.start_from is not None:
            _, weights = load_checkpoint(settings.start_from, SynthesizerConfig)
            load_into(self.network, weights, settings.start_from)
        self.network.to(self.run.device)
        if settings.crossed > 0:
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
        self.aligned = AlignedCorpus(
            corpus, settings.aligned, settings.model.mel, settings.model.spectrum_size
        )
        self.sampler = BatchSampler(self.aligned, self.aligned.split(TRAIN), settings.sampling)
        self.validator = Validator(self.aligned, self.aligned.split(HELD_OUT), self.run)

    @property
    def averaged(self) -> AcousticModel:
        """The network with the moving average of its weights."""
        return cast(AcousticModel, self.average.module)

    @cached_property
    def band_spread(self) -> tuple[float, ...]:
        """What the finished model's contrast is brought back to."""
        return self.aligned.band_spread()

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
                terms = self.losses(network, next(batches).to(run.device), rate)
                loss = weighted_sum(terms, settings.losses)
                run.descend(loss, network, optimizer, most=LARGEST_GRADIENT)
                self.average.update_parameters(self.network)
                run.log(
                    {f"loss/{name}": value.item() for name, value in terms.items()}
                    | {"loss/sum": loss.item(), "lr": rate}
                )
                if run.is_main and (step % settings.validate_every == 0 or run.is_last):
                    self.validator.measure(self.averaged)
                if run.is_save_step:
                    run.save(self.state)
                    self.export()

    def losses(self, network: torch.nn.Module, batch: Batch, rate: float) -> dict[str, Tensor]:
        """All terms of one batch."""
        own, batch = batch, add_crossed(batch, self.settings.crossed)
        rows = len(own.ids)
        steps = self.network.to_steps(batch.mel)  # (B, S, step_size)
        previous = shift_steps(corrupt_context(steps, self.settings.model.mel.n_mels))
        voice, prosody, mels = network(batch, previous)
        terms = {
            **mel_losses(mels.first(rows), steps[:rows], own),
            **prosody_losses(prosody.first(rows), own),
            "facts": facts_loss(voice.predicted_facts[:rows], own.facts),
        }
        if batch.crossed:
            terms |= self.listeners.losses(self.network.to_mel(mels.after), batch)
        if self.critic.share > 0:
            real, spoken = (self.network.to_frames(values) for values in (steps[:rows], mels.after))
            terms |= self.critic.terms(Crops.cut(real, spoken, batch.frames, batch.embedding), rate)
        return terms

    def export(self) -> None:
        """Write the averaged weights in half precision."""
        config = replace(self.settings.model, band_spread=self.band_spread)
        self.run.export(config, self.averaged.state_dict())


def load_listeners(mel: MelConfig, device: torch.device) -> Listeners:
    """The shipped speaker encoder, voice judge and recognizer as judges of crossed speech."""
    recognizer_config, weights = load_checkpoint(weights_folder() / "recognizer", RecognizerConfig)
    recognizer = RecognizerNetwork(recognizer_config)
    load_into(recognizer, weights, weights_folder() / "recognizer")
    voice = MelSpeakerEncoder.load(weights_folder() / "encoder", mel)
    second = VoiceJudge.load(weights_folder() / "voice_judge", mel)
    return Listeners(voice=voice, second_voice=second, words=recognizer).to(device)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/synthesizer", steps=3000)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--aligned", type=Path, default=Path("data/aligned"))
    parser.add_argument("--batch-frames", type=int, default=9600)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument(
        "--speaker-balance",
        type=float,
        default=0.6,
        help="0: every speaker gets the same share of the frames; 1: as recorded",
    )
    parser.add_argument(
        "--corpus-weight",
        action="append",
        default=[],
        metavar="CORPUS=FACTOR",
        help="more or less of one corpus; 0 leaves it out",
    )
    parser.add_argument(
        "--crossed",
        type=float,
        default=0.4,
        help="sentences in another clip's voice per clip, judged by encoder and recognizer; 0: none",
    )
    parser.add_argument(
        "--adversarial-from", type=int, default=2000, help="step at which the critic starts"
    )
    parser.add_argument("--start-from", type=Path, help="weights folder to fine-tune")
    parser.add_argument(
        "--write-mels", type=Path, help="write spoken mels of all clips here and stop"
    )


def run(arguments: argparse.Namespace) -> None:
    """Train, or write mels by the weights of an earlier training."""
    settings = SynthesizerTraining(
        run=run_config(arguments),
        corpus=arguments.corpus,
        aligned=arguments.aligned,
        sampling=SamplingConfig(
            batch_frames=arguments.batch_frames,
            speaker_balance=arguments.speaker_balance,
            corpus_weights=corpus_weights(arguments.corpus_weight),
        ),
        learning_rate=arguments.learning_rate,
        crossed=arguments.crossed,
        adversarial_from=arguments.adversarial_from,
        start_from=arguments.start_from,
    )
    if arguments.write_mels is not None:
        write_mels(
            arguments.start_from or settings.run.folder / "weights",
            corpus=settings.corpus,
            aligned=settings.aligned,
            output=arguments.write_mels,
            device=arguments.device,
        )
        return
    SynthesizerTrainer(settings).fit()


def corpus_weights(options: list[str]) -> dict[str, float]:
    """Of `--corpus-weight CORPUS=FACTOR`, given any number of times."""
    pairs = (option.split("=", 1) for option in options)
    return {name: float(factor) for name, factor in pairs}
