"""Levels of linear bands, and what is left of them for the network."""

import numpy as np
import pytest

from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.levels import band_filters, band_levels, normalized

CONFIG = DetectorConfig()
VIEWS = 1 + CONFIG.fine_windows


def tone(hz, seconds=0.5, level=0.5):
    time = np.arange(int(seconds * CONFIG.sample_rate_hz)) / CONFIG.sample_rate_hz
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)


@pytest.mark.parametrize("hz", [300.0, 1500.0, 6000.0])
def test_a_tone_is_loudest_in_its_own_band(hz):
    centres = np.linspace(CONFIG.low_hz, CONFIG.high_hz, CONFIG.bands + 2)[1:-1]
    for view, levels in enumerate(band_levels(tone(hz), CONFIG).mean(axis=0)):
        near = centres[1] - centres[0] if view == 0 else CONFIG.sample_rate_hz / CONFIG.fine_samples
        assert abs(centres[levels.argmax()] - hz) <= near


@pytest.mark.parametrize("number", range(CONFIG.fine_windows))
def test_short_windows_stand_side_by_side_around_the_middle_of_the_long_one(number):
    """A click in the middle of one is loudest there by far."""
    clicks = np.zeros(CONFIG.sample_rate_hz // 2, np.float32)
    apart = CONFIG.hop_samples // CONFIG.fine_windows
    middle = (CONFIG.window_samples - CONFIG.hop_samples) // 2 + number * apart + apart // 2
    clicks[middle :: CONFIG.hop_samples] = 0.5
    levels = band_levels(clicks, CONFIG).mean(axis=(0, 2))[1:]
    assert levels.argmax() == number
    beside = levels[[place for place in (number - 1, number + 1) if 0 <= place < levels.size]]
    assert levels[number] - beside.max() > 3.0


def test_ten_times_the_amplitude_is_twenty_decibels():
    soft, loud = (band_levels(tone(1000.0, level=level), CONFIG) for level in (0.05, 0.5))
    np.testing.assert_allclose((loud - soft).max(axis=2), 20.0, atol=0.1)


def test_every_band_has_bins_and_none_lies_above_the_last_edge():
    filters = band_filters(CONFIG)
    np.testing.assert_allclose(filters.sum(axis=1), 1.0, rtol=1e-5)
    bins_hz = np.arange(filters.shape[1]) * CONFIG.sample_rate_hz / CONFIG.fft_samples
    assert not filters[:, bins_hz >= CONFIG.high_hz].any()


def test_neither_loudness_nor_a_microphone_is_left():
    rng = np.random.default_rng(0)
    levels = rng.normal(-20.0, 6.0, (200, VIEWS, CONFIG.bands)).astype(np.float32)
    colour = np.linspace(0.0, 8.0, CONFIG.bands, dtype=np.float32)
    plain, _ = normalized(levels, CONFIG)
    np.testing.assert_allclose(normalized(levels - 30.0, CONFIG)[0], plain, atol=1e-4)
    np.testing.assert_allclose(normalized(levels + colour, CONFIG)[0], plain, atol=0.05)


def test_quiet_frames_are_not_judged_and_hold_nothing():
    levels = np.random.default_rng(0).normal(-20.0, 3.0, (100, VIEWS, CONFIG.bands))
    levels = levels.astype(np.float32)
    levels[40:60] -= 50.0
    values, loud = normalized(levels, CONFIG)
    assert loud.tolist() == [not 40 <= frame < 60 for frame in range(100)]
    assert not values[40:60].any()


def test_digital_silence_has_no_loud_frame():
    values, loud = normalized(band_levels(np.zeros(8000, np.float32), CONFIG), CONFIG)
    assert not loud.any()
    assert not values.any()
