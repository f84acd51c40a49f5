"""Blocks that the synthesizer is made of; the channel axis is last."""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def length_mask(lengths: Tensor, size: int) -> Tensor:
    """True inside each sequence: (B,) -> (B, size)."""
    return torch.arange(size, device=lengths.device)[None, :] < lengths[:, None]


class ConditionalNorm(nn.Module):
    """Layer norm whose scale and shift come from the speaker; plain when `speaker_size` is 0."""

    def __init__(self, size: int, speaker_size: int = 0) -> None:
        super().__init__()
        self.size = size
        self.scale = nn.Parameter(torch.ones(size))
        self.shift = nn.Parameter(torch.zeros(size))
        self.from_speaker = nn.Linear(speaker_size, 2 * size) if speaker_size else None
        if self.from_speaker is not None:
            nn.init.normal_(self.from_speaker.weight, std=0.02)
            nn.init.zeros_(self.from_speaker.bias)

    def scale_shift(self, speaker: Tensor | None) -> tuple[Tensor, Tensor]:
        """(B, speaker_size) -> two of (B, size)."""
        if self.from_speaker is None or speaker is None:
            return self.scale, self.shift
        scale, shift = self.from_speaker(speaker).chunk(2, dim=-1)  # (B, size) each
        return self.scale + scale, self.shift + shift

    def forward(self, values: Tensor, speaker: Tensor | None = None) -> Tensor:
        """(B, T, size), (B, speaker_size) -> (B, T, size)."""
        scale, shift = self.scale_shift(speaker)
        if scale.ndim == 2:
            scale, shift = scale[:, None], shift[:, None]  # (B, 1, size)
        return F.layer_norm(values, (self.size,)) * scale + shift


class ConvBlock(nn.Module):
    """Convolution, ReLU, (speaker-conditional) layer norm, dropout; padding stays zero."""

    def __init__(
        self, size_in: int, size_out: int, kernel: int, *, dropout: float, speaker_size: int = 0
    ) -> None:
        super().__init__()
        self.conv = nn.Conv1d(size_in, size_out, kernel, padding=kernel // 2)
        self.norm = ConditionalNorm(size_out, speaker_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, values: Tensor, mask: Tensor, speaker: Tensor | None = None) -> Tensor:
        """(B, T, size_in), mask (B, T, 1), speaker (B, D) -> (B, T, size_out)."""
        masked = (values * mask).transpose(1, 2)  # (B, size_in, T)
        hidden = F.relu(self.conv(masked)).transpose(1, 2)  # (B, T, size_out)
        return self.dropout(self.norm(hidden, speaker))


class ConvStack(nn.Module):
    """Several ConvBlocks after one another."""

    def __init__(
        self, sizes: tuple[int, ...], kernel: int, *, dropout: float, speaker_size: int = 0
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            ConvBlock(size_in, size_out, kernel, dropout=dropout, speaker_size=speaker_size)
            for size_in, size_out in itertools.pairwise(sizes)
        )

    def forward(self, values: Tensor, mask: Tensor, speaker: Tensor | None = None) -> Tensor:
        """(B, T, sizes[0]) -> (B, T, sizes[-1]); mask (B, T, 1)."""
        for block in self.blocks:
            values = block(values, mask, speaker)
        return values
