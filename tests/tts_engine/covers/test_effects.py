"""What is done to a voice before it is mixed."""

import numpy as np
import pytest

from tests.tts_engine.covers.tiny import RATE, buzz
from tts_engine.covers.effects import (
    ROOM_DELAY_SECONDS,
    compressed,
    de_essed,
    high_passed,
    in_room,
    room,
    worked,
)


def level_db(waveform):
    return 10 * np.log10(1e-15 + np.mean(np.square(waveform[4410:-4410], dtype=np.float64)))


def tone(hz, seconds=1.0, size=0.2):
    return (size * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(
        np.float32
    )


@pytest.mark.parametrize(("hz", "down_db"), [(20.0, -24.6), (80.0, -6.0), (1000.0, 0.0)])
def test_rumble_goes_and_the_voice_stays_in_its_time(hz, down_db):
    sound = tone(hz)
    assert level_db(high_passed(sound)) - level_db(sound) == pytest.approx(down_db, abs=1.0)
    click = np.zeros(RATE, np.float32)
    click[RATE // 2] = 1.0
    assert int(np.abs(high_passed(click)).argmax()) == RATE // 2


def test_hiss_is_turned_down_and_the_voice_is_not():
    hiss = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    spectrum = np.fft.rfft(hiss)
    hz = np.fft.rfftfreq(RATE, 1 / RATE)
    hiss = np.fft.irfft(np.where((hz > 5500) & (hz < 9000), spectrum, 0)).astype(np.float32)
    assert level_db(de_essed(hiss)) - level_db(hiss) == pytest.approx(-8.0, abs=1.5)
    voice = buzz(1.0)
    assert level_db(de_essed(voice) - voice) < level_db(voice) - 40


def test_what_is_loud_is_half_as_far_above_the_level():
    sound = tone(500.0)
    level = float(np.sqrt(np.mean(sound**2)))
    for over_db, expected in ((-10.0, -10.0), (0.0, 0.0), (8.0, 4.0), (20.0, 14.0)):
        louder = sound * np.float32(10 ** (over_db / 20))
        assert level_db(compressed(louder, level)) - level_db(sound) == pytest.approx(
            expected, abs=0.2
        )


def test_a_room_comes_later_so_far_below_and_other_on_both_sides():
    response = room(-20.0)
    sound = tone(1000.0, 2.0)
    wet = in_room(sound, response)
    assert wet.shape == (sound.size, 2)
    assert np.abs(wet[: round(ROOM_DELAY_SECONDS * RATE) - 1]).max() < 1e-6
    assert abs(np.corrcoef(response.T)[0, 1]) < 0.2
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE).astype(np.float32)
    assert level_db(in_room(noise, response)) - level_db(noise) == pytest.approx(-20, abs=1)
    np.testing.assert_array_equal(room(-20.0), response)


def test_a_worked_voice_is_as_long_and_finite():
    for size in (1, 50, RATE):
        made = worked(buzz(1.0)[:size], 0.1)
        assert made.shape == (size,)
        assert np.isfinite(made).all()
