"""Equal error rates with known answers."""

import numpy as np
import pytest

from tts_engine.evaluation.verification import Identity, equal_error_rate, trial_scores, verify


def near(vector, seed, spread=0.05):
    moved = vector + spread * np.random.default_rng(seed).normal(size=vector.size)
    return (moved / np.linalg.norm(moved)).astype(np.float32)


def people(clone_of, count=6):
    """`clone_of(i)` is where the clones of person i lie."""
    axes = np.eye(32, dtype=np.float32)
    return [
        Identity(
            reference=near(axes[i], i),
            recording=near(axes[i], 100 + i),
            clones=[near(clone_of(axes, i), 200 + 10 * i + k) for k in range(4)],
        )
        for i in range(count)
    ]


def test_separated_scores_have_no_errors_and_equal_scores_half():
    low, high = np.linspace(0, 1, 50), np.linspace(2, 3, 50)
    assert equal_error_rate(high, low) == pytest.approx(0, abs=1e-6)
    assert equal_error_rate(low, high) == pytest.approx(1, abs=1e-6)
    assert equal_error_rate(low, low) == pytest.approx(0.5, abs=0.02)


def test_a_quarter_of_each_side_on_the_wrong_side_is_an_error_of_a_quarter():
    own, others = np.array([1.0, 5, 6, 7]), np.array([2.0, 2, 3, 6.5])
    assert equal_error_rate(own, others) == pytest.approx(0.25, abs=1e-6)


def test_scores_are_cosines_to_the_own_and_to_the_other_enrolments():
    enrolled = np.array([[1, 0], [0, 2]], np.float32)
    own, others = trial_scores(enrolled, [[np.array([3, 0], np.float32)], [enrolled[1]] * 2])
    np.testing.assert_allclose(own, [1, 1, 1])
    np.testing.assert_allclose(others, [0, 0, 0], atol=1e-7)


def test_clones_that_are_the_people_verify_and_cannot_be_told_apart():
    result = verify(people(lambda axes, i: axes[i]))
    assert result.speakers == 6
    assert result.real == pytest.approx(0, abs=1e-6)
    assert result.cloned == pytest.approx(0, abs=1e-6)
    assert result.real_or_cloned > 0.05


def test_clones_that_are_nobody_fail():
    result = verify(people(lambda axes, i: axes[20]))
    assert result.real == pytest.approx(0, abs=1e-6)
    assert result.cloned > 0.3


def test_clones_near_each_other_but_beside_the_person_are_told_apart():
    result = verify(people(lambda axes, i: axes[i] + axes[i + 16]))
    assert result.cloned == pytest.approx(0, abs=1e-6)
    assert result.real_or_cloned == pytest.approx(0, abs=1e-6)
