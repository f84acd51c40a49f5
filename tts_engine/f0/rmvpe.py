"""F0 by RMVPE, a deep U-Net with a recurrent layer: the voice of a song, with its accompaniment even.

Its weights are not shipped: an operator who has them puts them into `weights/rmvpe` (docs/f0.md).

Source: H. Wei, X. Cao, T. Dan, Y. Chen (2023), "RMVPE: a robust model for vocal pitch estimation in polyphonic
music", Interspeech.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts_engine.audio.resample import resample_audio
from tts_engine.checkpoints import MODEL_FILE, load_checkpoint, load_into
from tts_engine.errors import CheckpointError
from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS, PitchBins, salience_of
from tts_engine.types import Audio, Waveform
from tts_engine.weights import weights_folder

VOICED = 0.03
BLOCK_FRAMES, AROUND_FRAMES = 2048, 128


@dataclass(frozen=True)
class RmvpeConfig:
    """Of the network and of the mel that it hears; cents are counted from 10 Hz."""

    rate_hz: int = 16_000
    window: int = 1024
    hop: int = 160
    bands: int = 128
    low_hz: float = 30.0
    high_hz: float = 8000.0
    channels: int = 16
    levels: int = 5
    blocks: int = 4
    inner_levels: int = 4
    hidden: int = 256
    bins: int = 360
    bin_cents: float = 20.0
    first_cents: float = 1997.3794084376191


class Residual(nn.Module):
    """Two convolutions, added to what came in. Names here and below are those of the published weights."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(into, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
            nn.Conv2d(out, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
        )
        if into != out:
            self.shortcut = nn.Conv2d(into, out, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, T, bands) -> the same with other channels."""
        shortcut = self.shortcut(maps) if hasattr(self, "shortcut") else maps
        added: Tensor = self.conv(maps)
        return added + shortcut


def _residuals(into: int, out: int, count: int) -> nn.ModuleList:
    return nn.ModuleList(Residual(into if index == 0 else out, out) for index in range(count))


def _through(blocks: Any, maps: Tensor) -> Tensor:
    for block in blocks:
        maps = block(maps)
    return maps


class Down(nn.Module):
    def __init__(self, into: int, out: int, blocks: int) -> None:
        super().__init__()
        self.conv = _residuals(into, out, blocks)


class Up(nn.Module):
    def __init__(self, into: int, out: int, blocks: int) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.ConvTranspose2d(into, out, 3, stride=2, padding=1, output_padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
        )
        self.conv2 = _residuals(2 * out, out, blocks)


class Encoder(nn.Module):
    def __init__(self, config: RmvpeConfig) -> None:
        super().__init__()
        widths = [1, *(config.channels * 2**level for level in range(config.levels))]
        self.bn = nn.BatchNorm2d(1)
        self.layers = nn.ModuleList(
            Down(widths[level], widths[level + 1], config.blocks) for level in range(config.levels)
        )


class Intermediate(nn.Module):
    def __init__(self, config: RmvpeConfig) -> None:
        super().__init__()
        width = config.channels * 2**config.levels
        self.layers = nn.ModuleList(
            Down(width // 2 if level == 0 else width, width, config.blocks)
            for level in range(config.inner_levels)
        )


class Decoder(nn.Module):
    def __init__(self, config: RmvpeConfig) -> None:
        super().__init__()
        widths = [config.channels * 2**level for level in range(config.levels, -1, -1)]
        self.layers = nn.ModuleList(
            Up(widths[level], widths[level + 1], config.blocks) for level in range(config.levels)
        )


class UNet(nn.Module):
    """A U-Net over time and bands."""

    def __init__(self, config: RmvpeConfig) -> None:
        super().__init__()
        self.encoder = Encoder(config)
        self.intermediate = Intermediate(config)
        self.decoder = Decoder(config)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, 1, T, bands) -> (B, channels, T, bands)."""
        maps, skipped = self.encoder.bn(maps), []
        layer: Any
        for layer in self.encoder.layers:
            skipped.append(_through(layer.conv, maps))
            maps = F.avg_pool2d(skipped[-1], 2)
        for layer in self.intermediate.layers:
            maps = _through(layer.conv, maps)
        for layer in self.decoder.layers:
            maps = _through(layer.conv2, torch.cat([layer.conv1(maps), skipped.pop()], dim=1))
        return maps


class Recurrent(nn.Module):
    def __init__(self, into: int, hidden: int) -> None:
        super().__init__()
        self.gru = nn.GRU(into, hidden, batch_first=True, bidirectional=True)


class RmvpeNetwork(nn.Module):
    """Mel to the salience of each pitch."""

    def __init__(self, config: RmvpeConfig) -> None:
        super().__init__()
        self.stride = 2**config.levels
        self.unet = UNet(config)
        self.cnn = nn.Conv2d(config.channels, 3, 3, padding=1)
        self.fc = nn.Sequential(
            Recurrent(3 * config.bands, config.hidden), nn.Linear(2 * config.hidden, config.bins)
        )

    def forward(self, mel: Tensor) -> Tensor:
        """Log-mel (B, bands, T) -> (B, T, bins), 0 to 1."""
        frames = mel.shape[2]
        maps = F.pad(mel, (0, -frames % self.stride)).transpose(1, 2)[:, None]
        maps = self.cnn(self.unet(maps)).transpose(1, 2).flatten(2)  # (B, T, 3 bands)
        recurrent: Any = self.fc[0]
        states, _ = recurrent.gru(maps)
        return torch.sigmoid(self.fc[1](states))[:, :frames]


class RmvpeF0:
    """The network is loaded once; it measures every 10 ms."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or weights_folder() / "rmvpe"
        if not (folder / MODEL_FILE).is_file():
            raise CheckpointError(
                "rmvpe_missing",
                f"RMVPE's weights are not shipped and not in {folder}; docs/f0.md says how to put them "
                "there; without them use swift or fcpe",
                f"весов RMVPE нет ни в поставке, ни в {folder}; как их туда положить, сказано в "
                "docs/f0.ru.md; без них возьмите swift или fcpe",
            )
        self._config, weights = load_checkpoint(folder, RmvpeConfig)
        self._network = RmvpeNetwork(self._config).eval()
        load_into(self._network, weights, folder)
        config = self._config
        cents = config.first_cents + config.bin_cents * np.arange(config.bins)
        self._pitch = PitchBins(cents=cents, voiced=VOICED)
        bands = librosa.filters.mel(
            sr=config.rate_hz,
            n_fft=config.window,
            n_mels=config.bands,
            fmin=config.low_hz,
            fmax=config.high_hz,
            htk=True,
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
        return self._pitch.track(salience, heard, config.rate_hz, config.hop, within)

    def _mel(self, heard: Waveform) -> Tensor:
        """(T,) -> log-mel (bands, frames)."""
        spectrum = torch.stft(
            torch.from_numpy(np.ascontiguousarray(heard)),
            self._config.window,
            self._config.hop,
            window=torch.hann_window(self._config.window),
            center=True,
            return_complex=True,
        )
        return (self._bands @ spectrum.abs()).clamp(min=1e-5).log()
