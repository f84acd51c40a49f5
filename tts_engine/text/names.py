"""Stress of names: Жуков is no beetle, Лариса Черн+ых is not black.

`data/names.txt` has the names that the stress model misses, as a sentence has them. One that is also a common word
counts inside a sentence only, where the capital letter tells. Short surnames in -ых and -их are stressed on the ending.

A surname in -енко is stressed on this е or on the vowel before: before -ченко after a consonant, -щенко, -аенко and
-еенко on the latter (Юрченко, Иванченко, Терещенко, Гордеенко), in two syllables more on the former (Руденко).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.morphology import is_common_word, is_given_name, noun_readings
from tts_engine.text.spelling import VOWEL_LETTERS, mark_vowel

_ENKO = re.compile(r"[А-ЯЁ][а-яё]+енко")
_ENKO_AFTER_STRESS = re.compile(r"(?:[бвгджзклмнпрстфхц][ьй]?ч|[йь]ч|щ|[ае])енко$")
_ENKO_ITSELF = frozenset(["шевченко"])
_PLURAL_SURNAME = re.compile(r"[А-ЯЁ][а-яё]+[ыи]х")


def stress_names(written: Sequence[str], stressed: Sequence[str]) -> list[str]:
    """The words of one sentence with its names stressed.

    Args:
        written: words and punctuation as typed.
        stressed: the same in lower case, stressed.
    """
    named = list(stressed)
    opening = next((index for index, word in enumerate(written) if word.isalpha()), 0)
    for index, word in enumerate(written):
        if _is_like_plural(word):
            if _is_plural_surname(written, index, opening):
                named[index] = f"{word[:-2].lower()}+{word[-2:]}"
        elif word in _names() and (index != opening or not is_common_word(word)):
            named[index] = _names()[word]
        elif _ENKO.fullmatch(word) and word.lower() == stressed[index].replace("+", ""):
            named[index] = _stress_enko(stressed[index])
    return named


def _stress_enko(guess: str) -> str:
    """A surname in -енко: by its ending, else as the stress model has it where that is possible."""
    word = guess.replace("+", "")
    vowels = sum(letter in VOWEL_LETTERS for letter in word)
    ending, before = vowels - 2, vowels - 3
    if before < 0 or word in _ENKO_ITSELF:
        return mark_vowel(word, ending)
    if _ENKO_AFTER_STRESS.search(word):
        return mark_vowel(word, before)
    possible = [mark_vowel(word, vowel) for vowel in (before, ending)]
    return guess if before and guess in possible else possible[-1]


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return read_pairs("names.txt")


def _is_like_plural(word: str) -> bool:
    """Whether it may be a short surname like Черных."""
    vowels = sum(letter in VOWEL_LETTERS for letter in word.lower())
    return vowels == 2 and _PLURAL_SURNAME.fullmatch(word) is not None


def _is_plural_surname(written: Sequence[str], index: int, opening: int) -> bool:
    """After a given name; else inside a sentence, without a noun that it describes."""
    if index and is_given_name(written[index - 1]):
        return True
    after = written[index + 1] if index + 1 < len(written) else ""
    described = any(not noun.singular for noun in noun_readings(after))
    return index != opening and not described
