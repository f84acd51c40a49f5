"""Distances to a natural recording with known answers."""

import numpy as np
import pytest

from tts_engine.evaluation.distortion import (
    duration_errors,
    mel_cepstral_distortion,
    pitch_errors,
    warping_path,
)

BINS = 80


def ripple(order, depth):
    """A cosine over the mel axis with `order` half periods, shape (80, 1)."""
    return depth * np.cos(np.pi * order * (np.arange(BINS) + 0.5) / BINS)[:, None]


def speech(frames=40):
    """A mel whose frames all differ, shape (80, frames)."""
    rng = np.random.default_rng(0)
    return sum(ripple(k, 1) * rng.normal(size=(1, frames)) for k in range(1, 9)).astype(np.float32)


def straight(frames):
    return np.stack([np.arange(frames)] * 2, axis=1)


def test_a_ripple_of_one_decibel_is_its_root_mean_square():
    mel = speech()
    louder = mel + ripple(3, np.log(10) / 20).astype(np.float32)
    assert mel_cepstral_distortion(mel, louder, straight(40)) == pytest.approx(2**-0.5, rel=1e-3)


def test_loudness_and_fine_detail_do_not_count():
    mel = speech()
    other = mel + 2.0 + ripple(40, 1.0).astype(np.float32)
    assert mel_cepstral_distortion(mel, other, straight(40)) == pytest.approx(0, abs=1e-3)


def test_another_pace_is_warped_away():
    mel = speech()
    slow = np.repeat(mel, 2, axis=1)
    path = warping_path(mel, slow)
    np.testing.assert_array_equal(path[:, 0], np.repeat(np.arange(40), 2))
    assert mel_cepstral_distortion(mel, slow, path) == pytest.approx(0, abs=1e-4)
    assert mel_cepstral_distortion(mel, slow[:, :40], straight(40)) > 1


def test_pitch_is_compared_where_both_are_voiced():
    left = np.array([100, 110, 0, 120, 130, 0], np.float32)
    right = np.array([110, 120, 90, 130, 140, 0], np.float32)
    errors = pitch_errors(left, right, straight(6))
    assert errors.rmse_hz == pytest.approx(10)
    assert errors.correlation == pytest.approx(1, abs=1e-3)
    assert errors.voicing_percent == pytest.approx(100 / 6)


def test_opposite_melodies_correlate_negatively_and_flat_ones_not_at_all():
    rising, falling = np.geomspace(100, 200, 9), np.geomspace(200, 100, 9)
    assert pitch_errors(rising, falling, straight(9)).correlation == pytest.approx(-1)
    assert np.isnan(pitch_errors(rising, np.full(9, 150.0), straight(9)).correlation)


def test_durations():
    errors = duration_errors([10, 20, 30], [15, 20, 31], frame_seconds=0.01)
    assert errors.phoneme_ms == pytest.approx(20)
    assert errors.total_percent == pytest.approx(10)
