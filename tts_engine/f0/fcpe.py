"""F0 by FCPE, a network that was trained with noise and music over the voice: for vocals that the music leaks into.

Source: Y. Luo, R. Liu et al. (2025), "FCPE: a fast context-based pitch estimation model", arXiv 2509.15140.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import librosa
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts_engine.audio.resample import resample_audio
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS, PitchBins, cents_of, salience_of
from tts_engine.types import Audio, Waveform
from tts_engine.weights import weights_folder

VOICED = 0.05
BLOCK_FRAMES, AROUND_FRAMES = 3000, 100  # heard at once: 30 s, and what a frame depends on


@dataclass(frozen=True)
class FcpeConfig:
    """Of the network and of the mel that it hears."""

    rate_hz: int = 16_000
    window: int = 1024
    hop: int = 160
    bands: int = 128
    hidden: int = 512
    layers: int = 6
    kernel: int = 31
    bins: int = 360
    low_hz: float = 32.7
    high_hz: float = 1975.5


class Layer(nn.Module):
    """Depthwise convolution over time between two gates' widths, added to what came in."""

    def __init__(self, config: FcpeConfig) -> None:
        super().__init__()
        width = 2 * config.hidden
        self.norm = nn.LayerNorm(config.hidden)
        self.into = nn.Conv1d(config.hidden, 2 * width, 1)
        self.over_time = nn.Conv1d(
            width, width, config.kernel, padding=config.kernel // 2, groups=width
        )
        self.out = nn.Conv1d(width, config.hidden, 1)

    def forward(self, states: Tensor) -> Tensor:
        """(B, T, hidden) -> the same."""
        gated = F.glu(self.into(self.norm(states).transpose(1, 2)), dim=1)  # (B, width, T)
        added: Tensor = self.out(F.silu(self.over_time(gated)))
        return states + added.transpose(1, 2)


class FcpeNetwork(nn.Module):
    """Mel to the salience of each pitch."""

    def __init__(self, config: FcpeConfig) -> None:
        super().__init__()
        self.first = nn.Conv1d(config.bands, config.hidden, 3, padding=1)
        self.first_norm = nn.GroupNorm(4, config.hidden)
        self.second = nn.Conv1d(config.hidden, config.hidden, 3, padding=1)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.hidden)
        self.salience = nn.Linear(config.hidden, config.bins)

    def forward(self, mel: Tensor) -> Tensor:
        """Log-mel (B, bands, T) -> (B, T, bins), 0 to 1."""
        states = self.second(F.leaky_relu(self.first_norm(self.first(mel)))).transpose(1, 2)
        for layer in self.layers:
            states = layer(states)
        return torch.sigmoid(self.salience(self.norm(states)))


class FcpeF0:
    """The network is loaded once; it measures every 10 ms."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or weights_folder() / "fcpe"
        self._config, weights = load_checkpoint(folder, FcpeConfig)
        self._network = FcpeNetwork(self._config).eval()
        load_into(self._network, weights, folder)
        config = self._config
        cents = np.linspace(cents_of(config.low_hz), cents_of(config.high_hz), config.bins)
        self._pitch = PitchBins(cents=cents, voiced=VOICED)
        bands = librosa.filters.mel(
            sr=config.rate_hz, n_fft=config.window, n_mels=config.bands, fmin=0.0
        )
        self._bands = torch.from_numpy(bands)

    @torch.inference_mode()
    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        if audio.seconds < SHORTEST_SECONDS:
            return None
        config = self._config
        heard = resample_audio(audio, config.rate_hz).waveform
        salience = salience_of(self._network, self._mel(heard), BLOCK_FRAMES, AROUND_FRAMES)
        track = self._pitch.track(salience, heard, config.rate_hz, config.hop, within)
        return replace(
            track, first_seconds=config.hop / 2 / config.rate_hz
        )  # its windows end later

    def _mel(self, heard: Waveform) -> Tensor:
        """(T,) -> log-mel (bands, frames)."""
        config = self._config
        left = (config.window - config.hop) // 2
        right = config.window - config.hop - left
        padded = F.pad(torch.from_numpy(heard.copy())[None], (left, right), mode="reflect")[0]
        spectrum = torch.stft(
            padded,
            config.window,
            config.hop,
            window=torch.hann_window(config.window),
            center=False,
            return_complex=True,
        )
        power = spectrum.real.square() + spectrum.imag.square()
        return (self._bands @ (power + 1e-9).sqrt()).clamp(min=1e-5).log()
