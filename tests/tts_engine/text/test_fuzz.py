"""Whatever is typed: digits never vanish, nothing crashes, every token is of the inventory."""

import random
import unicodedata

import pytest

from tts_engine.errors import TextError
from tts_engine.text.frontend import RussianFrontend
from tts_engine.text.normalize import normalize_sentence
from tts_engine.text.symbols import FINAL_PAUSES, START, SYMBOL_IDS, is_phoneme

PIECES = (
    *("5", "05", "1 000", "3,5", "2026", "XIV", "№", "%", "°C", "руб.", "млн", "т. е.", "г.", "ул."),
    *("р./л", "дом", "Иванов", "за́мок", "з+амок", "Google", "C++", "a@b.ru", "ya.ru", "14:05", "11.30"),
    *("+7 912 345-67-89", "«", "»", "(", ")", "—", "-", "…", "?!", ":", "/", "*", '"', "'", "&", "#тег"),
    *("😀", "\u200b", "\u0301", "\u202e", "ﬁ", "½", "٣", "中文", "ї", "ß", "\ufeff", "ъ", "ь", "й", "в"),
    *("с", "А", "5-й", "пн–пт", "4*", "нач.", "до н. э."),
)  # fmt: skip


@pytest.mark.parametrize("length", [1, 2, 3, 9, 10, 11, 15, 16, 17, 30, 100, 400])
def test_digits_of_any_length_are_all_said(length):
    digits = "".join(str(index % 9 + 1) for index in range(length))
    said = normalize_sentence(f"код {digits} принят")
    assert not any(letter.isdigit() for letter in said)
    words = said.split()
    assert words[0] == "код"
    assert words[-1] == "принят"
    assert len(words) - 2 >= (length if length > 10 else 1)


@pytest.mark.parametrize("seed", range(40))
def test_any_mixture_of_pieces_can_be_said(frontend, seed):
    dice = random.Random(seed)
    for _ in range(15):
        text = "".join(
            dice.choice(PIECES) + dice.choice(["", " ", " ", ", "])
            for _ in range(dice.randrange(1, 14))
        )
        _check(frontend, text)


@pytest.mark.parametrize("seed", range(10))
def test_random_unicode_can_be_said(frontend, seed):
    dice = random.Random(seed)
    for _ in range(15):
        text = "".join(
            chr(dice.choice([dice.randrange(32, 0x500), dice.randrange(0x500, 0x1FAFF)]))
            for _ in range(40)
        )
        _check(frontend, "".join(c for c in text if unicodedata.category(c) != "Cs"))


def _check(frontend: RussianFrontend, text: str) -> None:
    sentences = frontend.spoken(text)
    assert sentences or not any(letter.isascii() and letter.isalnum() for letter in text)
    for sentence in sentences:
        assert sentence.tokens[0] == START
        assert sentence.tokens[-1] in FINAL_PAUSES
        assert all(token in SYMBOL_IDS for token in sentence.tokens)
        assert any(map(is_phoneme, sentence.tokens))
        assert not any(letter.isdigit() for letter in sentence.normalized)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        (" \n\t", "empty_text"),
        ("…", "nothing_to_say"),
        ("😀 🎉", "nothing_to_say"),
        ("«»", "nothing_to_say"),
    ],
)
def test_nothing_to_say_is_named(frontend, text, code):
    with pytest.raises(TextError) as caught:
        frontend.sentences(text)
    assert caught.value.code == code


def test_a_very_long_word_is_said(frontend):
    sentences = frontend.sentences("сверх" * 2_000)
    assert sum(len(sentence.tokens) for sentence in sentences) > 8_000


def test_an_emoji_between_words_leaves_them_alone(say):
    assert say("Привет 😀 мир 👩‍👩‍👧!") == "прив+ет мир"
