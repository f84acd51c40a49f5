"""Readings that an author asks for; test_ssml.py has the table of them."""

import pytest

from tts_engine.errors import TextError
from tts_engine.markup.say_as import READINGS, say_as


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("text", ["", "5", "abc", "1/0", "9" * 40, "§", "15.05.2026", "🙂"])
def test_any_text_can_be_read_in_any_way(reading, text):
    assert not any(letter.isdigit() for letter in say_as(text, reading) if reading == "characters")


def test_an_unknown_reading_is_named():
    with pytest.raises(TextError) as caught:
        say_as("5", "song")
    assert caught.value.code == "markup_bad_value"
