"""Mels varied so that few speakers, rooms and lines stand for many."""

import random

import torch
from torch import Tensor
from torch.nn import functional as F

from tts_engine.recognizer.data import LOW


def vary_rooms(mels: list[Tensor], rng: random.Random) -> list[Tensor]:
    """The judge's variation of a batch."""
    return [vary_room(mel, rng) for mel in mels]


def vary_room(mel: Tensor, rng: random.Random) -> Tensor:
    """The judge's variation: wider voices, echoes and more masks: (80, T) -> (80, T').

    Level and tilt are left alone, since the judge normalises every clip.
    """
    varied = stretch_and_warp(mel, rng.uniform(0.75, 1.3), rng.uniform(0.84, 1.18))
    if rng.random() < 0.4:
        varied = add_echo(varied, rng.uniform(0.2, 0.75))
    if rng.random() < 0.4:
        varied = add_noise_floor(varied, rng)
    return torch.clamp(mask(varied, rng, bands=3, widest_band=10, widest_gap=12), min=LOW)


def stretch_and_warp(mel: Tensor, stretch: float, warp: float) -> Tensor:
    """Change the pace and the vocal tract's length (Jaitly & Hinton 2013): (80, T) -> (80, T')."""
    bins, frames = mel.shape
    length = max(8, round(frames * stretch))
    rows = torch.clamp(torch.linspace(-1, 1, bins).add(1).mul(warp).sub(1), -1, 1)
    columns = torch.linspace(-1, 1, length)
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)  # (80, T', 2)
    return F.grid_sample(mel[None, None], grid[None], align_corners=True)[0, 0]


def add_noise_floor(mel: Tensor, rng: random.Random) -> Tensor:
    """Add steady noise with a slope of its own: (80, T) -> (80, T)."""
    slope = torch.linspace(1, -1, mel.shape[0])[:, None]
    level = rng.uniform(-11.0, -5.0) + slope * rng.uniform(0, 2)
    return torch.logaddexp(mel, level + 0.5 * torch.randn_like(mel))


def add_echo(mel: Tensor, decay: float) -> Tensor:
    """Let every frame's power ring on, `decay` of it left a frame later: (80, T) -> (80, T)."""
    taps = decay ** torch.arange(24.0)
    power = F.pad(mel.mul(2).exp(), (taps.numel() - 1, 0)).unsqueeze(1)  # (80, 1, T + taps - 1)
    return F.conv1d(power, taps.flip(0)[None, None]).squeeze(1).log().div(2)


def mask(
    mel: Tensor, rng: random.Random, *, bands: int, widest_band: int, widest_gap: int
) -> Tensor:
    """SpecAugment (Park et al. 2019, arXiv 1904.08779): bands and stretches become the mean."""
    rows, frames = mel.shape
    masked = mel.clone()
    for _ in range(bands):
        first, width = rng.randrange(rows), rng.randint(0, widest_band)
        masked[first : first + width] = masked.mean()
    for _ in range(max(1, frames // 250)):
        first, width = rng.randrange(frames), rng.randint(0, widest_gap)
        masked[:, first : first + width] = masked.mean()
    return masked
