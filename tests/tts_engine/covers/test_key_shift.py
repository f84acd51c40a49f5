"""Music in another key: as long, at its time."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE
from tts_engine.covers import key_shift
from tts_engine.covers.key_shift import lateness, shift_key
from tts_engine.errors import ResourceError


@pytest.mark.parametrize("semitones", [-12, 3, 12])
def test_a_tone_is_higher_and_clicks_stay_where_they_were(tmp_path, semitones):
    size = round(3.017 * RATE)
    time = np.arange(size) / RATE
    tone = 0.2 * np.sin(2 * np.pi * 440 * time)
    clicks = np.zeros(size)
    for second in (0.8, 1.7, 2.5):
        first = round(second * RATE)
        decay = np.exp(-np.arange(1500) / 300)
        clicks[first : first + 1500] = 0.4 * decay * np.random.default_rng(1).normal(size=1500)
    sf.write(tmp_path / "a.flac", np.stack([tone, clicks], axis=1), RATE, subtype="PCM_24")
    shift_key(tmp_path / "a.flac", tmp_path / "b.flac", semitones)
    heard = sf.read(tmp_path / "b.flac")[0]
    assert heard.shape == (size, 2)
    spectrum = np.abs(np.fft.rfft(heard[RATE // 2 : -RATE // 2, 0]))
    hz = spectrum.argmax() * RATE / (heard.shape[0] - RATE)
    assert hz == pytest.approx(440 * 2 ** (semitones / 12), rel=0.003)
    powers = [np.convolve(np.abs(x), np.ones(300), "same") for x in (clicks, heard[:, 1])]
    for second in (0.8, 1.7, 2.5):
        around = slice(round((second - 0.15) * RATE), round((second + 0.15) * RATE))
        apart = int(powers[1][around].argmax()) - int(powers[0][around].argmax())
        assert abs(apart) < 0.006 * RATE


def test_what_the_filter_does_is_measured():
    assert 0 < lateness(-12) < 600
    assert -600 < lateness(12) < 0


def test_a_filter_that_dies_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(key_shift, "ffmpeg_path", lambda: "false")
    monkeypatch.setattr(key_shift, "lateness", lambda semitones: 0)
    sf.write(tmp_path / "a.flac", np.zeros((RATE, 2)), RATE)
    with pytest.raises(ResourceError, match="key"):
        key_shift.shift_key(tmp_path / "a.flac", tmp_path / "b.flac", 2)
