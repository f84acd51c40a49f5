"""Respelling keeps lengths, and the tables behind it are sound."""

import pytest

from tts_engine.text.datafiles import read_entries, read_pairs
from tts_engine.text.spelling import respell


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("что", "што"),
        ("солнце", "со_нце"),
        ("боится", "боицца"),
        ("учиться", "учицц_а"),
        ("интернет", "интЭрнЭт"),
        ("нового", "новово"),
        ("много", "много"),
    ],
)
def test_word_is_respelled(word, spelled):
    assert respell(word, frozenset()) == spelled


@pytest.mark.parametrize(
    "word", ["рассчитанный", "здравствуйте", "счастливого", "жёстче", "бюстгальтер", "отсутствие"]
)
def test_length_is_kept(word):
    assert len(respell(word, frozenset({3}))) == len(word)


def test_respellings_keep_their_length():
    for pattern, respelling in read_pairs("respellings.txt").items():
        assert len(pattern.strip("^$")) == len(respelling)


def test_hard_e_entries_mark_an_e():
    assert all("Э" in entry for entry in read_entries("hard_e.txt"))


def test_stress_exceptions_spell_the_same_word():
    for word, stressed in read_pairs("stress_exceptions.txt").items():
        assert stressed.replace("+", "").replace("ё", "е") == word.replace("ё", "е")


def test_comments_need_a_space():
    assert "c#" in read_pairs("latin_words.txt")
