"""Only characters that the rules know come through."""

import unicodedata

import pytest

from tts_engine.text.cleaning import clean_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("и\u0306 е\u0308", "й ё"),
        ("к\u0301от", "кот"),
        ("a\u00a0b\u202fc", "a b c"),
        ("а\u00adб\u200bв", "абв"),
        ("раз - два", "раз — два"),
        ("— Да", "Да"),
        ("да...", "да…"),
        ("сказал.Она", "сказал. Она"),
        ("café Zürich", "cafe Zurich"),
        ("привет :)", "привет"),
        ("п'ять", "пъять"),
        ("ﬁ ① 𝐀", "fi 1 A"),
    ],
)
def test_text_is_cleaned(raw, clean):
    assert clean_text(raw) == clean


def test_the_result_is_composed():
    text = clean_text("Ёжик, йод — ǆ é ñ й ё")
    assert text == unicodedata.normalize("NFC", text)
