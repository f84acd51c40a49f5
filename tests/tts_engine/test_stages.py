"""Seconds of the stages reach who listens."""

import pytest

from tts_engine import stages


def test_every_call_is_told_once_even_one_that_fails(monkeypatch):
    monkeypatch.setattr(stages, "_listeners", [])
    told = []

    def listener(stage, seconds):
        told.append((stage, seconds >= 0))

    stages.listen(listener)
    stages.listen(listener)

    @stages.timed("work")
    def work(number):
        return 10 // number

    assert work(5) == 2
    with pytest.raises(ZeroDivisionError):
        work(0)
    assert told == [("work", True)] * 2
