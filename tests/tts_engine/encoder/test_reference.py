"""Judging recordings."""

import numpy as np
import pytest

from tests.tts_engine.audio.test_levels import buzz
from tts_engine.encoder.reference import LONGEST_SECONDS, analyze_reference
from tts_engine.errors import AudioError
from tts_engine.types import Audio

RATE = 16_000


def test_a_clean_recording_is_accepted_with_its_seconds():
    report = analyze_reference(Audio(buzz(8.0), RATE))
    assert report.speech_seconds == pytest.approx(8.0, abs=1.0)
    assert report.notes == ()


def test_a_short_one_is_refused_with_the_limit():
    with pytest.raises(AudioError) as caught:
        analyze_reference(Audio(np.concatenate([buzz(1.0), np.zeros(RATE * 3, np.float32)]), RATE))
    assert caught.value.code == "reference_too_short"
    assert caught.value.details["required_seconds"] == 2.0


def test_silence_is_refused():
    with pytest.raises(AudioError) as caught:
        analyze_reference(Audio(np.zeros(RATE * 5, np.float32), RATE))
    assert caught.value.code == "reference_silent"


def test_overdriven_and_short_recordings_get_advice():
    report = analyze_reference(Audio(np.clip(30 * buzz(3.0), -1, 1).astype(np.float32), RATE))
    assert len(report.notes) >= 2
    assert "overdriven" in " ".join(str(note) for note in report.notes)


def test_of_a_long_recording_the_minute_with_most_speech_is_taken():
    silence = np.zeros(RATE * 40, np.float32)
    report = analyze_reference(Audio(np.concatenate([silence, buzz(62.0)]), RATE))
    assert report.audio.seconds == LONGEST_SECONDS
    assert report.speech_seconds > 55
