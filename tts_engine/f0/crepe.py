"""F0 by CREPE's tiny network: heard in windows of 64 ms, every window by itself.

Source: J. W. Kim, J. Salamon, P. Li, J. P. Bello (2018), "CREPE: a convolutional representation for pitch
estimation", ICASSP.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts_engine.audio.resample import resample_audio
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS, PitchBins
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

VOICED = 0.4
AT_ONCE = 512  # windows


@dataclass(frozen=True)
class CrepeConfig:
    """Of the tiny network; cents are counted from 10 Hz."""

    rate_hz: int = 16_000
    window: int = 1024
    channels: tuple[int, ...] = (128, 16, 16, 16, 32, 64)
    bins: int = 360
    bin_cents: float = 20.0
    first_cents: float = 1997.3794084376191


class CrepeNetwork(nn.Module):
    """Windows to the salience of each pitch."""

    def __init__(self, config: CrepeConfig) -> None:
        super().__init__()
        self.config = config
        widths = (1, *config.channels)
        kernels = (512, *(64 for _ in config.channels[1:]))
        self.layers = nn.ModuleList(
            nn.Conv1d(into, out, kernel, stride=4 if kernel == 512 else 1)
            for (into, out), kernel in zip(pairwise(widths), kernels, strict=True)
        )
        self.scales = nn.ParameterList(torch.ones(width) for width in config.channels)
        self.shifts = nn.ParameterList(torch.zeros(width) for width in config.channels)
        left = config.window // 4 // 2 ** len(config.channels)
        self.salience = nn.Linear(left * config.channels[-1], config.bins)

    def forward(self, windows: Tensor) -> Tensor:
        """(B, window), each with mean 0 and deviation 1 -> (B, bins), 0 to 1."""
        maps = windows[:, None]
        for index, layer in enumerate(self.layers):
            maps = F.relu(layer(F.pad(maps, (254, 254) if index == 0 else (31, 32))))
            maps = maps * self.scales[index][:, None] + self.shifts[index][:, None]
            maps = F.max_pool1d(maps, 2)
        return torch.sigmoid(self.salience(maps.transpose(1, 2).flatten(1)))


class CrepeF0:
    """The network is loaded once."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or weights_folder() / "crepe"
        self._config, weights = load_checkpoint(folder, CrepeConfig)
        self._network = CrepeNetwork(self._config).eval()
        load_into(self._network, weights, folder)
        config = self._config
        cents = config.first_cents + config.bin_cents * np.arange(config.bins)
        self._pitch = PitchBins(cents=cents, voiced=VOICED)

    @torch.inference_mode()
    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        if audio.seconds < SHORTEST_SECONDS:
            return None
        config = self._config
        heard = resample_audio(audio, config.rate_hz).waveform
        hop = max(1, round(step_seconds * config.rate_hz))
        half = config.window // 2
        windows = torch.from_numpy(np.pad(heard, half)).unfold(0, config.window, hop)
        parts = []
        for part in windows.split(AT_ONCE):
            centred = part - part.mean(dim=1, keepdim=True)
            parts.append(self._network(centred / centred.std(dim=1, keepdim=True).clamp(min=1e-10)))
        return self._pitch.track(torch.cat(parts).numpy(), heard, config.rate_hz, hop, within)
