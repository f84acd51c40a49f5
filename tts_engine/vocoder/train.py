"""Training of the vocoder: spectral energy distance first, small discriminators later.

    python -m tts_engine train vocoder --corpus data/corpus --folder runs/vocoder --steps 6000

Beside state, logs and the averaged weights of the last validation, the run folder keeps pictures and the
pitch of the corpus.
"""

import argparse
import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from tts_engine.audio.mel import log_mel
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.model import MelSpeakerEncoder
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, TRAIN, Clip, Corpus
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine
from tts_engine.vocoder.config import PRESETS, SOURCE_FILTER, VocoderConfig
from tts_engine.vocoder.data import Batch, SegmentSampler, pitch_tracks
from tts_engine.vocoder.discriminators import Discriminators
from tts_engine.vocoder.inference import Vocoder
from tts_engine.vocoder.losses import (
    SpectralDistance,
    deception_loss,
    discriminator_loss,
    feature_loss,
    pitch_loss,
)
from tts_engine.vocoder.model import build_generator
from tts_engine.vocoder.source_filter import SourceFilterGenerator, pulse_train
from tts_engine.weights import weights_folder

DEFAULT_WEIGHTS = {"rhvoice": 0.2, "festvox": 0.2, "librispeech": 0.4, "kokoro": 0.2}


