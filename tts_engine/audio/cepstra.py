"""Wide bands and cepstra as CMU Sphinx makes them, read off a log-mel: the ear's front end.

The many Russian speakers of VoxForge are in reach only as 13 cepstra of the telephone band. So whatever
is heard is brought to them, and above that band to a few more bands of the same width, which stay
silent where a source has nothing there: features, telephone calls.

    log-mel (80 bands)  ->  log powers of 22 wide bands  ->  13 cepstra and 7 bands, with their slopes

Source: S. Davis and P. Mermelstein (1980); settings of SphinxTrain for 8 kHz, found by comparing files
of features with the recordings they were made from: 15 triangles from 200 to 3500 Hz on HTK's mel
scale, orthonormal DCT, lifter 22.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.mel import MelConfig, band_edges

Array = NDArray[np.float64]

COEFFICIENTS = 13
LOW_BANDS = 15  # of the telephone band, which the cepstra describe
HIGH_BANDS = 7  # of the same width on the mel scale, up to 7.5 kHz
BANDS = LOW_BANDS + HIGH_BANDS
FEATURES = 3 * (COEFFICIENTS + HIGH_BANDS)  # with slopes and slopes of slopes
LOW_HZ, HIGH_HZ = 200.0, 3500.0
LIFTER = 22
DEEPEST = 12.0  # nats below the loudest band, 52 dB: deeper silence is all one
LOUD = 27.0  # units of the first coefficient, 30 dB: what is this far below the peak is no speech
SMALLEST_DEVIATION = 1.0  # what hardly varies is not blown up to noise
USUAL_FRAMES = 80  # 0.9 s: what is usual weighs as much, for one word does not tell a line's colour
# cepstra of 300 clips of read speech on average; the first below that of the loudest frame
USUAL_MEAN = (-14.5, 13.8, 10.5, 8.1, -0.7, -1.9, -3.3, 2.2, -1.1, 1.5, 0.9, 0.8, 0.9)
USUAL_DEVIATION = (6.8, 10.9, 12.6, 12.3, 10.8, 11.5, 10.2, 9.6, 8.9, 8.0, 7.2, 6.3, 5.8)


def mel_to_bands(mel: Tensor, config: MelConfig) -> Tensor:
    """Log powers of the wide bands: log-mel (..., n_mels, T) -> (..., 22, T)."""
    return torch.log(wide_bands(config).to(mel.device) @ torch.exp(2 * mel))


def cepstra_to_bands(cepstra: Tensor) -> Tensor:
    """The smooth log powers that have these cepstra: (..., 13, T) -> (..., 22, T).

    The bands above the telephone's are as silent as can be.
    """
    low = torch.linalg.pinv(cosines()).to(cepstra.device) @ cepstra  # (..., 15, T)
    silence = low.amin(dim=(-2, -1), keepdim=True) - DEEPEST
    return torch.cat([low, silence.expand(*low.shape[:-2], HIGH_BANDS, low.shape[-1])], dim=-2)


def bands_to_features(bands: Tensor, frames: Tensor) -> Tensor:
    """What the network reads: cepstra and bands without the line's colour and level, and slopes.

    Mean and deviation are those of the clip's speech, which is what lies less than 30 dB below its
    loudest frame; so the length of silences changes nothing, and a silent band becomes zero. The less a
    clip says, the more its cepstra's are those of usual speech: a mean of both, weighted by frames.

    Args:
        bands: (B, 22, T) log powers, padded at the end.
        frames: (B,) real lengths.

    Returns:
        (B, 60, T), zero in the padding.
    """
    inside = torch.arange(bands.shape[2], device=bands.device)[None] < frames[:, None]  # (B, T)
    inside = inside.unsqueeze(1)  # (B, 1, T)
    loudest = bands.masked_fill(~inside, -torch.inf).amax(dim=(1, 2), keepdim=True)
    audible = torch.maximum(bands, loudest - DEEPEST)
    cepstra = cosines().to(bands.device) @ audible[:, :LOW_BANDS]  # (B, 13, T)
    energy = cepstra[:, :1].masked_fill(~inside, -torch.inf)  # (B, 1, T)
    peak = energy.amax(dim=2, keepdim=True)  # (B, 1, 1)
    speech = energy > peak - LOUD
    values = torch.cat([cepstra, audible[:, LOW_BANDS:]], dim=1)  # (B, 20, T)
    count = speech.sum(dim=2, keepdim=True).clamp(min=1)
    mean = (values * speech).sum(dim=2, keepdim=True) / count
    variance = ((values - mean).pow(2) * speech).sum(dim=2, keepdim=True) / count
    mean, variance = _with_usual(mean, variance, peak, count / (count + USUAL_FRAMES))
    # bounded before the root, whose slope at nothing is infinite
    normal = (values - mean) / variance.clamp(min=SMALLEST_DEVIATION**2).sqrt() * inside
    rising = slopes(normal) * inside
    return torch.cat([normal, rising, slopes(rising)], dim=1) * inside


def slopes(values: Tensor) -> Tensor:
    """Change around every frame, of unit size for independent frames: (B, C, T) -> (B, C, T)."""
    padded = F.pad(values, (2, 2))
    change = 2 * (padded[..., 4:] - padded[..., :-4]) + padded[..., 3:-1] - padded[..., 1:-3]
    return change / 10**0.5


@lru_cache(maxsize=4)
@torch.inference_mode(False)  # whoever asks first, a training may use them
def wide_bands(config: MelConfig) -> Tensor:
    """Share of every narrow band's power in every wide band, rows sum to 1: (22, n_mels).

    The narrow bands are narrower everywhere, so their centres sample the triangles.
    """
    edges = _edges()
    narrow = band_edges(config)
    centres, widths = narrow[1:-1], narrow[2:] - narrow[:-2]
    rising = (centres - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - centres) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling)) * widths
    return torch.from_numpy(triangles / triangles.sum(axis=1, keepdims=True)).float()


@lru_cache(maxsize=1)
@torch.inference_mode(False)
def cosines() -> Tensor:
    """Orthonormal DCT-II with Sphinx's lifter: (13, 15)."""
    orders = np.arange(COEFFICIENTS)[:, None]
    rows: Array = np.cos(np.pi * orders * (np.arange(LOW_BANDS) + 0.5) / LOW_BANDS)
    rows *= np.where(orders == 0, 1, 2**0.5) / LOW_BANDS**0.5
    return torch.from_numpy(rows * (1 + LIFTER / 2 * np.sin(np.pi * orders / LIFTER))).float()


