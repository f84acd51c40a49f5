"""Single measures."""

import numpy as np
import pytest

from tts_engine.evaluation.measures import cosine, naturalness, pauses, phoneme_errors
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
    silence = np.zeros(int(0.4 * RATE), np.float32)
    waveform = np.concatenate([silence[: RATE // 5], noise(1), silence, noise(1)])
    inner, edge, share = pauses(Audio(waveform, RATE))
    assert inner == pytest.approx(0.4, abs=0.03)
    assert edge == pytest.approx(0.2, abs=0.03)
    assert share == pytest.approx(0.6 / 2.6, abs=0.03)


def test_noise_is_not_natural_speech():
    assert 1 <= naturalness(Audio(noise(3), RATE)) < 2
