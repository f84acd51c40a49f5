"""Stretches of speech for the voice judge, of real people and of the same people with other throats."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.mel import MelConfig, band_edges, log_mel, read_at
from tts_engine.encoder.config import VoiceJudgeConfig
from tts_engine.errors import AudioError
from tts_engine.training.corpus import TRAIN, Clip, Corpus

THROATS = (0.86, 0.93, 1.0, 1.08, 1.16)  # all frequencies times this are another person
STRAYING = 0.015  # of a person's own frequencies
SLOWEST, FASTEST = 0.85, 1.2
MOST_CLIPS = 60  # of a person
TELEPHONE_BAND_HZ = 4000
NOISY, BLURRED = 0.4, 0.3  # shares
COLOURS = 4  # cosines over the bands: another microphone


class VoiceSampler:
    """Random stretches of random clips of random people; mels are made once and kept as float16."""

    def __init__(self, folder: Path, config: VoiceJudgeConfig) -> None:
        self._corpus, self._config = Corpus(folder), config
        longest = config.window_frames * FASTEST / config.mel.frames_per_second
        by_person: dict[str, list[Clip]] = defaultdict(list)
        for clip in self.clips(TRAIN):
            if clip.seconds > longest:
                by_person[clip.speaker].append(clip)
        self._people = {name: _some(clips) for name, clips in sorted(by_person.items())}
        self._voices = [(name, throat) for name in self._people for throat in THROATS]
        self._mels: dict[str, Tensor] = {}

    def clips(self, split: str) -> list[Clip]:
        """Clips of a split that have more than the telephone's band."""
        clips = self._corpus.select(split=split)
        return [clip for clip in clips if clip.band_hz > TELEPHONE_BAND_HZ]

    def mel(self, clip: Clip) -> Tensor:
        """Log mel of a whole clip, (n_mels, frames)."""
        if clip.id not in self._mels:
            waveform = torch.from_numpy(self._corpus.waveform(clip))[None]
            self._mels[clip.id] = log_mel(waveform, self._config.mel)[0].half()
        return self._mels[clip.id].float()

    def draw(self, speakers: int, utterances: int, rng: np.random.Generator) -> Tensor:
        """Mels of shape (speakers, utterances, n_mels, window_frames); a person may come with two throats.

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
        mel = self.mel(clips[rng.integers(len(clips))])
        length = (size - 1) * rng.uniform(SLOWEST, FASTEST)
        first = rng.uniform(0, mel.shape[1] - 1 - length)
        factor = throat * rng.uniform(1 - STRAYING, 1 + STRAYING)
        times = np.linspace(first, first + length, size)
        rows = warped_rows(factor, self._config.mel)
        return vary_microphone(read_at(mel, rows, times), rng)


def _some(clips: Sequence[Clip]) -> list[Clip]:
    return list(clips[:: 1 + len(clips) // MOST_CLIPS])


def warped_rows(factor: float, mel: MelConfig) -> NDArray[np.float64]:
    """Which mel band to read so that all frequencies lie `factor` times as high: (n_mels,)."""
    centres = band_edges(mel)[1:-1]
    return np.interp(centres / factor, centres, np.arange(mel.n_mels))


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
