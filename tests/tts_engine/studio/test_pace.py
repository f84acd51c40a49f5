"""How long a training will take, before any of it was measured."""

import os

import pytest

from tts_engine.studio import pace
from tts_engine.studio.pace import Pace


@pytest.fixture
def alone(monkeypatch):
    """A machine like that of the usual figures, with nothing else to do."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    monkeypatch.setattr(pace, "_tried_seconds", lambda: pace.USUAL_TRY)


def test_a_machine_like_the_measured_one_takes_as_long(alone):
    assert vars(Pace.usual()) == {
        "clip": pace.USUAL_CLIP,
        "step": pace.USUAL_STEP,
        "checkpoint": pace.USUAL_CHECKPOINT,
    }


def test_a_slower_one_takes_longer(alone, monkeypatch):
    monkeypatch.setattr(pace, "_tried_seconds", lambda: 3 * pace.USUAL_TRY)
    assert Pace.usual().step == pytest.approx(3 * pace.USUAL_STEP)


def test_one_that_has_other_work_takes_longer(alone, monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (7.0, 2.0, 1.0))
    assert Pace.usual().step == pytest.approx(4 * pace.USUAL_STEP)


def test_what_is_tried_takes_time_of_the_processor():
    assert 0 < pace._tried_seconds() < 1
