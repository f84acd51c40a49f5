"""The detector's network: levels of bands -> one logit, above 0 where a machine speaks.

Source: light CNN with max-feature-map (Wu et al. 2018, arXiv 1511.02683), as it tells spoofed speech (Lavrentyeva et
al. 2019, arXiv 1904.05576); here smaller, and pooled by mean and deviation over the loud steps (Snyder et al. 2018).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.detection.config import DetectorConfig

STRIDE = 8  # frames of a step


class MaxConv(nn.Module):
    """A convolution of twice the channels, the larger of each pair, normalised."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, 2 * outputs, kernel, stride=stride, padding=kernel // 2)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, values: Tensor) -> Tensor:
        """(B, C, T, F) -> (B, outputs, T / stride, F / stride)."""
        first, second = self.conv(values).chunk(2, dim=1)
        normal: Tensor = self.norm(torch.maximum(first, second))
        return normal


class DetectorNetwork(nn.Module):
    """Stretches of speech to logits."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.config = config
        a, b, c, d = config.channels
        self.stem = MaxConv(1 + config.fine_windows, a, 5, stride=2)
        self.wide = nn.Sequential(MaxConv(a, a, 1), MaxConv(a, b, 3))
        self.middle = nn.Sequential(MaxConv(b, b, 1), MaxConv(b, c, 3))
        self.narrow = nn.Sequential(MaxConv(c, c, 1), MaxConv(c, d, 3))
        self.step = nn.Linear(d * config.bands // 16, 2 * config.step_size)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(2 * config.step_size, 1)

    def forward(self, levels: Tensor, loud: Tensor) -> Tensor:
        """(B, T, views, bands) of `normalized` and (B, T), T a multiple of 8 -> logits (B,)."""
        hidden = self.stem(levels.transpose(1, 2))  # (B, a, T / 2, bands / 2)
        hidden = F.max_pool2d(self.wide(hidden), 2)  # (B, b, T / 4, bands / 4)
        hidden = F.max_pool2d(self.middle(hidden), 2)  # (B, c, T / 8, bands / 8)
        hidden = F.max_pool2d(self.narrow(hidden), (1, 2))  # (B, d, T / 8, bands / 16)
        steps = hidden.transpose(1, 2).flatten(2)  # (B, T / 8, d * bands / 16)
        first, second = self.step(self.dropout(steps)).chunk(2, dim=2)
        values = torch.maximum(first, second).float()  # (B, T / 8, step_size)
        weights = loud.float().unflatten(1, (-1, STRIDE)).mean(dim=2)[..., None]  # (B, T / 8, 1)
        weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-6)
        mean = (weights * values).sum(dim=1)  # (B, step_size)
        variance = (weights * (values - mean[:, None]).square()).sum(dim=1)
        pooled = torch.cat([mean, (variance + 1e-5).sqrt()], dim=1)
        return self.head(pooled).squeeze(1)
