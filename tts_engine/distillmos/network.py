"""DistillMOS's network: convolutions over a compressed spectrogram, a transformer, attention pooling.

Source: Stahl and Gamper 2025, "Distillation and Pruning for Scalable Self-Supervised Representation-Based Speech
Quality Assessment", arXiv 2502.05356; it was taught by quality models that stand on XLS-R.
"""

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SAMPLE_RATE_HZ = 16_000


@dataclass(frozen=True, kw_only=True)
class DistillMosConfig:
    """Sizes of variant 7.

    Attributes:
        segment_samples: what the network hears at once, at 16 kHz; longer clips are heard in several
            segments, at most `hop_samples` apart (the package: 16,000, for eight times the work).
    """

    segment_samples: int = 122_880
    hop_samples: int = 61_440
    window: int = 320
    hop: int = 160
    channels: tuple[int, ...] = (64, 64, 128, 256, 256, 256)
    width: int = 200
    heads: int = 8
    layers: int = 7
    steps: int = 384


class DistillMosNetwork(nn.Module):
    """Segments of sound to scores; parameters are named as in the package."""

    def __init__(self, config: DistillMosConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        bands, inputs = config.window // 2 + 1, 2
        for index, channels in enumerate(config.channels):
            stride = (2 if index else 1, 2 if index == len(config.channels) - 1 else 1)
            layers += [nn.Conv2d(inputs, channels, 3, stride, padding=(0, 1)), nn.LeakyReLU(0.1)]
            bands, inputs = (bands - 3) // stride[0] + 1, channels
        self.cnn = nn.ModuleDict({"cnn": nn.Sequential(*layers)})
        self.transformer_pool_attn = TransformerHead(config, inputs * bands)

    def forward(self, segments: Tensor) -> Tensor:
        """(B, segment_samples) -> scores (B,), 1 to 5."""
        share: Tensor = self.transformer_pool_attn(self.features(segments))
        return 1 + 4 * share

    def features(self, segments: Tensor) -> Tensor:
        """What the convolutions tell, the loudest sample of a segment being 1: (B, T) -> (B, T / 320, 1024)."""
        loudest = segments.abs().amax(dim=1, keepdim=True)
        maps = self.cnn["cnn"](self._spectrogram(segments / (loudest + 1e-8)))  # (B, C, F, T)
        told: Tensor = maps.flatten(1, 2).transpose(1, 2)
        return told

    def _spectrogram(self, segments: Tensor) -> Tensor:
        """Compressed complex spectrogram: (B, T) -> (B, 2, bands, frames)."""
        window, hop = self.config.window, self.config.hop
        edge = (window - hop) // 2
        spectrum = torch.view_as_real(
            torch.stft(
                F.pad(segments, (edge, edge), mode="reflect"),
                n_fft=window,
                hop_length=hop,
                center=False,
                return_complex=True,
                window=torch.hann_window(window, device=segments.device),
            )
        )
        magnitude = spectrum.pow(2).sum(dim=-1, keepdim=True).sqrt().clip(1e-12)
        return (magnitude**0.3 * spectrum / magnitude).permute(0, 3, 1, 2)


class TransformerHead(nn.Module):
    """Transformer over the frames, and one score from all of them."""

    def __init__(self, config: DistillMosConfig, inputs: int) -> None:
        super().__init__()
        self.norm_input = nn.BatchNorm1d(inputs)
        self.transformer = nn.ModuleDict(
            {
                "norm": nn.BatchNorm1d(inputs),
                "linear_proj": nn.Linear(inputs, config.width),
                "transformer_encoder": nn.TransformerEncoder(
                    nn.TransformerEncoderLayer(
                        config.width, config.heads, 2 * config.width, dropout=0.0, batch_first=True
                    ),
                    config.layers,
                ),
            }
        )
        self.norm_trans = nn.BatchNorm1d(config.width)
        self.pool = nn.ModuleDict(
            {
                "linear1": nn.Linear(config.width, 2 * config.width),
                "linear2": nn.Linear(2 * config.width, 1),
                "linear3": nn.Linear(config.width, 1),
            }
        )
        self.places: Tensor
        self.register_buffer("places", _places(config), persistent=False)

    @property
    def linear_proj(self) -> nn.Linear:
        """Before the transformer."""
        return cast(nn.Linear, self.transformer["linear_proj"])

    @property
    def transformer_encoder(self) -> nn.TransformerEncoder:
        """Its layers."""
        return cast(nn.TransformerEncoder, self.transformer["transformer_encoder"])

    def affine(self) -> tuple[Tensor, Tensor]:
        """Gain and shift of each channel, (C,) each: what both norms do to features once they are trained."""
        gain, shift = torch.ones(1), torch.zeros(1)
        for norm in (self.norm_input, cast(nn.BatchNorm1d, self.transformer["norm"])):
            state = norm.state_dict()
            own = state["weight"] / (state["running_var"] + norm.eps).sqrt()
            gain, shift = gain * own, (shift - state["running_mean"]) * own + state["bias"]
        return gain, shift

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, C) -> (B,), 0 to 1."""
        normed = self.transformer["norm"](self.norm_input(features.transpose(1, 2)))
        hidden = self.linear_proj(normed.transpose(1, 2)) + self.places
        hidden = self.transformer_encoder(hidden)  # (B, T, width)
        hidden = self.norm_trans(hidden.transpose(1, 2)).transpose(1, 2)
        weights = self.pool["linear2"](self.pool["linear1"](hidden).relu()).softmax(dim=1)
        score: Tensor = self.pool["linear3"]((weights * hidden).sum(dim=1))
        return score.squeeze(1).sigmoid()


def _places(config: DistillMosConfig) -> Tensor:
    """Sinusoids that tell a step's place, shape (1, steps, width)."""
    rates = torch.exp(
        torch.arange(0, config.width, 2) * (-math.log(2 * config.steps) / config.width)
    )
    angles = torch.arange(config.steps)[:, None] * rates  # (steps, width / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[None]
