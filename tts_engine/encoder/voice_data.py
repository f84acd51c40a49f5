"""Stretches of speech for the voice judge, of real people and of the same people with other throats."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.cepstra import (
    BANDS,
    DEEPEST,
    LOW_BANDS,
    band_centres,
    cepstra_to_bands,
    mel_to_bands,
    place_of,
)
from tts_engine.audio.mel import MelConfig, band_edges, log_mel
from tts_engine.encoder.config import WIDE, VoiceJudgeConfig
from tts_engine.errors import AudioError
from tts_engine.training.corpus import TRAIN, Clip, Corpus
from tts_engine.training.features import Features

THROATS = (0.86, 0.93, 1.0, 1.08, 1.16)  # all frequencies times this are another person
STRAYING = 0.015  # of a person's own frequencies
SLOWEST, FASTEST = 0.85, 1.2
MOST_CLIPS = 60  # of a person
TELEPHONE_BAND_HZ = 4000
NOISY, BLURRED, BY_TELEPHONE = 0.4, 0.3, 0.4  # shares
COLOURS = 4  # cosines over the bands: another microphone
SAME_READER = {"voxforge-urp": "festvox-nsh"}  # one person's recordings, as features and as sound


class VoiceSampler:
    """Random stretches of random clips of random people; bands are made once and kept as float16."""

    def __init__(self, folder: Path, config: VoiceJudgeConfig) -> None:
        self._corpus, self._features, self._config = Corpus(folder), Features(folder), config
        longest = config.window_frames * FASTEST / config.mel.frames_per_second
        by_person: dict[str, list[Clip]] = defaultdict(list)
        for clip in self.clips(TRAIN):
            if clip.seconds > longest:
                by_person[person_of(clip)].append(clip)
        self._people = {name: _some(clips) for name, clips in sorted(by_person.items())}
        self._voices = [(name, throat) for name in self._people for throat in THROATS]
        self._bands: dict[str, Tensor] = {}

    def clips(self, split: str) -> list[Clip]:
        """Clips of a split that this network can hear: features and telephone only with wide bands."""
        clips = [*self._corpus.clips, *self._features.clips]
        if self._config.bands != WIDE:
            clips = [clip for clip in self._corpus.clips if clip.band_hz > TELEPHONE_BAND_HZ]
        return [clip for clip in clips if clip.split == split]

    def bands(self, clip: Clip) -> Tensor:
        """What the network reads of a whole clip, (bands, frames)."""
        if clip.id not in self._bands:
            self._bands[clip.id] = self._read(clip).half()
        return self._bands[clip.id].float()

    def _read(self, clip: Clip) -> Tensor:
        if clip.id in self._features.ids:
            return cepstra_to_bands(torch.from_numpy(self._features.cepstra(clip)))
        mel = log_mel(torch.from_numpy(self._corpus.waveform(clip))[None], self._config.mel)[0]
        return mel_to_bands(mel, self._config.mel) if self._config.bands == WIDE else mel

    def draw(self, speakers: int, utterances: int, rng: np.random.Generator) -> Tensor:
        """Bands of shape (speakers, utterances, bands, window_frames); a person may come with two throats.

        Raises:
            AudioError: the corpus has too few voices.
        """
        if len(self._voices) < speakers:
            raise AudioError(
                "too_few_speakers",
                f"{len(self._voices)} voices with long enough clips; {speakers} are needed",
                f"{len(self._voices)} голосов с достаточно длинными клипами; нужно {speakers}",
            )
        chosen = rng.choice(len(self._voices), size=speakers, replace=False)
        rows = [
            [self._stretch(self._voices[voice], rng) for _ in range(utterances)] for voice in chosen
        ]
        return torch.stack([torch.stack(row) for row in rows])

    def _stretch(self, voice: tuple[str, float], rng: np.random.Generator) -> Tensor:
        person, throat = voice
        clips, size = self._people[person], self._config.window_frames
        bands = self.bands(clips[rng.integers(len(clips))])
        length = (size - 1) * rng.uniform(SLOWEST, FASTEST)
        first = rng.uniform(0, bands.shape[1] - 1 - length)
        factor = throat * rng.uniform(1 - STRAYING, 1 + STRAYING)
        times = np.linspace(first, first + length, size)
        if self._config.bands == WIDE:
            return _vary_wide(bands, factor, times, rng)
        rows = warped_rows(factor, self._config.mel)
        return vary_microphone(read_at(bands, rows, times), rng)


def person_of(clip: Clip) -> str:
    """Who speaks: the speaker, but for the anonymous, of whom each folder is somebody."""
    if clip.speaker == "voxforge-anonymous":
        return f"{clip.speaker}/{clip.id.split('/')[1]}"
    return SAME_READER.get(clip.speaker, clip.speaker)


def _some(clips: Sequence[Clip]) -> list[Clip]:
    return list(clips[:: 1 + len(clips) // MOST_CLIPS])


def warped_rows(factor: float, mel: MelConfig) -> NDArray[np.float64]:
    """Which mel band to read so that all frequencies lie `factor` times as high: (n_mels,)."""
    centres = band_edges(mel)[1:-1]
    return np.interp(centres / factor, centres, np.arange(mel.n_mels))


def read_at(bands: Tensor, rows: NDArray[np.float64], times: NDArray[np.float64]) -> Tensor:
    """Bilinear reading of (R, T) at fractional rows (R',) and times (T',): (R', T')."""
    size = np.array([bands.shape[1] - 1, bands.shape[0] - 1])
    grid = np.stack(np.meshgrid(times, rows), axis=-1) / size * 2 - 1  # (R', T', 2)
    points = torch.from_numpy(grid).to(bands)[None]
    return F.grid_sample(bands[None, None], points, align_corners=True)[0, 0]


def vary_microphone(mel: Tensor, rng: np.random.Generator) -> Tensor:
    """A log mel by another microphone, in noise, blurred as mels that are spoken: (n_mels, T) -> the same."""
    places = torch.linspace(0, torch.pi, mel.shape[0])[:, None]
    orders = torch.arange(1, COLOURS + 1)
    strengths = torch.from_numpy(rng.normal(0, 0.4, COLOURS)).to(mel)
    blurred = rng.random() < BLURRED
    varied = F.avg_pool1d(mel, 3, 1, 1, count_include_pad=False) if blurred else mel
    varied = varied + (torch.cos(places * orders) * strengths).sum(dim=1, keepdim=True)
    if rng.random() < NOISY:
        slope = torch.linspace(1, -1, mel.shape[0])[:, None] * rng.uniform(-0.5, 1.5)
        floor = varied.quantile(0.9) - rng.uniform(2.5, 6) + slope
        varied = torch.logaddexp(varied, floor + 0.5 * torch.randn_like(mel))
    return varied + rng.uniform(0, 0.5) * torch.randn_like(mel)


def _vary_wide(
    bands: Tensor, factor: float, times: NDArray[np.float64], rng: np.random.Generator
) -> Tensor:
    high = bands[LOW_BANDS:]
    telephone = bool((high == high[0, 0]).all())
    rows = np.clip(place_of(band_centres() / factor), 0, (LOW_BANDS if telephone else BANDS) - 1)
    varied = read_at(bands, rows, times)
    if rng.random() < NOISY:
        slope = torch.linspace(rng.uniform(0, 2.5), rng.uniform(-2.5, 0), BANDS)[:, None]
        level = varied[:LOW_BANDS].quantile(0.9) - rng.uniform(3, 9)
        varied = torch.logaddexp(varied, level + slope + 0.6 * torch.randn_like(varied))
    varied = varied + rng.uniform(0, 0.4) * torch.randn_like(varied)
    if telephone or rng.random() < BY_TELEPHONE:
        varied[LOW_BANDS:] = varied[:LOW_BANDS].min() - DEEPEST
    return varied
