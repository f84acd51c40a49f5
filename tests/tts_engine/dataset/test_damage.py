"""Broken samples are found where they are, and what is mended comes near what it was."""

import numpy as np
import pytest

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.resample import resample
from tts_engine.dataset.damage import (
    CROWDED_SHARE,
    click_spans,
    clipped_spans,
    hum_hz,
    without_clicks,
    without_hum,
)
from tts_engine.types import Audio

RATE = 44_100


def speech():
    heard = espeak_speech()
    return 0.5 * resample(heard.waveform, heard.sample_rate_hz, RATE)


def hum(size, mains, level=0.01):
    at = 2 * np.pi * mains * np.arange(size) / RATE
    return (level * sum(np.sin(k * at) / k for k in (1, 2, 3, 5))).astype(np.float32)


@pytest.mark.parametrize(("gain", "limit"), [(12, 1.0), (12, 0.4), (5, 0.6)])
def test_flat_tops_are_overdriven_at_any_level(gain, limit):
    clean = speech()
    second = slice(RATE, 2 * RATE)
    driven = clean.copy()
    driven[second] = np.clip(driven[second] * gain, -limit, limit)
    quantized = np.round(driven * 32767) / 32767
    spans = clipped_spans(quantized.astype(np.float32), RATE)
    covered = np.zeros(clean.size, bool)
    for first, stop in spans:
        covered[first:stop] = True
    loud = np.abs(driven[second]) >= limit
    assert covered[second][loud].mean() > 0.95
    assert not covered[: RATE - RATE // 2].any()
    assert not covered[2 * RATE + RATE // 2 :].any()


def test_what_was_overdriven_before_it_was_resampled_is_found():
    driven = resample(np.clip(12 * speech(), -0.9, 0.9), RATE, 48_000)
    covered = sum(stop - first for first, stop in clipped_spans(driven, 48_000))
    assert covered > 0.8 * driven.size


def test_clean_speech_is_not_overdriven():
    quantized = np.round(speech() * 32767) / 32767
    assert clipped_spans(quantized.astype(np.float32), RATE) == []
    assert clipped_spans(np.zeros(100, np.float32), RATE) == []


def test_even_peaks_of_a_clear_vowel_are_not_overdriven():
    """A formant that rings from pulse to pulse is near its top often, and falls from there as it rose."""
    since_pulse = np.arange(2 * RATE) / RATE % (1 / 200)
    vowel = np.exp(-np.pi * 60 * since_pulse) * np.cos(2 * np.pi * 600 * since_pulse)
    near_top = np.mean(np.abs(vowel) > 0.8 * np.abs(vowel).max())
    assert near_top > CROWDED_SHARE, "or it would prove nothing"
    assert clipped_spans(0.7 * vowel.astype(np.float32), RATE) == []
    driven = np.clip(3 * vowel, -1, 1).astype(np.float32)
    resampled = 0.7 * resample(driven, RATE, 22_050)
    assert sum(b - a for a, b in clipped_spans(resampled, 22_050)) > 0.9 * resampled.size


@pytest.mark.parametrize("length", [1, 30])
def test_clicks_are_found_and_mended(length):
    clean = speech()
    broken = clean.copy()
    places = (20_000, 60_000, 110_000)
    for place in places:
        broken[place : place + length] += 0.4 * np.random.default_rng(place).choice([-1, 1], length)
    spans = click_spans(broken, RATE)
    for place in places:
        assert any(first <= place and place + length <= stop for first, stop in spans)
    assert len(spans) == len(places)
    mended = without_clicks(broken, spans, RATE)
    assert np.abs(mended - clean).max() < 0.25 * np.abs(broken - clean).max()
    untouched = np.ones(clean.size, bool)
    for first, stop in spans:
        untouched[first:stop] = False
    np.testing.assert_allclose(mended[untouched], clean[untouched], atol=1e-6)


def test_clean_speech_has_no_clicks():
    assert click_spans(speech(), RATE) == []
    assert click_spans(np.zeros(10, np.float32), RATE) == []


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_hum_is_found_and_taken_out(mains):
    clean = np.concatenate([speech(), np.zeros(2 * RATE, np.float32)])
    noisy = Audio(clean + hum(clean.size, mains), RATE)
    assert hum_hz(noisy) == mains
    cleaned = without_hum(noisy, mains)
    pause = slice(clean.size - RATE - RATE // 2, clean.size - RATE // 2)
    assert np.std(cleaned.waveform[pause]) < 0.05 * np.std(noisy.waveform[pause])
    said = slice(RATE // 2, 3 * RATE)
    assert np.corrcoef(cleaned.waveform[said], clean[said])[0, 1] > 0.9
    assert hum_hz(cleaned) == 0


def test_where_nothing_hums_nothing_is_taken():
    clean = np.concatenate([speech(), np.zeros(2 * RATE, np.float32)])
    np.testing.assert_array_equal(without_hum(Audio(clean, RATE), 50.0).waveform, clean)


def test_speech_and_noise_do_not_hum():
    clean = speech()
    noise = np.random.default_rng(0).normal(0, 0.01, clean.size).astype(np.float32)
    for waveform in (clean, clean + noise, noise):
        assert hum_hz(Audio(waveform, RATE)) == 0
