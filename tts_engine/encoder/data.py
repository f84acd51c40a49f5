"""Batches for GE2E: N speakers with M partial utterances each."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from tts_engine.audio.resample import resample
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.inference import power_mel
from tts_engine.errors import AudioError
from tts_engine.training.corpus import SAMPLE_RATE_HZ, Clip, Corpus


class PartialSampler:
    """Random windows of random clips; mels are made once and kept."""

    def __init__(self, corpus: Corpus, clips: Sequence[Clip], config: EncoderConfig) -> None:
        self._corpus, self._config = corpus, config
        self._by_speaker: dict[str, list[Clip]] = defaultdict(list)
        shortest = config.window_frames * config.hop_samples / config.sample_rate_hz
        for clip in clips:
            if clip.seconds > shortest:
                self._by_speaker[clip.speaker].append(clip)
        self._mels: dict[str, np.ndarray] = {}

    def draw(self, speakers: int, utterances: int, rng: np.random.Generator) -> Tensor:
        """Mels of shape (speakers, utterances, window_frames, n_mels).

        Raises:
            AudioError: the corpus has too few speakers.
        """
        names = sorted(self._by_speaker)
        if len(names) < speakers:
            raise AudioError(
                "too_few_speakers",
                f"{len(names)} speakers with clips of 1.6 s or more; {speakers} are needed",
                f"{len(names)} дикторов с клипами от 1,6 с; нужно {speakers}",
            )
        chosen = rng.choice(len(names), size=speakers, replace=False)
        rows = [[self._partial(names[i], rng) for _ in range(utterances)] for i in chosen]
        return torch.from_numpy(np.stack([np.stack(row) for row in rows]))

    def _partial(self, speaker: str, rng: np.random.Generator) -> np.ndarray:
        clips = self._by_speaker[speaker]
        mel = self._mel(clips[rng.integers(len(clips))])
        first = int(rng.integers(0, mel.shape[0] - self._config.window_frames + 1))
        return mel[first : first + self._config.window_frames]

    def _mel(self, clip: Clip) -> np.ndarray:
        if clip.id not in self._mels:
            waveform = self._corpus.waveform(clip)
            rate = self._config.sample_rate_hz
            self._mels[clip.id] = power_mel(resample(waveform, SAMPLE_RATE_HZ, rate), self._config)
        return self._mels[clip.id]
