"""Who speaks is judged where somebody speaks."""

import dataclasses

import numpy as np
import pytest

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.inference import (
    MACHINE,
    MUSIC,
    NO_SPEECH,
    UNKNOWN,
    SpeakerJudge,
)
from tts_engine.recording import origin
from tts_engine.recording.origin import judged, not_speech
from tts_engine.recording.voice_check import Heard
from tts_engine.types import Audio

SPEECH = Heard(seconds=10.0, speech=8.0, singing=0.0, music=0.0)


@pytest.fixture
def judge():
    """Takes everything for a machine."""
    return SpeakerJudge(lambda window, loud: 9.0, DetectorConfig())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, ""),
        ({"music": 4.0}, ""),  # behind speech for less than half of the time
        ({"music": 6.0}, MUSIC),
        ({"singing": 9.0}, MUSIC),
        ({"speech": 0.5}, NO_SPEECH),
    ],
)
def test_music_songs_and_noise_are_not_judged(changed, reason, judge, monkeypatch):
    heard = dataclasses.replace(SPEECH, **changed)
    assert not_speech(heard) == reason
    monkeypatch.setattr(origin, "hear", lambda audio: heard)
    found = judged(espeak_speech(), judge)
    expected = (UNKNOWN, reason) if reason else (MACHINE, "")
    assert (found.speaker, found.reason) == expected
    assert (found.share is None) == bool(reason)
    assert found.curve


def test_speech_is_heard_as_speech_and_noise_as_none(judge):
    assert judged(espeak_speech(), judge).speaker == MACHINE
    noise = np.random.default_rng(0).normal(0, 0.05, 5 * 16_000).astype(np.float32)
    assert judged(Audio(noise, 16_000), judge).reason == NO_SPEECH
