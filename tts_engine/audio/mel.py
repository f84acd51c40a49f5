"""Log-mel analysis shared by every stage: exactly that of HiFi-GAN.

Source: J. Kong et al., "HiFi-GAN" (arXiv 2010.05646), official `meldataset.py` (MIT):
slaney mel filters, reflect padding of (fft - hop) / 2, no centring, log(clamp(1e-5)).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

BLOCK_FRAMES = 3000
LOG_FLOOR = 1e-5


@dataclass(frozen=True, kw_only=True)
class MelConfig:
    """Analysis settings; stored beside every checkpoint."""

    sample_rate_hz: int = 22_050
    fft_samples: int = 1024
    hop_samples: int = 256
    n_mels: int = 80
    low_hz: float = 0.0
    high_hz: float = 8000.0

    def __post_init__(self) -> None:
        if self.fft_samples % self.hop_samples:
            raise ValueError(f"hop {self.hop_samples} must divide fft {self.fft_samples}")

    @property
    def frames_per_second(self) -> float:
        return self.sample_rate_hz / self.hop_samples


def band_edges(config: MelConfig) -> NDArray[np.float64]:
    """Hz at which the triangles begin, peak and end: band k has k, k + 1, k + 2 of (n_mels + 2,)."""
    return _edges(config.low_hz, config.high_hz, config.n_mels)


@lru_cache(maxsize=8)
@torch.inference_mode(False)  # whoever asks first, a training may use it
def mel_filterbank(config: MelConfig) -> Tensor:
    """Triangular slaney filters on the CPU, shape (n_mels, fft_samples // 2 + 1)."""
    return slaney_filters(
        sample_rate_hz=config.sample_rate_hz,
        fft_samples=config.fft_samples,
        n_mels=config.n_mels,
        low_hz=config.low_hz,
        high_hz=config.high_hz,
    )


def slaney_filters(
    *, sample_rate_hz: int, fft_samples: int, n_mels: int, low_hz: float, high_hz: float
) -> Tensor:
    """Triangles of equal area, evenly spaced on the mel scale: (n_mels, fft_samples // 2 + 1).

    Source: M. Slaney's Auditory Toolbox, as `librosa.filters.mel` has it. Not called from there: it brings
    numba and LLVM along, 130 MB and a second in every process.
    """
    edges = _edges(low_hz, high_hz, n_mels)
    bins = np.linspace(0, sample_rate_hz / 2, fft_samples // 2 + 1)
    from_edge = bins - edges[:, None]  # (n_mels + 2, bins)
    widths = np.diff(edges)[:, None]
    rising, falling = from_edge[:-2] / widths[:-1], -from_edge[2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return torch.from_numpy(triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).float()


def _edges(low_hz: float, high_hz: float, n_mels: int) -> NDArray[np.float64]:
    low, high = _hz_to_mel(np.array([low_hz, high_hz]))
    return _mel_to_hz(np.linspace(low, high, n_mels + 2))


# Linear up to 1,000 Hz, which is 15 mel; from there 27 mel for a factor of 6.4.
def _hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    above = np.log(np.maximum(hz, 1000.0) / 1000.0) * 27 / np.log(6.4)
    return np.asarray(np.minimum(hz, 1000.0) * 3 / 200 + above)


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    factor = np.exp(np.maximum(mels - 15, 0) * np.log(6.4) / 27)
    return np.asarray(np.minimum(mels, 15.0) * 200 / 3 * factor)


def magnitude(waveform: Tensor, *, fft_samples: int, hop_samples: int) -> Tensor:
    """Magnitude spectrogram: (B, T) -> (B, fft_samples // 2 + 1, T // hop_samples)."""
    return _magnitude(_padded(waveform, fft_samples, hop_samples), fft_samples, hop_samples)


def log_mel(waveform: Tensor, config: MelConfig) -> Tensor:
    """Natural-log mel spectrogram: (B, T) in [-1, 1] -> (B, n_mels, T // hop_samples).

    Half a minute at a time: the spectra of half an hour would take 2 GB.
    """
    size, hop = config.fft_samples, config.hop_samples
    padded, frames = _padded(waveform, size, hop), waveform.shape[-1] // hop
    filters = mel_filterbank(config).to(waveform.device)
    blocks = []
    for first in range(0, frames, BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, frames) - 1
        spectrum = _magnitude(padded[:, first * hop : last * hop + size], size, hop)
        blocks.append(torch.log(torch.clamp(filters @ spectrum, min=LOG_FLOOR)))
    return torch.cat(blocks, dim=-1)


def read_at(bands: Tensor, rows: NDArray[np.float64], times: NDArray[np.float64]) -> Tensor:
    """Bilinear reading of (R, T) at fractional rows (R',) and times (T',): (R', T')."""
    size = np.array([bands.shape[1] - 1, bands.shape[0] - 1])
    grid = np.stack(np.meshgrid(times, rows), axis=-1) / size * 2 - 1  # (R', T', 2)
    points = torch.from_numpy(grid).to(bands)[None]
    return F.grid_sample(bands[None, None], points, align_corners=True)[0, 0]


def _padded(waveform: Tensor, fft_samples: int, hop_samples: int) -> Tensor:
    margin = (fft_samples - hop_samples) // 2
    return F.pad(waveform.unsqueeze(1), (margin, margin), mode="reflect").squeeze(1)


def _magnitude(padded: Tensor, fft_samples: int, hop_samples: int) -> Tensor:
    spectrum = torch.stft(
        padded,
        fft_samples,
        hop_length=hop_samples,
        window=torch.hann_window(fft_samples, device=padded.device),
        center=False,
        return_complex=True,
    )  # (B, bins, frames)
    return torch.sqrt(spectrum.real.pow(2) + spectrum.imag.pow(2) + 1e-9)
