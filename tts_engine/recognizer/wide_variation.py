"""Wide bands varied: other throats, rooms, lines and noises, and the same words as if sung.

Mean and deviation of every clip are taken out afterwards (`bands_to_features`): level and tilt need no
variation. A batch has one pace, so that its clips stay of like length.
"""

import random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.cepstra import BANDS, DEEPEST, LOW_BANDS, band_centres, place_of
from tts_engine.audio.mel import read_at
from tts_engine.recognizer.variation import mask

SUNG, NOISY, ACCOMPANIED, ECHOING, BY_TELEPHONE = 0.15, 0.45, 0.15, 0.25, 0.2  # shares
NUCLEUS_FRAMES = 4  # to both sides of a vowel's loudest frame


def vary_wide(batch: list[Tensor], rng: random.Random) -> list[Tensor]:
    """Other speakers, paces and places saying the same: [(22, T)] -> [(22, T')]."""
    pace = rng.uniform(0.82, 1.22)
    sung = rng.random() < SUNG
    return [vary_speaker(bands, rng, pace=pace, sung=sung) for bands in batch]


def vary_speaker(bands: Tensor, rng: random.Random, *, pace: float, sung: bool) -> Tensor:
    """One clip by another throat in another place: (22, T) -> (22, T')."""
    times = sung_times(bands, rng, pace) if sung else even_times(bands.shape[1], pace)
    return vary_at(bands, rng, times, sung=sung)


def vary_at(bands: Tensor, rng: random.Random, times: NDArray[np.float64], *, sung: bool) -> Tensor:
    """The same, read at `times` (T',), frames: (22, T) -> (22, T'). What is sung is more often accompanied."""
    telephone = lacks_high_bands(bands)
    rows = warped_rows(rng.uniform(0.84, 1.2), LOW_BANDS if telephone else BANDS)
    varied = read_at(bands, rows, times)
    loud = float(torch.quantile(varied[:LOW_BANDS].mean(dim=0), 0.9))
    if rng.random() < ECHOING:
        varied = add_echo(varied, rng.uniform(0.2, 0.8))
    if rng.random() < NOISY:
        varied = torch.logaddexp(varied, noise(varied.shape[1], rng) + loud - rng.uniform(1, 8))
    if rng.random() < (0.5 if sung else ACCOMPANIED):
        music = accompaniment(varied.shape[1], rng)
        varied = torch.logaddexp(varied, music + loud - rng.uniform(0.5, 5))
    varied = mask(varied, rng, bands=2, widest_band=4, widest_gap=16)
    if telephone or rng.random() < BY_TELEPHONE:
        varied[LOW_BANDS:] = varied[:LOW_BANDS].min() - DEEPEST
    return varied


def lacks_high_bands(bands: Tensor) -> bool:
    """Whether a clip has nothing above the telephone's band: (22, T)."""
    high = bands[LOW_BANDS:]
    return bool((high == high[0, 0]).all())


def even_times(frames: int, pace: float) -> NDArray[np.float64]:
    """Where to read for a clip `pace` times as long, shape (T',)."""
    return np.linspace(0, frames - 1, max(8, round(frames * pace)))


def sung_times(bands: Tensor, rng: random.Random, pace: float) -> NDArray[np.float64]:
    """Where to read so that most vowels last 1.5 to 6 times as long: (22, T) -> (T',).

    A vowel is found where the loudness, smoothed over 60 ms, is highest around and above its mean.
    """
    loudness = F.avg_pool1d(bands[:LOW_BANDS].mean(dim=0)[None], 5, 1, 2, count_include_pad=False)
    highest = F.max_pool1d(loudness, 9, 1, 4)
    nuclei = torch.nonzero((loudness == highest) & (loudness > loudness.mean()))[:, 1].tolist()
    lengths = np.full(bands.shape[1], pace)
    for nucleus in nuclei:
        if rng.random() < 0.7:
            first = max(0, nucleus - NUCLEUS_FRAMES)
            lengths[first : nucleus + NUCLEUS_FRAMES] *= rng.uniform(1.5, 6.0)
    places = np.cumsum(lengths) - lengths[0]
    return np.interp(np.arange(max(8, int(places[-1]))), places, np.arange(places.size))


def warped_rows(factor: float, rows: int) -> NDArray[np.float64]:
    """Which band to read for a vocal tract whose resonances lie `factor` times as high.

    Above the last of the `rows` bands that the clip has, nothing is read (Jaitly & Hinton 2013).
    """
    return np.clip(place_of(band_centres() / factor), 0, rows - 1)


def add_echo(bands: Tensor, decay: float) -> Tensor:
    """Let every frame's power ring on, `decay` of it left a frame later: (22, T) -> (22, T)."""
    taps = decay ** torch.arange(24.0)
    loudest = bands.max()
    power = F.pad((bands - loudest).exp(), (taps.numel() - 1, 0)).unsqueeze(1)
    return F.conv1d(power, taps.flip(0)[None, None]).squeeze(1).clamp(min=1e-12).log() + loudest


def noise(frames: int, rng: random.Random) -> Tensor:
    """Steady noise of mean level 0 with a slope of its own: (22, T)."""
    slope = torch.linspace(rng.uniform(0, 2.5), rng.uniform(-2.5, 0), BANDS)[:, None]
    return slope + 0.6 * torch.randn(BANDS, frames)


def accompaniment(frames: int, rng: random.Random) -> Tensor:
    """Chords of random colour that are struck and die away, of level 0 when struck: (22, T)."""
    music = torch.full((BANDS, frames), -8.0)
    first = 0
    while first < frames:
        length = rng.randint(12, 60)
        colour = 1.2 * torch.randn(BANDS) + torch.linspace(1, -1.5, BANDS)
        fading = torch.arange(min(length, frames - first)) * rng.uniform(0, 0.06)
        music[:, first : first + length] = colour[:, None] - fading
        first += length
    return music
