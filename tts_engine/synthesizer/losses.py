"""Training objective: three stages of mel, its edges, durations, pitch and voice facts."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from tts_engine.synthesizer.data import Batch
from tts_engine.synthesizer.layers import length_mask
from tts_engine.synthesizer.model import Mels, Prosody

EDGE_SCALES = (1, 2, 4)


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """Factor of each term of the sum."""

    draft: float = 0.5
    before: float = 0.5
    after: float = 1.0
    edges: float = 1.0
    durations: float = 0.3
    length: float = 0.1
    pitch: float = 0.1
    voiced: float = 0.1
    facts: float = 0.1
    voice: float = 0.9
    second_voice: float = 0.4
    words: float = 0.1
    deception: float = 0.4
    feature: float = 1.0


def mel_loss(predicted: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """L1 + L2 over real frames; (B, F, n_mels) twice, mask (B, F, 1)."""
    difference = (predicted - target) * mask
    count = mask.sum() * target.shape[-1]
    return (difference.abs().sum() + difference.square().sum()) / count


def edge_loss(predicted: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """L1 between the slopes in time and frequency at several scales: a blurred mel has none.

    Args:
        predicted, target: (B, F, n_mels).
        mask: (B, F, 1).
    """
    images = torch.stack([predicted * mask, target * mask], dim=1)  # (B, 2, F, n_mels)
    total = predicted.new_zeros(())
    for scale in EDGE_SCALES:
        pooled = F.avg_pool2d(images, scale) if scale > 1 else images
        for axis in (2, 3):
            slopes = pooled.diff(dim=axis)  # (B, 2, F', M')
            total = total + (slopes[:, 0] - slopes[:, 1]).abs().sum() * scale**2
    return total / (2 * len(EDGE_SCALES) * mask.sum() * target.shape[-1])


def prosody_losses(prosody: Prosody, batch: Batch) -> dict[str, Tensor]:
    """Durations (log frames), total length, pitch of voiced tokens, voicing."""
    real = length_mask(batch.token_lengths, batch.tokens.shape[1])  # (B, L)
    target = torch.log1p(batch.durations)
    durations = F.smooth_l1_loss(prosody.log_durations[real], target[real], beta=0.5)
    predicted_total = (prosody.log_durations.clamp(max=6).expm1().clamp(min=0) * real).sum(dim=1)
    total = batch.durations.sum(dim=1)  # (B,)
    voiced = (batch.f0_hz > 0) & real
    pitch = F.smooth_l1_loss(prosody.pitch[voiced], batch.pitch[voiced], beta=0.5)
    voicing = F.binary_cross_entropy_with_logits(prosody.voiced[real], voiced[real].float())
    return {
        "durations": durations,
        "length": ((predicted_total - total).abs() / total).mean(),
        "pitch": pitch,
        "voiced": voicing,
    }


def mel_losses(mels: Mels, steps: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Terms of the three mel stages; steps are the target, (B, S, step_size)."""
    n_mels = batch.mel.shape[1]

    def to_frames(values: Tensor) -> Tensor:
        return values.reshape(values.shape[0], -1, n_mels)  # (B, F, n_mels)

    target = to_frames(steps)
    mask = length_mask(batch.frames, target.shape[1])[..., None].to(target.dtype)  # (B, F, 1)
    after = to_frames(mels.after)
    return {
        "draft": mel_loss(to_frames(mels.draft), target, mask),
        "before": mel_loss(to_frames(mels.before), target, mask),
        "after": mel_loss(after, target, mask),
        "edges": edge_loss(after, target, mask),
    }


def facts_loss(predicted: Tensor, facts: Tensor) -> Tensor:
    """Facts from the embedding alone: (B, facts_size) twice."""
    return F.smooth_l1_loss(predicted, facts, beta=0.2)


def weighted_sum(terms: dict[str, Tensor], weights: object) -> Tensor:
    """Sum of all terms, each by the attribute of `weights` that has its name."""
    return torch.stack([getattr(weights, name) * value for name, value in terms.items()]).sum()
