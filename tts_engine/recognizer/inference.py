"""Listening: audio or mel in, phonemes or their times out."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tts_engine.audio.cepstra import cepstra_to_bands
from tts_engine.audio.mel import log_mel
from tts_engine.audio.resample import resample
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.recognizer.config import BILSTM, RecognizerConfig
from tts_engine.recognizer.model import BLANK, RecognizerNetwork, mel_to_input
from tts_engine.recognizer.recurrent import RecurrentNetwork
from tts_engine.stages import timed
from tts_engine.text.symbols import PHONEMES
from tts_engine.types import Audio

CHUNK_FRAMES = 2600  # 30 s; longer clips are heard piece by piece
OVERLAP_FRAMES = 200

Network = RecognizerNetwork | RecurrentNetwork


def build_network(config: RecognizerConfig) -> Network:
    """A fresh network of the kind that the config names."""
    return RecurrentNetwork(config) if config.kind == BILSTM else RecognizerNetwork(config)


class Recognizer:
    """Phoneme recognizer. Owns its network and device."""

    def __init__(self, network: Network, config: RecognizerConfig, device: torch.device) -> None:
        self.config = config
        self.device = device
        self._network = network.eval().to(device)

    @classmethod
    def load(cls, folder: Path, *, device: torch.device) -> "Recognizer":
        """Load weights of `folder`; CheckpointError when they do not fit."""
        config, weights = load_checkpoint(folder, RecognizerConfig)
        network = build_network(config)
        load_into(network, weights, folder)
        return cls(network, config, device)

    def mel(self, audio: Audio) -> NDArray[np.float32]:
        """Log-mel of any audio, shape (80, frames)."""
        waveform = resample(audio.waveform, audio.sample_rate_hz, self.config.mel.sample_rate_hz)
        shortest = 2 * self.config.mel.fft_samples
        padded = np.pad(waveform, (0, max(0, shortest - waveform.size)))
        return log_mel(torch.from_numpy(padded)[None], self.config.mel)[0].numpy()

    @timed("recognizer")
    @torch.inference_mode()
    def log_posteriors(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """(80, T) -> log-probabilities (ceil(T / 2), 1 + phonemes); long inputs in pieces."""
        return self._read(mel_to_input(torch.from_numpy(mel), self.config))

    def read(self, mels: Tensor, frames: Tensor) -> Tensor:
        """The same for a batch, differentiable: (B, n_mels, T) and lengths (B,) -> (B, ceil(T / 2), classes)."""
        return self._network(mel_to_input(mels, self.config), frames)

    @torch.inference_mode()
    def log_posteriors_of_cepstra(self, cepstra: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `log_posteriors`, of features: (13, T) at the mel's frame rate.

        Raises:
            ValueError: this recognizer reads mel bands, which features do not have.
        """
        if not self.config.wide:
            raise ValueError("a recognizer of mel bands cannot read cepstra")
        return self._read(cepstra_to_bands(torch.from_numpy(cepstra)))

    def _read(self, bands: Tensor) -> NDArray[np.float32]:
        pieces = []
        step = CHUNK_FRAMES - 2 * OVERLAP_FRAMES
        for first in range(0, bands.shape[1], step):
            left = min(first, OVERLAP_FRAMES)
            part = bands[:, first - left : first + step + OVERLAP_FRAMES].to(self.device)
            frames = torch.tensor([part.shape[1]], device=self.device)
            heard = self._network(part[None], frames)[0]
            stop = (min(first + step, bands.shape[1]) - first + left + 1) // 2
            pieces.append(heard[left // 2 : stop].cpu().numpy())
        return np.concatenate(pieces)

    def phonemes(self, mel: NDArray[np.float32]) -> list[str]:
        """Greedy CTC reading of a mel."""
        return greedy(self.log_posteriors(mel))

    def transcribe(self, audio: Audio) -> list[str]:
        """Phonemes heard in a clip."""
        return self.phonemes(self.mel(audio))


def greedy(log_posteriors: NDArray[np.float32]) -> list[str]:
    """Best class of each step, repeats and blanks dropped: (T, classes) -> phonemes."""
    best = log_posteriors.argmax(axis=1)
    changed = np.concatenate([[True], best[1:] != best[:-1]])
    return [PHONEMES[index - 1] for index in best[changed] if index != BLANK]
