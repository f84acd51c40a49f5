"""F0 tracking on tones of known pitch."""

import numpy as np
import pytest

from tts_engine.errors import RequestError
from tts_engine.f0 import METHODS, SINGING, SPEECH, at_frames, f0_curve, f0_profile, track_f0
from tts_engine.f0.dio import DioF0
from tts_engine.f0.harvest import HarvestF0
from tts_engine.f0.method import F0Track
from tts_engine.f0.praat import PraatF0
from tts_engine.f0.pyin import PyinF0
from tts_engine.f0.swift import SwiftNetF0
from tts_engine.f0.tracking import f0_method
from tts_engine.types import Audio


def buzz(f0_hz, seconds=1.0, rate=22_050):
    time = np.arange(int(seconds * rate)) / rate
    waves = [np.sin(2 * np.pi * f0_hz * k * time) / k for k in range(1, 12)]
    return Audio((0.1 * np.sum(waves, axis=0)).astype(np.float32), rate)


SHIPPED = [name for name in METHODS if name != "rmvpe"]


def inner(track, low=0.2, high=0.8):
    return track.f0_hz[(track.seconds > low) & (track.seconds < high)]


@pytest.mark.weights
@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_every_method_keeps_the_contract(name):
    for f0_hz, within in ((155.0, SPEECH), (620.0, SINGING)):
        track = f0_method(name).measure(buzz(f0_hz), 0.01, within)
        assert track.f0_hz.ndim == 1
        assert track.step_seconds <= 0.0161
        assert track.seconds[-1] == pytest.approx(1.0, abs=0.06)
        assert inner(track) == pytest.approx(f0_hz, rel=0.015)
        if track.confidence is not None:
            assert track.confidence.shape == track.f0_hz.shape
            assert 0 <= track.confidence.min() <= track.confidence.max() <= 1
    silence = f0_method(name).measure(Audio(np.zeros(22_050, np.float32), 22_050), 0.01, SPEECH)
    assert silence is None or not silence.f0_hz.any()
    assert f0_method(name).measure(buzz(155.0, 0.02), 0.01, SPEECH) is None


@pytest.mark.weights
@pytest.mark.parametrize("name", SHIPPED)
def test_pitch_lies_in_its_place_in_time(name):
    """A tone that rises at half a second."""
    tones = np.concatenate([buzz(150.0, 0.5).waveform, buzz(250.0, 0.5).waveform])
    curve = f0_curve(Audio(tones, 22_050), name)
    at = at_frames(curve, 100, 0.01)
    assert at[20:40] == pytest.approx(150.0, rel=0.02)
    assert at[60:80] == pytest.approx(250.0, rel=0.02)
    rises = np.flatnonzero(at[25:75] > 200)[0] + 25
    assert rises == pytest.approx(50, abs=4)


def test_names_are_those_of_the_methods():
    kinds = {"pm": PraatF0, "harvest": HarvestF0, "dio": DioF0, "pyin": PyinF0, "swift": SwiftNetF0}
    for name, kind in kinds.items():
        assert isinstance(f0_method(name), kind)
        assert f0_method(name) is f0_method(name)


def test_a_method_that_is_not_there_is_named():
    with pytest.raises(RequestError) as caught:
        f0_curve(buzz(155.0), "magic")
    assert caught.value.code == "unknown_f0_method"
    assert "swift" in str(caught.value)


def test_a_clip_too_short_for_any_pitch_is_unvoiced():
    assert f0_curve(buzz(155.0, 0.02), "dio").f0_hz.tolist() == [0.0]


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
