"""F0 tracking on tones of known pitch."""

import numpy as np
import pytest

from tts_engine.f0 import METHODS, SINGING, SPEECH, f0_profile, track_f0
from tts_engine.f0.method import F0Track
from tts_engine.f0.praat import PraatF0
from tts_engine.f0.tracking import f0_method
from tts_engine.types import Audio


def buzz(f0_hz, seconds=1.0, rate=22_050):
    time = np.arange(int(seconds * rate)) / rate
    waves = [np.sin(2 * np.pi * f0_hz * k * time) / k for k in range(1, 12)]
    return Audio((0.1 * np.sum(waves, axis=0)).astype(np.float32), rate)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_keeps_the_contract(name):
    track = f0_method(name).measure(buzz(155.0), 0.01, SPEECH)
    assert track.f0_hz.ndim == 1
    assert track.step_seconds <= 0.0101
    times = track.first_seconds + track.step_seconds * np.arange(track.f0_hz.size)
    inside = track.f0_hz[(times > 0.2) & (times < 0.8)]
    assert inside == pytest.approx(155.0, rel=0.01)


def test_a_track_of_other_steps_is_read_at_the_mel_frames(monkeypatch):
    risen = F0Track(f0_hz=np.array([100.0, 200.0, 0.0]), first_seconds=0.5, step_seconds=0.1)
    monkeypatch.setattr(PraatF0, "measure", lambda *_: risen)
    track = track_f0(Audio(np.zeros(1000, np.float32), 2560), 10)  # frames of 0.1 s
    # 0.45 lies half a step before the first, 0.55 between 100 and 200, 0.65 before what is unvoiced
    assert track.tolist() == [0, 0, 0, 0, 100, 150, 0, 0, 0, 0]


@pytest.mark.parametrize("f0_hz", [90.0, 155.0, 260.0])
def test_pitch_of_a_buzz_is_found(f0_hz):
    track = track_f0(buzz(f0_hz), 86)
    assert track.shape == (86,)
    assert np.median(track[track > 0]) == pytest.approx(f0_hz, rel=0.01)


def test_a_high_note_is_found_only_where_singing_is_expected():
    high = buzz(880.0)
    assert np.median(track_f0(high, 86, SINGING)) == pytest.approx(880, rel=0.01)
    assert np.median(track_f0(high, 86)) < 500


def test_silence_is_unvoiced():
    assert not track_f0(Audio(np.zeros(22_050, np.float32), 22_050), 86).any()


def test_a_clip_shorter_than_a_period_window_is_unvoiced():
    assert not track_f0(Audio(np.ones(200, np.float32), 22_050), 1).any()


def test_profile_is_median_and_spread_in_semitones():
    track = np.array([0, 100, 100, 200, 0], dtype=np.float32)
    median, spread = f0_profile(track)
    assert median == 100
    assert spread == pytest.approx(0.0)  # the octave slip does not count
    assert f0_profile(np.zeros(5, np.float32)) == (0.0, 0.0)