def _with_usual(
    mean: Tensor, variance: Tensor, peak: Tensor, share: Tensor
) -> tuple[Tensor, Tensor]:
    """The cepstra's part of mean and variance, (B, 20, 1), drawn to what is usual; `share` stays the clip's own."""
    usual = mean.new_tensor(USUAL_MEAN).repeat(mean.shape[0], 1)[..., None]
    usual[:, :1] += peak
    spread = mean.new_tensor(USUAL_DEVIATION).square()[:, None]
    cepstra = torch.lerp(usual, mean[:, :COEFFICIENTS], share)
    varied = torch.lerp(spread.expand_as(usual), variance[:, :COEFFICIENTS], share)
    return (
        torch.cat([cepstra, mean[:, COEFFICIENTS:]], dim=1),
        torch.cat([varied, variance[:, COEFFICIENTS:]], dim=1),
    )


def band_centres() -> Array:
    """Hz at which the wide bands peak, (22,)."""
    return _edges()[1:-1]


def place_of(hz: Array) -> Array:
    """Place on the scale of wide bands: 0 is the centre of the first, 21 of the last."""
    return (_htk_mel(hz) - _FIRST) / _STEP - 1


def _htk_mel(hz: Array) -> Array:
    return np.asarray(2595 * np.log10(1 + hz / 700))


_FIRST, _LAST = _htk_mel(np.array([LOW_HZ, HIGH_HZ]))
_STEP = (_LAST - _FIRST) / (LOW_BANDS + 1)


def _edges() -> Array:
    return np.asarray(700 * (10 ** ((_FIRST + _STEP * np.arange(BANDS + 2)) / 2595) - 1))
