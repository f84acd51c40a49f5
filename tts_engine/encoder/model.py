"""The d-vector network: 3 LSTM layers, a linear map, ReLU, unit length.

Source: Wan et al. 2018, "Generalized end-to-end loss for speaker verification" (arXiv 1710.10467);
parameter names as in Resemblyzer (Apache-2.0), whose weights it loads. Beside it the same network on the
synthesizer's mels, differentiable and with no vocoder between; as a training objective this is the speaker
consistency of YourTTS (arXiv 2112.02418):

    log mel 22 050 Hz, 80 bands ─ bands back to bins ─ power ─ 40 bands, 100 frames a second ─ network

That map is written down, not learned. On natural speech its d-vectors have a cosine of 0.96-0.97 to those of the
waveform.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.mel import MelConfig, mel_filterbank, slaney_filters
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.config import EncoderConfig


class EncoderNetwork(nn.Module):
    """Partial utterances to unit vectors."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.lstm = nn.LSTM(config.n_mels, config.hidden, config.layers, batch_first=True)
        self.linear = nn.Linear(config.hidden, config.embedding)

    def forward(self, mels: Tensor) -> Tensor:
        """(B, T, n_mels) linear-power mels -> (B, embedding), each of unit length."""
        _, (hidden, _) = self.lstm(mels)  # (layers, B, H)
        return F.normalize(torch.relu(self.linear(hidden[-1])), dim=1, eps=1e-5)  # (B, D)


class MelSpeakerEncoder(nn.Module):
    """d-vectors of log mels; its weights never change."""

    spread: Tensor
    bands: Tensor

    def __init__(self, network: EncoderNetwork, config: EncoderConfig, mel: MelConfig) -> None:
        super().__init__()
        self.network = network.eval().requires_grad_(False)
        self.rate = config.sample_rate_hz / config.hop_samples / mel.frames_per_second
        self.window_frames = round(config.window_frames / self.rate)
        self.register_buffer("spread", _bands_to_bins(mel), persistent=False)
        self.register_buffer("bands", _bins_to_power_bands(config, mel), persistent=False)

    @classmethod
    def load(cls, folder: Path, mel: MelConfig) -> "MelSpeakerEncoder":
        """The encoder in `folder` for mels of this analysis; CheckpointError when it does not fit."""
        config, weights = load_checkpoint(folder, EncoderConfig)
        network = EncoderNetwork(config)
        load_into(network, weights, folder)
        return cls(network, config, mel)

    def forward(self, mels: Tensor) -> Tensor:
        """Log mels (B, n_mels, F) -> (B, 256) of unit length; `window_frames` is the best F."""
        power = (mels.exp().transpose(1, 2) @ self.spread).square() @ self.bands  # (B, F, 40)
        resampled = F.interpolate(power.transpose(1, 2), scale_factor=self.rate, mode="linear")
        # the encoder hears the power as it is, and one loud frame must not drown the gradient
        vectors: Tensor = self.network(resampled.clamp(max=1e3).transpose(1, 2))
        return vectors


def _bands_to_bins(mel: MelConfig) -> Tensor:
    """Magnitude of every FFT bin, interpolated between the bands' centres: (n_mels, bins)."""
    filters = mel_filterbank(mel).numpy()  # (n_mels, bins)
    bins = np.arange(filters.shape[1])
    area = filters.sum(axis=1)
    centres = (filters @ bins) / area
    rows = [np.interp(bins, centres, row) for row in np.eye(mel.n_mels)]
    return torch.from_numpy(np.stack(rows) / area[:, None]).float()


def _bins_to_power_bands(config: EncoderConfig, mel: MelConfig) -> Tensor:
    """Power bands of the encoder from power bins of the synthesizer's analysis: (bins, 40)."""
    filters = slaney_filters(
        sample_rate_hz=mel.sample_rate_hz,
        fft_samples=mel.fft_samples,
        n_mels=config.n_mels,
        low_hz=0.0,
        high_hz=8000.0,
    )  # (40, bins)
    # a bin's power grows with the window's energy, a band's with the bins that it holds
    energy = config.fft_samples / mel.fft_samples
    density = (config.fft_samples / config.sample_rate_hz) / (mel.fft_samples / mel.sample_rate_hz)
    return filters.T * energy * density
