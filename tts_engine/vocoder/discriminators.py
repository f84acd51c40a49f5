"""Discriminators on log spectrograms of several resolutions.

They stand in for the period and scale discriminators of HiFi-GAN: on a CPU those cost ten times the generator.
Source: multi-resolution discriminator of UnivNet (arXiv 2106.07889), with fewer channels and with bins above
the band of a recording hidden, so that a narrow-band recording is no tell-tale.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from tts_engine.vocoder.losses import band_mask, power_spectrum

DISCRIMINATOR_FFT_SAMPLES = (1024, 512, 256)
LOG_POWER_FLOOR = 1e-5
LEAK = 0.1


class SpectrogramDiscriminator(nn.Module):
    """One resolution: strided 2-D convolutions along frequency."""

    def __init__(self, fft_samples: int, channels: int, sample_rate_hz: int) -> None:
        super().__init__()
        self.fft_samples, self.sample_rate_hz = fft_samples, sample_rate_hz
        widths = (1, channels, 2 * channels, 2 * channels, 4 * channels)
        strides = (4, 2, 2, 2) if fft_samples > 512 else (2, 2, 2, 2)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(before, after, (7, 3), stride=(stride, 1), padding=(3, 1)))
            for before, after, stride in zip(widths[:-1], widths[1:], strides, strict=True)
        )
        self.exit = weight_norm(nn.Conv2d(widths[-1], 1, (3, 3), padding=(1, 1)))

    def forward(self, waveform: Tensor, band_hz: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Scores (B, bins', frames) and hidden layers of waveforms (B, T)."""
        mask = band_mask(self.fft_samples // 2 + 1, band_hz, self.sample_rate_hz)
        power = power_spectrum(waveform, self.fft_samples)
        hidden = (0.25 * torch.log(power + LOG_POWER_FLOOR) + 1.0) * mask
        hidden = hidden[:, None, :-1]  # (B, 1, bins, frames)
        layers = []
        for layer in self.layers:
            hidden = F.leaky_relu(layer(hidden), LEAK)
            layers.append(hidden)
        return self.exit(hidden).squeeze(1), layers


class Discriminators(nn.Module):
    """All resolutions together."""

    def __init__(
        self,
        sample_rate_hz: int,
        channels: int = 16,
        fft_samples: Sequence[int] = DISCRIMINATOR_FFT_SAMPLES,
    ) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            SpectrogramDiscriminator(size, channels, sample_rate_hz) for size in fft_samples
        )

    def forward(self, waveform: Tensor, band_hz: Tensor) -> tuple[list[Tensor], list[list[Tensor]]]:
        """Scores and hidden layers of every part for waveforms (B, T)."""
        results = [part(waveform, band_hz) for part in self.parts]
        return [scores for scores, _ in results], [layers for _, layers in results]
