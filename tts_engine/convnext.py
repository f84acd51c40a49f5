"""One block that networks over time are made of.

Source: ConvNeXt blocks (Liu et al. 2022, arXiv 2201.03545) in one dimension.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvNextBlock(nn.Module):
    """Depthwise convolution, then two linear maps, added to the input.

    Attributes:
        drop: share of the updates left out in training (stochastic depth, Huang et al. 2016, arXiv 1603.09382).
    """

    def __init__(self, channels: int, expansion: int, kernel: int, drop: float = 0.0) -> None:
        super().__init__()
        self.mix = nn.Conv1d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, expansion * channels)
        self.narrow = nn.Linear(expansion * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.1))
        self.drop = drop

    def forward(self, hidden: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, T, C), and a mask (B, T, 1) of real frames if there is padding -> (B, T, C)."""
        inside = hidden if mask is None else hidden * mask
        mixed = self.mix(inside.transpose(1, 2)).transpose(1, 2)  # (B, T, C)
        update = self.narrow(F.gelu(self.widen(self.norm(mixed))))  # (B, T, C)
        if self.training and self.drop > 0:
            keep = torch.rand(hidden.shape[0], 1, 1, device=hidden.device) >= self.drop
            update = update * keep / (1 - self.drop)
        return hidden + self.scale * update