@dataclass(frozen=True, kw_only=True)
class VocoderTrainConfig:
    """Everything that a training depends on.

    Attributes:
        run: folder, steps, device, seed.
        corpus: prepared corpus.
        vocoder: the network.
        corpora: share of the segments taken from each corpus.
        batch_size: segments in a step.
        segment_frames: mel frames in a segment.
        edge_frames: frames at both ends of a segment without loss, where context is missing.
        learning_rate: highest, of the generator and of the discriminators.
        adversarial_from: step at which the discriminators start.
        adversarial_weight: of the adversarial and feature losses against the spectral one.
        discriminator_channels: width of their first layer.
        mel_weight: of the L1 of log mels, nats, against the spectral loss.
        voice_weight: of one minus the cosine of d-vectors, what the speaker encoder hears.
        average_decay: of the moving average of the weights.
        mels: folder of `<clip id>.npy` mels that the synthesizer spoke: half of every batch, without recording.
        start_from: checkpoint folder to start from.
    """

    run: RunConfig
    corpus: Path
    vocoder: VocoderConfig = field(default_factory=VocoderConfig)
    corpora: dict[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    batch_size: int = 12
    segment_frames: int = 64
    edge_frames: int = 3
    learning_rate: float = 2e-3
    adversarial_from: int = 2000
    adversarial_weight: float = 0.2
    discriminator_channels: int = 16
    mel_weight: float = 1.0
    voice_weight: float = 1.0
    average_decay: float = 0.998
    mels: Path | None = None
    start_from: Path | None = None


class VocoderTraining:
    """The networks and optimisers of one run, and its named steps."""

    def __init__(self, config: VocoderTrainConfig) -> None:
        self.config = config
        self.run = TrainingRun(config.run)
        torch.manual_seed(config.run.seed)
        vocoder = config.vocoder
        rate = vocoder.mel.sample_rate_hz
        generator = build_generator(vocoder)
        if config.start_from is not None:
            _, weights = load_checkpoint(config.start_from, VocoderConfig)
            load_into(generator, weights, config.start_from)
        self.average = copy.deepcopy(generator).to(self.run.device).requires_grad_(False)
        discriminators = Discriminators(rate, config.discriminator_channels)
        fabric = self.run.fabric
        self.generator, self.generator_optimizer = fabric.setup(
            generator, torch.optim.AdamW(generator.parameters(), betas=(0.8, 0.99))
        )
        if isinstance(generator, SourceFilterGenerator):
            self.generator.mark_forward_method("pitch_logits")
        self.discriminators, self.discriminator_optimizer = fabric.setup(
            discriminators, torch.optim.AdamW(discriminators.parameters(), betas=(0.8, 0.99))
        )
        self.distance = SpectralDistance(rate)
        self.voice = MelSpeakerEncoder.load(weights_folder() / "encoder", vocoder.mel)
        self.voice.to(self.run.device)
        self.state = {
            "generator": self.generator,
            "generator_optimizer": self.generator_optimizer,
            "discriminators": self.discriminators,
            "discriminator_optimizer": self.discriminator_optimizer,
            "average": self.average,
        }

    def speak(self, batch: Batch, draws: int) -> Tensor:
        """Waveforms of a batch with the edges cut off: (B, draws, T)."""
        mel_config = self.config.vocoder.mel
        if self.config.vocoder.kind == SOURCE_FILTER:
            pulses = pulse_train(
                batch.bridged_hz,
                hop_samples=mel_config.hop_samples,
                sample_rate_hz=mel_config.sample_rate_hz,
                start_cycle=torch.rand(batch.mel.shape[0], device=batch.mel.device),
            )
            noise = torch.randn(batch.mel.shape[0], draws, pulses.shape[1], device=batch.mel.device)
            waveforms = self.generator(batch.mel, pulses, noise)  # (B, draws, T)
        else:
            waveforms = self.generator(batch.mel).unsqueeze(1)  # (B, 1, T)
        return self._without_edges(waveforms)

    def generator_step(self, batch: Batch, draws: Tensor) -> dict[str, float]:
        """One update of the generator by what it spoke."""
        recorded = batch.recorded
        target = self._without_edges(batch.waveform)[:recorded]
        band_hz = batch.band_hz[:recorded]
        if draws.shape[1] == 2:
            loss, plain = self.distance.energy_loss(draws[:recorded], target, band_hz)
        else:
            loss = plain = self.distance(draws[:recorded, 0], target, band_hz)
        heard = self.heard(draws[:, 0], batch.mel)
        values = {"spectral": plain.item(), "energy": loss.item()}
        values |= {name: term.item() for name, term in heard.items()}
        loss = loss + self.config.mel_weight * heard["mel"]
        loss = loss + self.config.voice_weight * heard["voice"]
        if self.config.vocoder.kind == SOURCE_FILTER:
            logits, voicing = self.generator.pitch_logits(batch.mel)
            classes = (
                cast(SourceFilterGenerator, self.average).pitch_classes_hz().to(self.run.device)
            )
            pitch = pitch_loss(logits, voicing, batch.f0_hz, classes)
            loss = loss + 0.2 * pitch
            values["pitch"] = pitch.item()
        if self._adversarial_share() > 0:
            self.discriminators.requires_grad_(False)
            scores_made, layers_made = self.discriminators(draws[:, 0], batch.band_hz)
            with torch.no_grad():
                _, layers_real = self.discriminators(target, band_hz)
            self.discriminators.requires_grad_(True)
            deception = deception_loss(scores_made)
            paired = [[layer[:recorded] for layer in part] for part in layers_made]
            feature = feature_loss(layers_real, paired)
            weight = self.config.adversarial_weight * self._adversarial_share()
            loss = loss + weight * (deception + 2 * feature)
            values |= {"deception": deception.item(), "feature": feature.item()}
        self._update(self.generator, self.generator_optimizer, loss)
        decay = min(self.config.average_decay, self.run.step / (self.run.step + 10))
        with torch.no_grad():
            for kept, new in zip(
                self.average.parameters(), self.generator.parameters(), strict=True
            ):
                kept.lerp_(new, 1 - decay)
        return values

    def heard(self, made: Tensor, mel: Tensor) -> dict[str, Tensor]:
        """How far waveforms are from what their mels ask for, as the other stages hear it.

        It needs no recording, so mels that the synthesizer spoke teach too.

        Args:
            made: without edges, (B, T).
            mel: (B, n_mels, F).

        Returns:
            "mel": L1 in nats; "voice": one minus the cosine of the d-vectors.
        """
        edge = self.config.edge_frames
        wanted = mel[:, :, edge : mel.shape[2] - edge]
        made_mel = log_mel(made, self.config.vocoder.mel)
        with torch.no_grad():
            voice = self.voice(wanted)
        cosine = (self.voice(made_mel) * voice).sum(dim=1)
        return {"mel": (made_mel - wanted).abs().mean(), "voice": (1 - cosine).mean()}

    def discriminator_step(self, batch: Batch, made: Tensor) -> dict[str, float]:
        """One update of the discriminators; made (B, T) without edges."""
        real = self._without_edges(batch.waveform)  # spoken rows too: a recording is a recording
        scores_real, _ = self.discriminators(real, batch.band_hz)
        scores_made, _ = self.discriminators(made, batch.band_hz)
        loss = discriminator_loss(scores_real, scores_made)
        self._update(self.discriminators, self.discriminator_optimizer, loss)
        return {"discriminator": loss.item()}

    def set_learning_rate(self) -> None:
        """Warm up, then a cosine down to the planned end."""
        factor = warmup_cosine(self.run.step, warmup=100, total=self.config.run.steps)
        for optimizer, share in (
            (self.generator_optimizer, 1.0),
            (self.discriminator_optimizer, 0.3),
        ):
            set_rate(optimizer, self.config.learning_rate * share * factor)

    def _adversarial_share(self) -> float:
        """0 before the discriminators start, 1 from 300 steps later on."""
        return float(np.clip((self.run.step - self.config.adversarial_from) / 300, 0, 1))

    def _without_edges(self, waveform: Tensor) -> Tensor:
        edge = self.config.edge_frames * self.config.vocoder.mel.hop_samples
        return waveform[..., edge : waveform.shape[-1] - edge]

    def _update(self, network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
        optimizer.zero_grad()
        self.run.fabric.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()


def train(config: VocoderTrainConfig) -> float:
    """Train up to the planned step, or go on with the run found in the folder.

    Returns:
        The last mel L1 (nats) on held-out clips; NaN in all processes but the first.
    """
    training = VocoderTraining(config)
    run = training.run
    corpus = Corpus(config.corpus)
    clips = corpus.select(corpora=config.corpora)
    mel_config = config.vocoder.mel
    with run.fabric.rank_zero_first():
        tracks = pitch_tracks(corpus, clips, mel_config, config.run.folder)
    sampler = SegmentSampler(
        corpus,
        [clip for clip in clips if clip.split == TRAIN],
        tracks,
        config=mel_config,
        frames=config.segment_frames,
        weights=config.corpora,
        mels=config.mels,
    )
    run.resume(training.state)
    random = np.random.default_rng(run.seed)
    held_out = pick_held_out([clip for clip in clips if clip.split == HELD_OUT])
    error = float("nan")
    with run.steps(training.state) as steps:
        for step in steps:
            batch = sampler.draw(config.batch_size, random).to(run.device)
            training.set_learning_rate()
            draws = training.speak(batch, 2)
            values: dict[str, float] = {}
            if step > config.adversarial_from:
                values |= training.discriminator_step(batch, draws[:, 0].detach())
            values |= training.generator_step(batch, draws)
            run.log(values)
            if run.is_save_step:
                run.save(training.state)
                run.export(config.vocoder, training.average.state_dict())
                if run.is_main:
                    error = validate(training, corpus, held_out)
    return error


def pick_held_out(clips: list[Clip], per_corpus: int = 6) -> list[Clip]:
    """The first clips of every corpus."""
    picked: dict[str, list[Clip]] = {}
    for clip in clips:
        picked.setdefault(clip.corpus, []).append(clip)
    return [clip for group in picked.values() for clip in group[:per_corpus]]


def validate(training: VocoderTraining, corpus: Corpus, clips: list[Clip]) -> float:
    """Speak the clips with the averaged weights; mean mel L1 in nats."""
    config, run = training.config, training.run
    vocoder = Vocoder(config.vocoder, training.average, run.device)
    errors = []
    for index, clip in enumerate(clips):
        real = torch.from_numpy(corpus.waveform(clip))[None]
        mel = log_mel(real, config.vocoder.mel)
        made = torch.from_numpy(vocoder.vocode([mel[0].numpy()])[0])[None]
        made_mel = log_mel(made, config.vocoder.mel)
        errors.append((made_mel - mel).abs().mean().item())
        if index % 6 == 0:
            name = clip.corpus
            run.play(f"{name}/made", made[0].numpy(), config.vocoder.mel.sample_rate_hz)
            run.show(f"{name}/mel", draw_mels(mel[0], made_mel[0]))
    error = float(np.mean(errors)) if errors else float("nan")
    run.record({"held_out/mel_l1": error})
    return error


def draw_mels(real: Tensor, made: Tensor) -> Figure:
    """Two mels (n_mels, F) above each other: recorded, made."""
    figure = Figure(figsize=(10, 6), layout="constrained")
    for axis, mel, title in zip(
        figure.subplots(2, 1), (real, made), ("recorded", "made"), strict=True
    ):
        axis.imshow(mel.numpy(), origin="lower", aspect="auto", vmin=-11, vmax=1)
        axis.set_title(title)
    return figure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser, folder="runs/vocoder", steps=6000)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--preset", choices=sorted(PRESETS), default=SOURCE_FILTER)
    parser.add_argument("--batch-size", type=int, default=VocoderTrainConfig.batch_size)
    parser.add_argument("--segment-frames", type=int, default=VocoderTrainConfig.segment_frames)
    parser.add_argument("--learning-rate", type=float, default=VocoderTrainConfig.learning_rate)
    parser.add_argument(
        "--adversarial-from",
        type=int,
        default=VocoderTrainConfig.adversarial_from,
        help="step at which the discriminators start",
    )
    parser.add_argument(
        "--adversarial-weight", type=float, default=VocoderTrainConfig.adversarial_weight
    )
    parser.add_argument("--mels", type=Path, help="predicted mels, <clip id>.npy, to fine-tune on")
    parser.add_argument("--start-from", type=Path, help="checkpoint folder to start from")


def run(arguments: argparse.Namespace) -> None:
    """Train the vocoder."""
    train(
        VocoderTrainConfig(
            run=run_config(arguments),
            corpus=arguments.corpus,
            vocoder=PRESETS[arguments.preset],
            batch_size=arguments.batch_size,
            segment_frames=arguments.segment_frames,
            learning_rate=arguments.learning_rate,
            adversarial_from=arguments.adversarial_from,
            adversarial_weight=arguments.adversarial_weight,
            mels=arguments.mels,
            start_from=arguments.start_from,
        )
    )
