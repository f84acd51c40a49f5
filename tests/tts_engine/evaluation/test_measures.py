"""Single measures."""

import numpy as np
import pytest

from tts_engine.evaluation.measures import (
    clipped_share,
    cosine,
    naturalness,
    phoneme_errors,
    silences,
)
from tts_engine.types import Audio

RATE = 16_000


def noise(seconds):
    return np.random.default_rng(0).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)


def test_errors_count_edits_and_ignore_pauses():
    assert phoneme_errors(["^", "a", ",", "b", "o", "."], ["a", "p", "o", "o"]) == (2, 3)
    assert phoneme_errors(["^", "a", "."], ["a"]) == (0, 1)


def test_cosine_of_orthogonal_and_equal_vectors():
    x, y = np.array([1.0, 0.0], np.float32), np.array([0.0, 2.0], np.float32)
    assert cosine(x, y) == 0
    assert cosine(y, y) == pytest.approx(1)


def test_pauses_are_measured_inside_and_at_the_edges():
    silence = np.zeros(RATE, np.float32)
    parts = [silence[:3200], noise(1), silence[:6400], noise(1), silence[:1600]]
    measured = silences(Audio(np.concatenate(parts), RATE))
    assert measured.longest_pause == pytest.approx(0.4, abs=0.03)
    assert measured.leading == pytest.approx(0.2, abs=0.03)
    assert measured.trailing == pytest.approx(0.1, abs=0.03)
    assert measured.longest_edge == measured.leading


def test_a_clip_shorter_than_a_frame_has_no_silence():
    assert silences(Audio(noise(0.01), RATE)).longest_edge == 0


def test_clipped_samples_are_those_at_full_scale():
    waveform = np.array([0.5, 1.0, -1.0, 0.99], np.float32)
    assert clipped_share(Audio(waveform, RATE)) == 0.5
    assert clipped_share(Audio(0.9 * waveform, RATE)) == 0


def test_noise_is_not_natural_speech():
    assert 1 <= naturalness(Audio(noise(3), RATE)) < 2
