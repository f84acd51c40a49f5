"""Does anybody speak here? A small network that tells speech from music and noise.

`audio/vad.py` finds where sound begins and ends but takes instruments for speech; this network was
trained on speech of thousands of languages against music and noise. It judges; the other cuts.

Source: Silero VAD 6 (MIT licence), its published structure and weights; here it hears a whole clip in
one call. A short-time spectrum, four convolutions, one LSTM.

    samples  ─[ 64 before | 512 ]─ spectrum (129, 4) ─ convolutions (128, 1) ─ LSTM ─ probability
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.resample import resample
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.types import Audio

SPEECH = 0.5  # a probability above it is speech


@dataclass(frozen=True, kw_only=True)
class SpeechDetectorConfig:
    """Framing, fixed by the weights.

    Attributes:
        sample_rate_hz: of its input.
        frame_samples: one judgement per frame (32 ms).
        context_samples: end of the frame before, seen with each frame.
        fft_samples: window of the spectrum; the hop is half of it.
    """

    sample_rate_hz: int = 16_000
    frame_samples: int = 512
    context_samples: int = 64
    fft_samples: int = 256

    @property
    def bins(self) -> int:
        return self.fft_samples // 2 + 1


class SpeechDetectorNetwork(nn.Module):
    """Frames to speech probabilities."""

    def __init__(self, config: SpeechDetectorConfig) -> None:
        super().__init__()
        self._bins = config.bins
        self._margin = config.context_samples
        self.spectrum = nn.Conv1d(
            1, 2 * config.bins, config.fft_samples, stride=config.fft_samples // 2, bias=False
        )
        self.conv1 = nn.Conv1d(config.bins, 128, 3, padding=1)
        self.conv2 = nn.Conv1d(128, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(64, 64, 3, stride=2, padding=1)
        self.conv4 = nn.Conv1d(64, 128, 3, padding=1)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.output = nn.Conv1d(128, 1, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """Consecutive frames of one clip with their context, (N, 576) -> (N,) in [0, 1]."""
        padded = F.pad(frames, (0, self._margin), mode="reflect").unsqueeze(1)  # (N, 1, 640)
        parts = self.spectrum(padded)  # (N, 2 * bins, 4): real parts, then imaginary ones
        power = parts[:, : self._bins].pow(2) + parts[:, self._bins :].pow(2)
        hidden = torch.sqrt(power)  # (N, bins, 4)
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            hidden = torch.relu(layer(hidden))  # (N, 128, 1) at the end
        heard, _ = self.lstm(hidden.squeeze(2).unsqueeze(0))  # (1, N, 128)
        return torch.sigmoid(self.output(torch.relu(heard[0]).unsqueeze(2)))[:, 0, 0]  # (N,)


class SpeechDetector:
    """Speech detector. Owns its network and device."""

    def __init__(
        self, network: SpeechDetectorNetwork, config: SpeechDetectorConfig, device: torch.device
    ) -> None:
        self.config = config
        self.device = device
        self._network = network.eval().to(device)

    @classmethod
    def load(cls, folder: Path, *, device: torch.device) -> "SpeechDetector":
        """Load weights of `folder`; CheckpointError when they do not fit."""
        config, weights = load_checkpoint(folder, SpeechDetectorConfig)
        network = SpeechDetectorNetwork(config)
        load_into(network, weights, folder)
        return cls(network, config, device)

    @torch.inference_mode()
    def probabilities(self, audio: Audio) -> NDArray[np.float32]:
        """Probability of speech in each frame of 32 ms, shape (frames,), the last one padded."""
        waveform = resample(audio.waveform, audio.sample_rate_hz, self.config.sample_rate_hz)
        if waveform.size == 0:
            return np.zeros(0, dtype=np.float32)
        size, context = self.config.frame_samples, self.config.context_samples
        padded = np.pad(waveform, (context, -waveform.size % size))
        frames = np.lib.stride_tricks.sliding_window_view(padded, context + size)[::size]
        tensor = torch.from_numpy(frames.copy()).to(self.device)  # (N, 576)
        return np.asarray(self._network(tensor).cpu().numpy())

    def spoken_seconds(self, audio: Audio) -> float:
        """Seconds in which somebody speaks, pauses not counted."""
        frames = int((self.probabilities(audio) > SPEECH).sum())
        return frames * self.config.frame_samples / self.config.sample_rate_hz
