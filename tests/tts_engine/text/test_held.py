"""Held letters: read once, heard longer."""

import pytest

from tts_engine.text.held import LONGEST_FACTOR, held_sound, shorten_held


def test_a_held_letter_is_written_once_and_told():
    text, (first, second) = shorten_held("Нет, нееет! Ураааа!")
    assert text == "Нет, нет! Ура!"
    assert (first.word, first.occurrence, first.letter, first.factor) == ("нет", 1, 1, 2.0)
    assert (second.word, second.occurrence, second.letter) == ("ура", 0, 2)
    assert second.factor > first.factor


@pytest.mark.parametrize(
    "text",
    ["Зоопарк", "длинношеее", "Ммм", "Тссс", "кто-то", "и-и", "1000000", "Алма-Ата"],
)
def test_what_is_no_held_letter_stays(text):
    plain, held = shorten_held(text)
    assert (plain, held) == (text, ()) or text == "и-и"


def test_two_letters_stay_where_the_word_has_two():
    assert shorten_held("Классссс, кооооперация")[0] == "Класс, кооперация"


def test_the_factor_has_a_limit():
    assert shorten_held("да" + "а" * 500)[1][0].factor == LONGEST_FACTOR


@pytest.mark.parametrize(
    ("word", "letter", "phonemes", "sound"),
    [
        ("нет", 1, ("nʲ", "e", "t"), 1),
        ("ура", 2, ("ʊ", "r", "a"), 2),
        ("привет", 5, ("p", "rʲ", "ɪ", "vʲ", "e", "t"), 5),
        ("яма", 0, ("j", "a", "m", "ə"), 1),
        ("ну", 0, ("n", "u"), 0),
        ("день", 3, ("dʲ", "e", "nʲ"), 2),
    ],
)
def test_the_sound_of_a_letter_is_found(word, letter, phonemes, sound):
    assert held_sound(letter, word, phonemes) == sound


def test_a_sentence_tells_which_of_its_sounds_are_held(frontend):
    (sentence,) = frontend.sentences("Сказал он: нееет и ушёл.")
    ((token, factor),) = sentence.held
    assert sentence.tokens[token] == "e"
    assert sentence.tokens[token - 1] == "nʲ"
    assert factor == 2.0
    assert sentence.source == "Сказал он: нееет и ушёл."
    assert not frontend.sentences("Сказал он: нет и ушёл.")[0].held
