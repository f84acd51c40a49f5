"""How loud somebody speaks, and when nobody does."""

import numpy as np
import pytest

from tts_engine.live.level import MOST_GAIN, RunningLevel, gate

RATE, FRAME = 22_050, 256


def noise(frames, level):
    return (level * np.random.default_rng(0).normal(size=frames * FRAME)).astype(np.float32)


def test_gain_brings_what_is_loud_to_the_models_level():
    level = RunningLevel(RATE, FRAME, -55)
    assert level.gain == 1.0
    level.hear(noise(50, 0.0001))  # silence tells nothing
    assert level.gain == 1.0
    level.hear(noise(50, 0.02))
    assert level.gain == pytest.approx(4.0, rel=0.1)
    level.hear(noise(600, 0.2))  # what was louder six seconds ago is forgotten
    level.hear(noise(600, 0.02))
    assert level.gain == pytest.approx(4.0, rel=0.1)
    faint = RunningLevel(RATE, FRAME, -85)
    faint.hear(noise(50, 0.0002))
    assert faint.gain == MOST_GAIN


def test_the_gate_opens_before_speech_and_closes_after_its_echo():
    sound = np.concatenate([noise(50, 1e-5), noise(20, 0.1), noise(80, 1e-5)])
    opened = gate(sound, RATE, FRAME, -55)
    assert opened.shape == sound.shape
    assert opened[52 * FRAME : 68 * FRAME].min() == 1
    first, last = np.flatnonzero(opened)[[0, -1]] / FRAME
    assert 46 <= first < 50
    assert 70 + 0.2 * RATE / FRAME < last < 70 + 0.3 * RATE / FRAME
    assert np.abs(np.diff(opened)).max() < 0.01  # no step
    assert not gate(noise(20, 1e-4), RATE, FRAME, -55).any()
