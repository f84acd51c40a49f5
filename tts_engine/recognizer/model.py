"""Phoneme recognizer: mel -> phoneme posteriors, trained with CTC.

Source: ConvNeXt blocks (Liu et al. 2022, arXiv 2201.03545) in one dimension; CTC (Graves 2006).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.text.symbols import PHONEMES

BLANK = 0
CLASSES = len(PHONEMES) + 1
STRIDE = 2
MEL_MEAN, MEL_SCALE = -5.5, 2.5  # brings log-mels near zero mean and unit variance


def phonemes_to_classes(phonemes: list[str]) -> list[int]:
    """Output class of each phoneme; class 0 is the CTC blank."""
    return [PHONEMES.index(phoneme) + 1 for phoneme in phonemes]


class ConvBlock(nn.Module):
    """Depthwise convolution, then two linear maps, added to the input."""

    def __init__(self, config: RecognizerConfig, drop: float) -> None:
        super().__init__()
        channels = config.channels
        self.mix = nn.Conv1d(
            channels, channels, config.kernel, padding=config.kernel // 2, groups=channels
        )
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, config.expansion * channels)
        self.narrow = nn.Linear(config.expansion * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.1))
        self.drop = drop

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """(B, T, C) and a mask (B, T, 1) of real frames -> (B, T, C)."""
        mixed = self.mix((hidden * mask).transpose(1, 2)).transpose(1, 2)  # (B, T, C)
        update = self.narrow(F.gelu(self.widen(self.norm(mixed))))  # (B, T, C)
        if self.training and self.drop > 0:
            keep = torch.rand(hidden.shape[0], 1, 1, device=hidden.device) >= self.drop
            update = update * keep / (1 - self.drop)
        return hidden + self.scale * update


class RecognizerNetwork(nn.Module):
    """Mel frames to log-probabilities of the blank and every phoneme."""

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Conv1d(config.mel.n_mels, config.channels, 5, stride=STRIDE, padding=2)
        self.blocks = nn.ModuleList(
            ConvBlock(config, config.dropout * (index + 1) / config.blocks)
            for index in range(config.blocks)
        )
        self.norm = nn.LayerNorm(config.channels)
        self.head = nn.Linear(config.channels, CLASSES)

    def features(self, mels: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Content features and log-probabilities.

        Args:
            mels: (B, n_mels, T), padded at the end.
            frames: (B,) real lengths in mel frames.

        Returns:
            Hidden layer `feature_block` (B, ceil(T / 2), C) and log-probabilities
            (B, ceil(T / 2), classes); step s covers mel frames 2 s and 2 s + 1.
        """
        steps = torch.arange(mels.shape[2], device=mels.device)
        inside = (steps[None] < frames[:, None]).unsqueeze(1)  # (B, 1, T)
        scaled = (mels - MEL_MEAN) / MEL_SCALE * inside  # (B, n_mels, T)
        hidden = self.stem(scaled).transpose(1, 2)  # (B, T', C)
        mask = inside[:, 0, ::STRIDE].unsqueeze(2).to(hidden.dtype)  # (B, T', 1)
        content = hidden
        for index, block in enumerate(self.blocks, start=1):
            hidden = block(hidden, mask)
            if index == self.config.feature_block:
                content = hidden
        logits = self.head(self.norm(hidden)).float()  # (B, T', classes)
        return content, F.log_softmax(logits, dim=2)

    def forward(self, mels: Tensor, frames: Tensor) -> Tensor:
        """(B, n_mels, T), (B,) -> log-probabilities (B, ceil(T / 2), classes)."""
        return self.features(mels, frames)[1]


def output_steps(frames: Tensor) -> Tensor:
    """Number of output steps for a number of mel frames."""
    return (frames + STRIDE - 1) // STRIDE
