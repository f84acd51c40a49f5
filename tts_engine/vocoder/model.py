"""HiFi-GAN generator, and the choice of the generator by config.

Source: J. Kong et al., "HiFi-GAN" (arXiv 2010.05646), parameter names of the official repository (MIT);
T. Kaneko et al., "iSTFTNet" (arXiv 2203.02395) for the inverse-STFT head. Written
anew. There is no weight normalisation.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.vocoder.config import SOURCE_FILTER, HifiGanConfig, VocoderConfig
from tts_engine.vocoder.source_filter import SourceFilterGenerator

LEAK = 0.1
EDGE_KERNEL = 7


class ResidualBlock1(nn.Module):
    """Residual pairs of a dilated and a plain convolution: (B, C, T) -> (B, C, T)."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(_same_conv(channels, kernel, step) for step in dilations)
        self.convs2 = nn.ModuleList(_same_conv(channels, kernel, 1) for _ in dilations)

    def forward(self, inputs: Tensor) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2, strict=True):
            hidden = dilated(F.leaky_relu(inputs, LEAK))
            inputs = inputs + plain(F.leaky_relu(hidden, LEAK))
        return inputs


class ResidualBlock2(nn.Module):
    """Residual dilated convolutions: (B, C, T) -> (B, C, T)."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(_same_conv(channels, kernel, step) for step in dilations)

    def forward(self, inputs: Tensor) -> Tensor:
        for convolution in self.convs:
            inputs = inputs + convolution(F.leaky_relu(inputs, LEAK))
        return inputs


class HifiGanGenerator(nn.Module):
    """Mel (B, n_mels, F) to waveform (B, F * hop) in [-1, 1]."""

    def __init__(self, config: HifiGanConfig, n_mels: int) -> None:
        super().__init__()
        self.config = config
        width = config.upsample_initial_channel
        self.conv_pre = nn.Conv1d(n_mels, width, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        block = ResidualBlock1 if config.resblock == "1" else ResidualBlock2
        for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
            self.ups.append(
                nn.ConvTranspose1d(width, width // 2, kernel, rate, padding=(kernel - rate) // 2)
            )
            width //= 2
            self.resblocks.extend(
                block(width, size, dilations)
                for size, dilations in zip(
                    config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True
                )
            )
        outputs = config.istft_fft_samples + 2 if config.istft_fft_samples else 1
        self.conv_post = nn.Conv1d(width, outputs, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        for module in self.modules():
            if isinstance(module, nn.Conv1d | nn.ConvTranspose1d) and module is not self.conv_pre:
                nn.init.normal_(module.weight, std=0.01)

    @property
    def context_frames(self) -> int:
        """Frames on either side that an output sample depends on, rounded up generously."""
        config = self.config
        reach, samples = float(EDGE_KERNEL), 1.0
        for rate in config.upsample_rates:
            samples *= rate
            widest = max(
                (size - 1) // 2 * (sum(steps) + (len(steps) if config.resblock == "1" else 0))
                for size, steps in zip(
                    config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True
                )
            )
            reach += (widest + rate) / samples
        return int(reach) + 2

    def forward(self, mel: Tensor) -> Tensor:
        hidden = self.conv_pre(mel)  # (B, C, F)
        kinds = len(self.config.resblock_kernel_sizes)
        for stage, upsample in enumerate(self.ups):
            hidden = upsample(F.leaky_relu(hidden, LEAK))
            blocks = self.resblocks[stage * kinds : (stage + 1) * kinds]
            total = blocks[0](hidden)
            for block in blocks[1:]:
                total = total + block(hidden)
            hidden = total / kinds
        hidden = self.conv_post(F.leaky_relu(hidden))  # the official code uses another slope here
        if self.config.istft_fft_samples:
            return self._inverse_stft(hidden)
        return torch.tanh(hidden).squeeze(1)

    def _inverse_stft(self, hidden: Tensor) -> Tensor:
        """Magnitudes and phases (B, fft + 2, L) to waveform (B, L * hop)."""
        size, hop = self.config.istft_fft_samples, self.config.istft_hop_samples
        bins = size // 2 + 1
        spectrum = torch.polar(
            torch.exp(hidden[:, :bins].float().clamp(max=8.0)),
            torch.pi * torch.sin(hidden[:, bins:].float()),
        )
        spectrum = F.pad(torch.view_as_real(spectrum), (0, 0, 0, 1), mode="constant")
        waveform = torch.istft(
            torch.view_as_complex(spectrum.contiguous()),
            size,
            hop_length=hop,
            window=torch.hann_window(size, device=hidden.device),
        )
        return waveform.clamp(-1, 1)  # (B, L * hop)


def build_generator(config: VocoderConfig) -> HifiGanGenerator | SourceFilterGenerator:
    """The untrained generator of a config."""
    if config.kind == SOURCE_FILTER:
        return SourceFilterGenerator(config.source_filter, config.mel)
    return HifiGanGenerator(config.hifigan, config.mel.n_mels)


def _same_conv(channels: int, kernel: int, dilation: int) -> nn.Conv1d:
    return nn.Conv1d(
        channels, channels, kernel, dilation=dilation, padding=dilation * (kernel - 1) // 2
    )
