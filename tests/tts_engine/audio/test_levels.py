"""Loudness, resampling and voice activity."""

import tracemalloc

import numpy as np
import pyloudnorm
import pytest

from tts_engine.audio import loudness
from tts_engine.audio.loudness import loudness_lufs, normalize_loudness, true_peak
from tts_engine.audio.resample import resample
from tts_engine.audio.speech_detector import (
    STILL_SECONDS,
    speech_mask,
    speech_seconds,
    without_digital_silence,
)
from tts_engine.types import Audio

RATE = 22_050


def noise(seconds, level=0.05):
    return np.random.default_rng(0).normal(0, level, int(seconds * RATE)).astype(np.float32)


def buzz(seconds, rate=16_000):
    """Harmonics with vowel-like weights, switched on and off as syllables are."""
    time = np.arange(int(seconds * rate)) / rate
    f0 = 130 + 20 * np.sin(2 * np.pi * 2 * time)
    phase = 2 * np.pi * np.cumsum(f0) / rate
    voice = sum(np.sin(k * phase) * np.exp(-abs(k - 5) / 4) for k in range(1, 25))
    return (0.1 * voice * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


@pytest.mark.parametrize("level", [0.002, 0.05, 0.5])
def test_loudness_comes_out_at_the_target(level):
    normalized = normalize_loudness(Audio(np.clip(noise(3, level), -1, 1), RATE))
    assert loudness_lufs(normalized) == pytest.approx(-16, abs=1.0)
    assert true_peak(normalized) <= 10 ** (-1 / 20) + 1e-3


def test_silence_stays_silence():
    silence = Audio(np.zeros(RATE, np.float32), RATE)
    assert not normalize_loudness(silence).waveform.any()


def test_a_clip_shorter_than_the_meter_does_not_crash():
    short = normalize_loudness(Audio(noise(0.1), RATE))
    assert np.isfinite(short.waveform).all()


def test_resampling_keeps_a_tone():
    time = np.arange(16_000) / 16_000
    there = resample(np.sin(2 * np.pi * 440 * time).astype(np.float32), 16_000, RATE)
    assert there.size == pytest.approx(RATE, abs=2)
    expected = np.sin(2 * np.pi * 440 * np.arange(there.size) / RATE)
    np.testing.assert_allclose(there[2000:-2000], expected[2000:-2000], atol=0.01)


def test_equal_rates_change_nothing():
    samples = noise(0.1)
    np.testing.assert_array_equal(resample(samples, RATE, RATE), samples)


def test_silence_holds_no_speech():
    assert speech_seconds(Audio(np.zeros(32_000, np.float32), 16_000)) == 0


def test_speech_between_silences_is_found():
    silence = np.zeros(16_000, np.float32)
    audio = Audio(np.concatenate([silence, buzz(2.0), silence]), 16_000)
    mask = speech_mask(audio)
    assert mask.shape == audio.waveform.shape
    assert mask[20_000:44_000].mean() > 0.9
    assert mask[:8_000].mean() < 0.1


def test_digital_silence_is_cut_and_nothing_else():
    sound, still = noise(1.0, 0.001), np.full(5 * RATE, 0.25, np.float32)
    audio = Audio(np.concatenate([sound, still, sound, still[: RATE // 10], sound]), RATE)
    shorter = without_digital_silence(audio)
    assert shorter.seconds == pytest.approx(3 + STILL_SECONDS + 0.1, abs=0.01)
    np.testing.assert_array_equal(shorter.waveform[: sound.size], sound)
    np.testing.assert_array_equal(shorter.waveform[-sound.size :], sound)


def test_silence_alone_leaves_little_of_it():
    kept = without_digital_silence(Audio(np.zeros(60 * RATE, np.float32), RATE))
    assert kept.seconds == pytest.approx(STILL_SECONDS, abs=0.01)


def test_silence_of_ten_minutes_is_cut_in_less_memory_than_it_takes():
    audio = Audio(np.zeros(600 * RATE, np.float32), RATE)
    tracemalloc.start()
    try:
        without_digital_silence(audio)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < audio.waveform.nbytes


def test_sharp_peaks_do_not_keep_speech_from_the_target():
    clicks = noise(3, 0.02)
    clicks[::4000] = 0.9
    normalized = normalize_loudness(Audio(clicks, RATE))
    assert loudness_lufs(normalized) == pytest.approx(-16, abs=0.3)
    assert true_peak(normalized) < 10 ** (-1 / 20)


def uneven(seconds, rate):
    """Noise that comes and goes, with a silence and sharp peaks."""
    noise = np.random.default_rng(1).normal(0, 0.03, round(seconds * rate))
    time = np.arange(noise.size) / rate
    noise *= 1 + np.sin(2 * np.pi * 0.13 * time)
    noise[noise.size // 3 : noise.size // 2] = 0
    noise[:: rate // 2] = 0.9
    return Audio(noise.astype(np.float32), rate)


@pytest.mark.parametrize("rate", [11_025, 16_000, 24_000])
@pytest.mark.parametrize("seconds", [29.9, 30, 30.2, 30.36, 30.42, 61.05, 95.3])
def test_long_audio_worked_on_in_pieces_comes_out_as_in_one(monkeypatch, rate, seconds):
    audio = uneven(seconds, rate)
    measured = loudness_lufs(audio)
    meter = pyloudnorm.Meter(rate)
    assert measured == pytest.approx(meter.integrated_loudness(audio.waveform.astype(float)))
    peak, made = true_peak(audio), normalize_loudness(audio).waveform
    monkeypatch.setattr(loudness, "PIECE_SECONDS", 1000)
    assert (loudness_lufs(audio), true_peak(audio)) == (pytest.approx(measured), peak)
    np.testing.assert_allclose(made, normalize_loudness(audio).waveform, rtol=0, atol=1e-6)
