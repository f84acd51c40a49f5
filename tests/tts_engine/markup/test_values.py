"""Values of markup, and the phonemes that people type."""

import pytest

from tts_engine.errors import TextError
from tts_engine.markup.values import parse_ipa, parse_pitch, parse_rate, parse_time, parse_volume
from tts_engine.text.symbols import PHONEMES, phonemes_to_ipa


def test_what_phonemes_prints_can_be_typed_back():
    for phoneme in PHONEMES:
        word = ("a", phoneme, "a")
        assert parse_ipa(phonemes_to_ipa(word)) == word


def test_a_dot_keeps_two_sounds_apart():
    assert parse_ipa("ats") == ("a", "ts")
    assert parse_ipa("at.s") == ("a", "t", "s")


@pytest.mark.parametrize("written", ["t͡ɕas", "tɕˈas", "/tɕas/".strip("/"), "ʨ a s"])
def test_other_ways_to_write_a_sound(written):
    assert parse_ipa(written) == ("tɕ", "a", "s")


@pytest.mark.parametrize("written", ["", "  ", "q", "аб", "a" * 1000])
def test_unknown_sounds_are_named(written):
    with pytest.raises(TextError) as caught:
        parse_ipa(written)
    assert caught.value.code == "unknown_phoneme"


@pytest.mark.parametrize("written", ["", "abc", "1e9", "--1", "1;2", "nan", "9" * 50])
def test_no_number_is_a_named_error(written):
    for parse in (parse_rate, parse_pitch, parse_volume, parse_time):
        with pytest.raises(TextError):
            parse(written)
