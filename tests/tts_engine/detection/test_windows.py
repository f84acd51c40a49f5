"""Windows, and what is loud in them."""

import numpy as np
import pytest

from tests.tts_engine.detection.tiny_material import hum
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.windows import filled, loud_steps, loudness

CONFIG = DetectorConfig()


def test_loudness_is_in_decibels():
    sound = hum(np.random.default_rng(0), steady=True)
    apart = loudness(sound) - loudness(0.1 * sound)
    assert np.median(apart) == pytest.approx(20.0, abs=0.1)


def test_pauses_and_silence_are_not_loud():
    sound = hum(np.random.default_rng(0), steady=True)
    sound[16_000:32_000] *= 1e-3
    loud = loud_steps(loudness(sound), CONFIG)
    assert loud.shape == (150,)
    assert loud[:49].all()
    assert not loud[51:99].any()
    assert loud[101:].all()
    assert not loud_steps(loudness(np.zeros(48_000, np.float32)), CONFIG).any()


def test_what_is_short_is_repeated():
    sound = np.arange(1, 6, dtype=np.float32)
    assert filled(sound, 12)[[0, 4, 5, -1]].tolist() == [1, 5, 1, 2]
    assert filled(sound, 3).tolist() == [1, 2, 3]
    assert not filled(sound[:0], 4).any()
