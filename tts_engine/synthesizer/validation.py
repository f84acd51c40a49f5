"""Held-out clips during training: how far free-running speech is from the real one, and pictures."""

import logging
from collections import defaultdict
from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from tts_engine.synthesizer.data import AlignedClip, AlignedCorpus, Batch
from tts_engine.synthesizer.export import free_running
from tts_engine.synthesizer.layers import length_mask
from tts_engine.synthesizer.model import AcousticModel
from tts_engine.training.loop import TrainingRun

logger = logging.getLogger(__name__)

CLIPS_PER_CORPUS = 8


class Validator:
    """Measures a network on a few held-out clips of each corpus."""

    def __init__(
        self, aligned: AlignedCorpus, items: Sequence[AlignedClip], run: TrainingRun
    ) -> None:
        self.aligned, self.run = aligned, run
        self._groups: dict[str, list[AlignedClip]] = defaultdict(list)
        for item in items:
            if len(self._groups[item.clip.corpus]) < CLIPS_PER_CORPUS:
                self._groups[item.clip.corpus].append(item)

    def measure(self, network: AcousticModel) -> None:
        """Log the mel error of free-running speech in nats, duration and pitch errors, pictures."""
        was_training = network.training
        network.eval()
        for corpus, items in self._groups.items():
            batch = self.aligned.collate(items, [self.aligned.own_voice(item) for item in items])
            batch = batch.to(self.run.device)
            mel, weights = free_running(network, batch)
            values = {"mel_nats": mel_error(mel, batch), **prosody_errors(network, batch)}
            summary = ", ".join(f"{name} {value:.3f}" for name, value in values.items())
            logger.info("step %d, held-out %s: %s", self.run.step, corpus, summary)
            self.run.record({f"heldout_{corpus}/{name}": value for name, value in values.items()})
            frames, tokens = int(batch.frames[0]), int(batch.token_lengths[0])
            steps = -(-frames // network.config.reduction)
            figure = picture(
                batch.mel[0, :, :frames].cpu(),
                mel[0, :, :frames].cpu(),
                weights[0, :steps, :tokens].cpu(),
            )
            self.run.show(f"mel/{corpus}", figure)
        network.train(was_training)


def mel_error(mel: Tensor, batch: Batch) -> float:
    """Mean absolute difference over real frames, nats; mel is (B, n_mels, F), padded or not."""
    mel = mel[:, :, : batch.mel.shape[2]]
    mask = length_mask(batch.frames, mel.shape[2])[:, None]  # (B, 1, F)
    return float(((mel - batch.mel).abs() * mask).sum() / (mask.sum() * mel.shape[1]))


@torch.inference_mode()
def prosody_errors(network: AcousticModel, batch: Batch) -> dict[str, float]:
    """Mean error of token durations (frames), of the total (share) and of F0 (semitones)."""
    voice = network.conditioner(batch.embedding, batch.facts, batch.known)
    memory = network.encode(batch.tokens, batch.token_lengths, voice)
    prosody = network.predict(memory, batch.token_lengths, voice, batch.language)
    real = length_mask(batch.token_lengths, batch.tokens.shape[1])  # (B, L)
    frames = prosody.log_durations.clamp(max=6).expm1().clamp(min=0) * real
    total = batch.durations.sum(dim=1)
    voiced = (batch.f0_hz > 0) & real
    spread = 3.0 * batch.facts[:, 1, None].expand_as(prosody.pitch)
    errors = (prosody.pitch - batch.pitch).abs() * spread
    return {
        "duration_frames": float((frames - batch.durations).abs()[real].mean()),
        "length_share": float(((frames.sum(dim=1) - total).abs() / total).mean()),
        "f0_semitones": float(errors[voiced].mean()),
    }


def picture(real: Tensor, spoken: Tensor, weights: Tensor) -> Figure:
    """Real mel (n_mels, F), spoken mel (n_mels, F), upsampling weights (S, L), above each other."""
    figure = Figure(figsize=(10, 8), layout="constrained")
    titles = ("real", "spoken", "which token each step holds")
    for axes, image, title in zip(
        figure.subplots(3, 1), (real, spoken, weights.T), titles, strict=True
    ):
        axes.imshow(image.numpy(), origin="lower", aspect="auto", interpolation="nearest")
        axes.set_title(title)
    return figure
