"""Losses of the vocoder: distances of spectra, adversarial losses, pitch.

Sources: energy distance of spectrograms, A. Gritsenko et al. (arXiv 2008.01160); least-squares adversarial
and feature-matching losses as in HiFi-GAN (arXiv 2010.05646). Written from the papers.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FFT_SAMPLES = (2048, 1024, 512, 256, 128)
POWER_FLOOR = 2.5e-5
BAND_MARGIN = 0.95  # the resampling filter rolls off below half the source rate


def band_mask(bins: int, band_hz: Tensor, sample_rate_hz: int) -> Tensor:
    """1 for bins that a recording can hold, 0 above: (B,) -> (B, bins, 1)."""
    bin_hz = torch.linspace(0, sample_rate_hz / 2, bins, device=band_hz.device)
    return (bin_hz[None, :, None] <= BAND_MARGIN * band_hz[:, None, None]).float()


def power_spectrum(waveform: Tensor, fft_samples: int) -> Tensor:
    """Squared magnitudes, hop of a quarter: (B, T) -> (B, fft_samples // 2 + 1, frames)."""
    window = torch.hann_window(fft_samples, device=waveform.device)
    spectrum = torch.stft(
        waveform.float(),
        fft_samples,
        hop_length=fft_samples // 4,
        window=window,
        center=False,
        return_complex=True,
    )
    return torch.view_as_real(spectrum).square().sum(-1)


class SpectralDistance(nn.Module):
    """Distance of two waveforms in short-time spectra of several window lengths.

    Per frame: the root mean square of the differences of log magnitudes, plus the mean absolute
    difference of magnitudes relative to the mean of the reference.
    """

    def __init__(self, sample_rate_hz: int, fft_samples: Sequence[int] = FFT_SAMPLES) -> None:
        super().__init__()
        self.sample_rate_hz, self.fft_samples = sample_rate_hz, tuple(fft_samples)

    def energy_loss(self, draws: Tensor, target: Tensor, band_hz: Tensor) -> tuple[Tensor, Tensor]:
        """Energy distance between two independent draws (B, 2, T) and the target (B, T).

        Taking off the distance between the draws makes noise pay: without it the best answer to noise
        is a flat buzz at the median of its magnitudes.

        Returns:
            The loss, and the plain distance to the target for the log.
        """
        plain, spread = draws.new_zeros(()), draws.new_zeros(())
        for size in self.fft_samples:
            mask = band_mask(size // 2 + 1, band_hz, self.sample_rate_hz)
            real = power_spectrum(target, size)
            first, second = (power_spectrum(draws[:, index], size) for index in range(2))
            scale = _mean_magnitude(real, mask)
            plain = plain + 0.5 * (
                _distance(first, real, mask, scale) + _distance(second, real, mask, scale)
            )
            spread = spread + _distance(first, second, mask, scale)
        return (2 * plain - spread) / len(self.fft_samples), plain / len(self.fft_samples)

    def forward(self, waveform: Tensor, target: Tensor, band_hz: Tensor) -> Tensor:
        """Plain distance of (B, T) to (B, T)."""
        total = waveform.new_zeros(())
        for size in self.fft_samples:
            mask = band_mask(size // 2 + 1, band_hz, self.sample_rate_hz)
            real = power_spectrum(target, size)
            scale = _mean_magnitude(real, mask)
            total = total + _distance(power_spectrum(waveform, size), real, mask, scale)
        return total / len(self.fft_samples)


def _mean_magnitude(power: Tensor, mask: Tensor) -> Tensor:
    share = mask.mean(1, keepdim=True)  # (B, 1, 1)
    mean = ((power + POWER_FLOOR).sqrt() * mask).mean((1, 2), keepdim=True) / share
    return mean + 0.05  # silence must not be magnified


def _distance(power: Tensor, other: Tensor, mask: Tensor, scale: Tensor) -> Tensor:
    magnitude, reference = (power + POWER_FLOOR).sqrt(), (other + POWER_FLOOR).sqrt()
    share = mask.mean(1)  # (B, 1)
    ratio = (magnitude / reference).log() * mask
    logs = torch.sqrt(ratio.square().mean(1) / share + 1e-5)  # (B, frames)
    linear = ((magnitude - reference).abs() * mask).mean(1) / share / scale[:, 0]
    return (logs + linear).mean()


def pitch_loss(logits: Tensor, voicing: Tensor, f0_hz: Tensor, classes_hz: Tensor) -> Tensor:
    """Cross entropy of the pitch of voiced frames and of voicing.

    Args:
        logits: (B, F, bins). voicing: (B, F), logits. f0_hz: (B, F), 0 where unvoiced.
        classes_hz: (bins,).
    """
    voiced = f0_hz > 0
    loss = F.binary_cross_entropy_with_logits(voicing, voiced.float())
    if not voiced.any():
        return loss
    log_hz = classes_hz.log()
    width = log_hz[1] - log_hz[0]
    offset = (f0_hz[voiced].log()[:, None] - log_hz) / width  # (voiced, bins)
    target = torch.softmax(-0.5 * (offset / 1.5).square(), dim=-1)
    return loss + F.cross_entropy(logits[voiced], target)


def discriminator_loss(real: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """Least squares: real scores to 1, made ones to 0."""
    losses = [
        (1 - one).square().mean() + other.square().mean()
        for one, other in zip(real, fake, strict=True)
    ]
    return torch.stack(losses).mean()


def deception_loss(fake: Sequence[Tensor]) -> Tensor:
    """Least squares: scores of made sound to 1."""
    return torch.stack([(1 - scores).square().mean() for scores in fake]).mean()


def feature_loss(real: Sequence[Sequence[Tensor]], fake: Sequence[Sequence[Tensor]]) -> Tensor:
    """Mean relative difference of the discriminators' hidden layers."""
    losses = [
        (one.detach() - other).abs().mean() / (one.detach().abs().mean() + 1e-3)
        for layers, others in zip(real, fake, strict=True)
        for one, other in zip(layers, others, strict=True)
    ]
    return torch.stack(losses).mean()
