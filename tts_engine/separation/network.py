"""The two U-Nets of Spleeter's 2-stem model: one estimates the spectrum of the vocals, one that of the accompaniment.

Source: R. Hennequin, A. Khlif, F. Voituret, M. Moussallam (2020), "Spleeter: a fast and efficient music source
separation tool with pre-trained models", JOSS 5(50), 2154; A. Jansson et al. (2017), "Singing voice separation with
deep U-Net convolutional networks", ISMIR.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.2  # of the leaky rectifiers


@dataclass(frozen=True)
class SeparationConfig:
    """What the weights were trained for.

    Attributes:
        rate_hz: of the songs.
        window: samples of a frame of the spectrum, Hann.
        hop: samples from one to the next.
        bins: lowest bins that are heard, up to 11 kHz.
        frames: heard at once, a multiple of 64.
        channels: of the maps on the way down.
    """

    rate_hz: int = 44_100
    window: int = 4096
    hop: int = 1024
    bins: int = 1024
    frames: int = 512
    channels: tuple[int, ...] = (16, 32, 64, 128, 256, 512)


class Affine(nn.Module):
    """A scale and a shift for each channel: a batch normalisation whose statistics were never gathered."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, H, W) -> the same."""
        return maps * self.scale[:, None, None] + self.shift[:, None, None]


class UNet(nn.Module):
    """Magnitudes of a song to those of one of its two sides."""

    def __init__(self, config: SeparationConfig) -> None:
        super().__init__()
        widths = (2, *config.channels)
        self.downs = nn.ModuleList(
            nn.Conv2d(into, out, 5, stride=2) for into, out in pairwise(widths)
        )
        self.down_norms = nn.ModuleList(Affine(width) for width in widths[1:-1])
        outs = (*reversed(config.channels[:-1]), 1)
        intos = (config.channels[-1], *(2 * width for width in outs[:-1]))
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(into, out, 5, stride=2)
            for into, out in zip(intos, outs, strict=True)
        )
        self.up_norms = nn.ModuleList(Affine(width) for width in outs)
        self.mask = nn.Conv2d(1, 2, 4, dilation=2, padding=3)

    def forward(self, magnitudes: Tensor) -> Tensor:
        """(B, 2, frames, bins) -> the same; frames and bins are multiples of 64."""
        maps, skipped = magnitudes, []
        for index, down in enumerate(self.downs):
            maps = down(F.pad(maps, (1, 2, 1, 2)))  # (B, C, frames / 2, bins / 2)
            skipped.append(maps)
            if index < len(self.down_norms):
                maps = F.leaky_relu(self.down_norms[index](maps), SLOPE)
        skipped.pop()
        for up, norm in zip(self.ups, self.up_norms, strict=True):
            maps = norm(F.relu(up(maps)[:, :, 1:-2, 1:-2]))
            if skipped:
                maps = torch.cat([skipped.pop(), maps], dim=1)
        return torch.sigmoid(self.mask(maps)) * magnitudes


class Separator(nn.Module):
    """Both of them."""

    def __init__(self, config: SeparationConfig) -> None:
        super().__init__()
        self.config = config
        self.vocals = UNet(config)
        self.accompaniment = UNet(config)

    def forward(self, magnitudes: Tensor) -> Tensor:
        """Share of the vocals in the power of each bin.

        Args:
            magnitudes: of the spectrum, (B, 2, frames, bins).

        Returns:
            (B, 2, frames, bins), 0 to 1; one half where neither side has any.
        """
        vocals = self.vocals(magnitudes).square()
        whole = vocals + self.accompaniment(magnitudes).square()
        return (vocals + 0.5e-10) / (whole + 1e-10)
