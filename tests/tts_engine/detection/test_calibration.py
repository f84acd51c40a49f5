"""Error rates, shares and limits."""

import numpy as np
import pytest

from tts_engine.detection.calibration import calibrated, equal_error_rate
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.inference import MACHINE, PERSON, SpeakerJudge


@pytest.mark.parametrize(
    ("people", "machines", "rate"),
    [
        ([0.0, 1.0], [2.0, 3.0], 0.0),
        ([2.0, 3.0], [0.0, 1.0], 1.0),
        ([0.0, 1.0, 2.0, 5.0], [1.5, 6.0, 7.0, 8.0], 0.25),
        ([1.0, 1.0], [1.0, 1.0], 0.5),  # all alike: no threshold tells anything
    ],
)
def test_equal_error_rates_counted_by_hand(people, machines, rate):
    assert equal_error_rate(np.array(people), np.array(machines)) == pytest.approx(rate)


def test_shares_are_those_that_logits_deserve():
    """Two normal distributions: the share at a logit follows from their densities."""
    rng = np.random.default_rng(0)
    people, machines = rng.normal(-1.0, 1.0, 20_000), rng.normal(1.0, 1.0, 5_000)
    config = calibrated(DetectorConfig(), people, machines)
    assert (config.slope, config.offset) == pytest.approx((2.0, 0.0), abs=0.1)
    judge = SpeakerJudge(None, config)
    shares = np.array([judge.share(logit) for logit in people])
    assert np.mean(shares >= config.machine_from) == pytest.approx(0.003, abs=5e-4)
    shares = np.array([judge.share(logit) for logit in machines])
    assert np.mean(shares < config.person_below) == pytest.approx(0.05, abs=0.01)
    assert judge.answer(config.machine_from) == MACHINE
    assert judge.answer(config.person_below / 2) == PERSON


def test_of_few_people_none_is_called_a_machine():
    people = np.random.default_rng(0).normal(-1.0, 1.0, 50)
    judge = SpeakerJudge(None, calibrated(DetectorConfig(), people, people + 2.0))
    assert judge.answer(judge.share(people.max())) != MACHINE


def test_limits_of_classes_far_apart_leave_room_between():
    config = calibrated(DetectorConfig(), np.linspace(-9, -8, 50), np.linspace(8, 9, 50))
    assert config.person_below <= 0.5
    assert config.person_below <= config.machine_from
