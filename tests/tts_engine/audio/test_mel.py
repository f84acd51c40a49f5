"""The log-mel against librosa."""

import librosa
import numpy as np
import pytest
import torch

from tts_engine.audio import mel
from tts_engine.audio.mel import MelConfig, log_mel, mel_filterbank, slaney_filters


def test_mel_equals_librosa_on_the_padded_signal():
    config = MelConfig()
    waveform = np.random.default_rng(0).normal(0, 0.1, 256 * 40).astype(np.float32)
    padded = np.pad(waveform, 384, mode="reflect")
    oracle = librosa.feature.melspectrogram(
        y=padded,
        sr=22_050,
        n_fft=1024,
        hop_length=256,
        center=False,
        power=1.0,
        fmax=8000,
        n_mels=80,
    )
    ours = log_mel(torch.from_numpy(waveform)[None], config)[0].numpy()
    assert ours.shape == (80, 40)
    np.testing.assert_allclose(ours, np.log(np.maximum(oracle, 1e-5)), atol=2e-3)


@pytest.mark.parametrize(
    ("rate_hz", "size", "bands", "low_hz", "high_hz"),
    [(22_050, 1024, 80, 0, 8000), (16_000, 400, 40, 0, 8000), (16_000, 512, 64, 60, 7600)],
)
def test_filters_equal_librosa_s(rate_hz, size, bands, low_hz, high_hz):
    ours = slaney_filters(
        sample_rate_hz=rate_hz, fft_samples=size, n_mels=bands, low_hz=low_hz, high_hz=high_hz
    )
    theirs = librosa.filters.mel(sr=rate_hz, n_fft=size, n_mels=bands, fmin=low_hz, fmax=high_hz)
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-8)


def test_silence_is_the_floor():
    # 1e-9 under the root keeps the gradient finite and lies below the floor of most bands
    mel = log_mel(torch.zeros(1, 2560), MelConfig())
    assert mel.max().item() < -10


def test_hop_must_divide_the_window():
    with pytest.raises(ValueError, match="divide"):
        MelConfig(hop_samples=300)


def test_filters_are_made_once():
    assert mel_filterbank(MelConfig()) is mel_filterbank(MelConfig())


@pytest.mark.parametrize("frames", [1, 39, 40, 41, 80, 100])
def test_a_long_mel_made_in_blocks_is_the_same(monkeypatch, frames):
    noise = torch.randn(2, 256 * frames + 200, generator=torch.Generator().manual_seed(frames))
    whole = log_mel(noise, MelConfig())
    monkeypatch.setattr(mel, "BLOCK_FRAMES", 40)
    torch.testing.assert_close(log_mel(noise, MelConfig()), whole, atol=1e-5, rtol=0)
    assert whole.shape == (2, 80, frames)
