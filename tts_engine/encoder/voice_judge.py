"""A second judge of voices for trainings: log mel to unit vector, differentiable.

What fits a voice to one encoder alone pleases that encoder and nobody else. This one has other layers, other
data and another input than the d-vector network: log mels over 1.7 s, half the rate at the first convolution, 1-D
ConvNeXt blocks (Liu et al. 2022, arXiv 2201.03545), attentive statistics (Okabe et al. 2018,
arXiv 1803.10963). It judges in trainings, and so never evaluates.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.mel import MelConfig
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.convnext import ConvNextBlock
from tts_engine.encoder.config import VoiceJudgeConfig
from tts_engine.errors import CheckpointError

STRIDE = 4
MEL_SCALE = 2.5  # nats: brings log mels to unit variance


class VoiceJudgeNetwork(nn.Module):
    """Log mel of a stretch of speech to a unit vector."""

    def __init__(self, config: VoiceJudgeConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Conv1d(
            config.mel.n_mels, config.channels, 2 * STRIDE + 1, stride=STRIDE, padding=STRIDE
        )
        self.blocks = nn.ModuleList(
            ConvNextBlock(config.channels, config.expansion, config.kernel)
            for _ in range(config.blocks)
        )
        self.norm = nn.LayerNorm(config.channels)
        self.attention = nn.Sequential(
            nn.Linear(config.channels, config.channels // 4),
            nn.Tanh(),
            nn.Linear(config.channels // 4, config.channels),
        )
        self.head = nn.Linear(2 * config.channels, config.embedding)

    def forward(self, mels: Tensor) -> Tensor:
        """(B, n_mels, T) -> (B, embedding), each of unit length."""
        scaled = (mels - mels.mean(dim=(1, 2), keepdim=True)) / MEL_SCALE
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
        vectors: Tensor = self.network(mels)
        return vectors
