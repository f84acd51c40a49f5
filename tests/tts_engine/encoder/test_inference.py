"""Recordings to d-vectors."""

import subprocess
import sys

import librosa
import numpy as np
import pytest
import torch

from tests.tts_engine.audio.test_levels import buzz
from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.resample import resample_audio
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.inference import BLOCK_FRAMES, SpeakerEncoder, power_mel
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

TINY = EncoderConfig(hidden=16, layers=1, embedding=8)


@pytest.fixture(scope="module")
def tiny():
    torch.manual_seed(0)
    return SpeakerEncoder(EncoderNetwork(TINY), TINY, torch.device("cpu"))


@pytest.fixture(scope="module")
def shipped():
    return SpeakerEncoder.load(weights_folder() / "encoder", device=torch.device("cpu"))


def test_the_mel_is_librosa_s_in_blocks_too():
    config = EncoderConfig()
    noise = np.random.default_rng(0).normal(0, 0.1, (BLOCK_FRAMES + 50) * config.hop_samples)
    noise = noise.astype(np.float32)
    oracle = librosa.feature.melspectrogram(
        y=np.pad(noise, config.fft_samples // 2),
        sr=config.sample_rate_hz,
        n_fft=config.fft_samples,
        hop_length=config.hop_samples,
        n_mels=config.n_mels,
        center=False,
    )
    np.testing.assert_allclose(power_mel(noise, config), oracle.T, rtol=1e-3, atol=1e-6)


def test_no_compiler_comes_along():
    """numba and LLVM would cost every process 130 MB."""
    code = "import sys, tts_engine.speaking.joining, tts_engine.speaking.measuring; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def resemblyzer_starts(samples):
    """First frames of the windows as Resemblyzer's `compute_partial_slices` chooses them."""
    frames = int(np.ceil((samples + 1) / 160))
    starts = list(range(0, max(1, frames - 160 + 77 + 1), 77))
    coverage = (samples - starts[-1] * 160) / (160 * 160)
    return starts[:-1] if coverage < 0.75 and len(starts) > 1 else starts


@pytest.mark.parametrize("samples", [1600, 25_599, 25_600, 31_519, 31_520, 44_000, 160_001])
def test_windows_lie_where_resemblyzer_puts_them(tiny, samples):
    mel = np.arange(samples // 160 + 1, dtype=np.float32)[:, None]
    first_frames = tiny._windows(np.repeat(mel, 40, axis=1))[:, 0, 0]
    assert first_frames.tolist() == resemblyzer_starts(samples)


@pytest.mark.parametrize("rate_hz", [16_000, 44_100])
def test_vectors_of_windows_tell_where_the_speech_lies(tiny, rate_hz):
    pause = np.zeros(2 * 16_000, np.float32)
    recording = Audio(np.concatenate([pause, buzz(4.0), pause, buzz(4.0)]), 16_000)
    vectors, spoken = tiny.embed_windows(resample_audio(recording, rate_hz), step_seconds=0.4)
    assert vectors.shape[0] == pytest.approx((8 - 1.6) / 0.4, abs=2)
    (jump,) = np.flatnonzero(np.diff(spoken) > 1)
    edges = [spoken[0], spoken[jump], spoken[jump + 1], spoken[-1]]
    assert [0.03 * edge for edge in edges] == pytest.approx([2, 6, 8, 12], abs=0.3)


@pytest.mark.weights
def test_a_voice_is_the_same_at_any_level_and_rate(shipped):
    speech = espeak_speech()
    vector = shipped.embed(speech)
    assert vector.shape == (256,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    quiet = Audio(speech.waveform * np.float32(0.01), speech.sample_rate_hz)
    assert vector @ shipped.embed(quiet) > 0.9
    assert vector @ shipped.embed(resample_audio(speech, 44_100)) > 0.99
