"""Bounds of what may be asked of a voice."""

import math

import pytest

from tts_engine import speech_settings
from tts_engine.errors import RequestError
from tts_engine.markup.values import parse_pitch, parse_rate
from tts_engine.speech_settings import check_settings

BOUNDS = {
    "speed": speech_settings.SPEED_RANGE,
    "pitch_semitones": speech_settings.PITCH_RANGE_SEMITONES,
    "variation": speech_settings.VARIATION_RANGE,
    "seed": speech_settings.SEED_RANGE,
}


@pytest.mark.parametrize("name", BOUNDS)
def test_the_bounds_fit_and_nothing_beyond_them_does(name):
    low, high = BOUNDS[name]
    check_settings(**{name: low})
    check_settings(**{name: high})
    for value in (low - 0.01, high + 0.01, math.inf, -math.inf, math.nan):
        with pytest.raises(RequestError) as caught:
            check_settings(**{name: value})
        assert caught.value.code == f"{name.removesuffix('_semitones')}_out_of_range"
        assert f"expected {low:.10g} to {high:.10g}" in str(caught.value)


def test_what_is_not_set_fits():
    check_settings()


def test_marks_go_by_the_same_bounds():
    low, high = speech_settings.PITCH_RANGE_SEMITONES
    assert (parse_pitch(f"{low:g}st"), parse_pitch(f"+{high:g}st")) == (low, high)
    slow, fast = speech_settings.FOLLOWED_SPEEDS
    assert (parse_rate(f"{slow:.0%}"), parse_rate(f"{fast:.0%}")) == (slow, fast)
