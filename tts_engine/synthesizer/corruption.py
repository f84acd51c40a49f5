"""Spoiling what a teacher-forced decoder hears, so that it listens to text and voice instead."""

import torch
from torch import Tensor

from tts_engine.synthesizer.durations import shift_steps

STRETCH = 0.08  # standard deviation of the vocal-tract factor
CHANNEL = 0.25  # of each of four cosine terms, in normalised mel
NOISE = 0.1
LOST_STEPS = 0.1


def corrupt_context(steps: Tensor, n_mels: int) -> Tensor:
    """Spoil the teacher's previous frames, so that timbre and detail must come from the conditioning.

    Half of the clips get another vocal-tract length (the mel axis is stretched) and another channel (a smooth
    random curve); all get noise, and some steps vanish. Uses torch's global generator.

    Args:
        steps: normalised mel, (B, S, step_size).
        n_mels: values of one frame.
    """
    batch, device = steps.shape[0], steps.device
    frames = steps.reshape(batch, -1, n_mels)  # (B, F, n_mels)
    spoiled = torch.rand(batch, 1, 1, device=device) < 0.5  # (B, 1, 1)
    bins = torch.arange(n_mels, device=device, dtype=steps.dtype)
    stretch = 1 + STRETCH * torch.randn(batch, 1, device=device)
    source = (bins * stretch).clamp(0, n_mels - 1)  # (B, n_mels)
    warp = (1 - (bins[None, :, None] - source[:, None, :]).abs()).clamp(min=0)  # (B, from, to)
    order = torch.arange(1, 5, device=device)[:, None]
    curves = torch.cos(torch.pi * order * (bins + 0.5) / n_mels)  # (4, n_mels)
    channel = CHANNEL * torch.randn(batch, 1, 4, device=device) @ curves  # (B, 1, n_mels)
    frames = torch.where(spoiled, frames @ warp + channel, frames)
    frames = frames + NOISE * torch.randn_like(frames)
    kept = torch.rand(batch, steps.shape[1], 1, device=device) > LOST_STEPS  # (B, S, 1)
    return frames.reshape(steps.shape) * kept


def mix_own_output(previous: Tensor, draft: Tensor) -> Tensor:
    """Blend the teacher with the model's own smooth draft in half of the clips, all (B, S, C).

    When speaking the decoder hears itself, and it is smoother than real speech.
    """
    share = torch.rand(previous.shape[0], 1, 1, device=previous.device)
    share = torch.where(torch.rand_like(share) < 0.5, share, torch.zeros_like(share))
    return previous + share * (shift_steps(draft) - previous)
