"""A second judge of voices for trainings: log mel to unit vector, differentiable.

What fits a voice to one encoder alone pleases that encoder and nobody else. This one has other layers, other
data and another input than the d-vector network: bands over 1.7 s, half the rate at the first convolution, 1-D
ConvNeXt blocks (Liu et al. 2022, arXiv 2201.03545), attentive statistics (Okabe et al. 2018,
arXiv 1803.10963). It judges in trainings, and so never evaluates.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.cepstra import FEATURES, bands_to_features, mel_to_bands
from tts_engine.audio.mel import MelConfig
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.config import WIDE, VoiceJudgeConfig
from tts_engine.errors import CheckpointError

STRIDE = 4
MEL_SCALE = 2.5  # nats: brings log mels to unit variance


class VoiceJudgeNetwork(nn.Module):
    """Bands of a stretch of speech to a unit vector."""

    def __init__(self, config: VoiceJudgeConfig) -> None:
        super().__init__()
        self.config = config
        inputs = FEATURES if config.bands == WIDE else config.mel.n_mels
        self.stem = nn.Conv1d(
            inputs, config.channels, 2 * STRIDE + 1, stride=STRIDE, padding=STRIDE
        )
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.channels)
        self.attention = nn.Sequential(
            nn.Linear(config.channels, config.channels // 4),
            nn.Tanh(),
            nn.Linear(config.channels // 4, config.channels),
        )
        self.head = nn.Linear(2 * config.channels, config.embedding)

    def forward(self, bands: Tensor) -> Tensor:
        """(B, bands, T) -> (B, embedding), each of unit length."""
        if self.config.bands == WIDE:
            frames = torch.full((bands.shape[0],), bands.shape[2], device=bands.device)
            scaled = bands_to_features(bands, frames)  # (B, 60, T)
        else:
            scaled = (bands - bands.mean(dim=(1, 2), keepdim=True)) / MEL_SCALE
        hidden = self.stem(scaled).transpose(1, 2)  # (B, S, C)
        for block in self.blocks:
            hidden = block(hidden)
        hidden = self.norm(hidden)
        weights = self.attention(hidden).float().softmax(dim=1)  # (B, S, C)
        values = hidden.float()
        mean = (weights * values).sum(dim=1)  # (B, C)
        variance = (weights * (values - mean[:, None]).square()).sum(dim=1)
        pooled = torch.cat([mean, (variance + 1e-5).sqrt()], dim=1)  # (B, 2 C)
        return F.normalize(self.head(pooled).float(), dim=1)


class _Block(nn.Module):
    """Depthwise convolution, then two linear maps, added to the input: (B, S, C) -> (B, S, C)."""

    def __init__(self, config: VoiceJudgeConfig) -> None:
        super().__init__()
        channels = config.channels
        self.mix = nn.Conv1d(
            channels, channels, config.kernel, padding=config.kernel // 2, groups=channels
        )
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, config.expansion * channels)
        self.narrow = nn.Linear(config.expansion * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.1))

    def forward(self, hidden: Tensor) -> Tensor:
        mixed = self.mix(hidden.transpose(1, 2)).transpose(1, 2)
        update: Tensor = self.narrow(F.gelu(self.widen(self.norm(mixed))))
        return hidden + self.scale * update


class VoiceJudge(nn.Module):
    """Vectors of log mels; its weights never change."""

    def __init__(self, network: VoiceJudgeNetwork) -> None:
        super().__init__()
        self.network = network.eval().requires_grad_(False)
        self.window_frames = network.config.window_frames

    @classmethod
    def load(cls, folder: Path, mel: MelConfig) -> "VoiceJudge":
        """The judge in `folder` for mels of this analysis; CheckpointError when it does not fit."""
        config, weights = load_checkpoint(folder, VoiceJudgeConfig)
        if config.mel != mel:
            raise CheckpointError(
                "mel_mismatch",
                f"{folder} hears mels of another analysis: {config.mel}, not {mel}",
                f"{folder} слышит мел-спектрограммы другого анализа: {config.mel}, а не {mel}",
            )
        network = VoiceJudgeNetwork(config)
        load_into(network, weights, folder)
        return cls(network)

    def forward(self, mels: Tensor) -> Tensor:
        """Log mels (B, n_mels, F) -> (B, embedding) of unit length; `window_frames` is the best F."""
        config = self.network.config
        bands = mel_to_bands(mels, config.mel) if config.bands == WIDE else mels
        vectors: Tensor = self.network(bands)
        return vectors
