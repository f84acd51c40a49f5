"""The recognizer's other kind: 2-D convolutions, then bidirectional LSTMs, trained with CTC.

It is built of other layers than the ConvNeXt recognizer and normalises its input per clip, so that
the two make different mistakes: what both of them hear was said.

Source: the layout of Deep Speech 2 (Amodei et al. 2015, arXiv 1512.02595), much smaller.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.model import CLASSES, STRIDE, output_steps

SMALLEST_DEVIATION = 0.3  # nats; a band that hardly varies is not blown up to noise


class BidirectionalLayer(nn.Module):
    """Two LSTMs, one of which reads every clip from its own last step to the first.

    `nn.LSTM(bidirectional=True)` would begin in the padding, and packed sequences are ten times
    slower on a CPU.
    """

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.forwards = nn.LSTM(inputs, channels, batch_first=True)
        self.backwards = nn.LSTM(inputs, channels, batch_first=True)

    def forward(self, hidden: Tensor, turned: Tensor) -> Tensor:
        """(B, T, inputs) and the step to read at each turn (B, T) -> (B, T, 2 channels)."""
        behind = self.backwards(_take_steps(hidden, turned))[0]  # (B, T, channels)
        return torch.cat([self.forwards(hidden)[0], _take_steps(behind, turned)], dim=2)


class RecurrentNetwork(nn.Module):
    """Mel frames to log-probabilities of the blank and every phoneme."""

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.config = config
        maps = config.stem_channels
        self.first = nn.Conv2d(1, maps, 3, stride=(2, STRIDE), padding=1)
        self.second = nn.Conv2d(maps, maps, 3, stride=(2, 1), padding=1)
        self.project = nn.Linear(maps * ((config.mel.n_mels + 3) // 4), config.channels)
        widths = [config.channels] + [2 * config.channels] * (config.blocks - 1)
        self.layers = nn.ModuleList(BidirectionalLayer(width, config.channels) for width in widths)
        self.head = nn.Linear(2 * config.channels, CLASSES)

    def features(self, mels: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Content features and log-probabilities.

        Args:
            mels: (B, n_mels, T), padded at the end.
            frames: (B,) real lengths in mel frames.

        Returns:
            Hidden layer `feature_block` (B, ceil(T / 2), 2 C) and log-probabilities
            (B, ceil(T / 2), classes); step s covers mel frames 2 s and 2 s + 1.
        """
        lengths = output_steps(frames)[:, None]  # (B, 1)
        steps = torch.arange((mels.shape[2] + STRIDE - 1) // STRIDE, device=mels.device)[None]
        inside = steps < lengths  # (B, T')
        turned = torch.where(inside, lengths - 1 - steps, steps)  # (B, T')
        mask = inside[:, None, None]  # (B, 1, 1, T')
        image = normalize_clips(mels, frames).unsqueeze(1)  # (B, 1, n_mels, T)
        image = F.gelu(self.first(image)) * mask  # (B, M, n_mels / 2, T')
        image = F.gelu(self.second(image))  # (B, M, n_mels / 4, T')
        hidden = self.project(image.flatten(1, 2).transpose(1, 2))  # (B, T', C)
        content = hidden
        for index, layer in enumerate(self.layers, start=1):
            hidden = layer(F.dropout(hidden, self.config.dropout, self.training), turned)
            if index == self.config.feature_block:
                content = hidden
        return content, F.log_softmax(self.head(hidden).float(), dim=2)

    def forward(self, mels: Tensor, frames: Tensor) -> Tensor:
        """(B, n_mels, T), (B,) -> log-probabilities (B, ceil(T / 2), classes)."""
        return self.features(mels, frames)[1]


def normalize_clips(mels: Tensor, frames: Tensor) -> Tensor:
    """Zero mean and unit variance of every band over a clip's real frames; padding becomes 0.

    Args:
        mels: (B, n_mels, T).
        frames: (B,) real lengths.
    """
    steps = torch.arange(mels.shape[2], device=mels.device)
    mask = (steps[None] < frames[:, None]).unsqueeze(1)  # (B, 1, T)
    count = frames[:, None, None].clamp(min=1)
    mean = (mels * mask).sum(dim=2, keepdim=True) / count  # (B, n_mels, 1)
    centred = (mels - mean) * mask  # (B, n_mels, T)
    variance = centred.pow(2).sum(dim=2, keepdim=True) / count
    return centred / variance.sqrt().clamp(min=SMALLEST_DEVIATION)


def _take_steps(hidden: Tensor, order: Tensor) -> Tensor:
    """Steps of (B, T, C) in another order (B, T)."""
    return hidden.gather(1, order.unsqueeze(2).expand_as(hidden))
