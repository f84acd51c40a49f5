"""Letters held long: `Нееет`, `Приветттт`, `Да-а-а`. The word is read with one letter, its sound lasts longer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from tts_engine.text.morphology import is_plain_word
from tts_engine.text.spelling import VOWEL_LETTERS
from tts_engine.text.symbols import VOWELS

WORD = re.compile(r"[а-яё+]+(?:-[а-яё+]+)*", re.IGNORECASE)
LONGEST_FACTOR = 4.0  # of the usual duration
_FACTOR_PER_LETTER = 0.5
_LONG = re.compile(r"([а-яё])\1{2,}|([аеёиоуыэюя])(?:-\2)+(?![а-яё]*-\w)", re.IGNORECASE)
_MOST_RUNS = 3
_NAME = re.compile(r"[а-яё]-[А-ЯЁ]")  # Алма-Ата
_LONGEST_INITIALISM = 3


@dataclass(frozen=True)
class HeldLetter:
    """One letter of a word that is held.

    Attributes:
        word: lower-case, as it is read.
        occurrence: the how many-th of that word in its text, from 0.
        letter: its index in the word.
        factor: of the usual duration.
    """

    word: str
    occurrence: int
    letter: int
    factor: float


def shorten_held(text: str) -> tuple[str, tuple[HeldLetter, ...]]:
    """The text with every held letter written once, and which they were."""
    if not _LONG.search(text):
        return text, ()
    seen: dict[str, int] = {}
    held: list[HeldLetter] = []

    def shorten(found: re.Match[str]) -> str:
        word, runs = _shortened(found.group())
        key = word.replace("+", "").lower()
        occurrence = seen.get(key, 0)
        seen[key] = occurrence + 1
        held.extend(HeldLetter(key, occurrence, at, factor) for at, factor in runs)
        return word

    return WORD.sub(shorten, text), tuple(held)


def held_sound(letter: int, word: str, phonemes: Sequence[str]) -> int | None:
    """Index of the phoneme that a letter of a word is heard as; None when it is silent.

    Vowel letters and vowel sounds go in the same order; of a group of consonants the nearest by its place.
    """
    before = sum(one in VOWEL_LETTERS for one in word[:letter])
    vowels = [index for index, symbol in enumerate(phonemes) if symbol in VOWELS]
    if word[letter] in VOWEL_LETTERS:
        return vowels[before] if before < len(vowels) else None
    first = vowels[before - 1] + 1 if 0 < before <= len(vowels) else 0
    last = (vowels[before] if before < len(vowels) else len(phonemes)) - 1
    start = max((i for i, one in enumerate(word[:letter]) if one in VOWEL_LETTERS), default=-1)
    return min(first + letter - start - 1, last) if first <= last else None


def _shortened(word: str) -> tuple[str, list[tuple[int, float]]]:
    """A word without its long letters, and (index, factor) of each; `длинношеее` and `Ммм` stay."""
    runs = list(_LONG.finditer(word))
    if not runs or len(runs) > _MOST_RUNS or _NAME.search(word):
        return word, []
    if "-" not in word and is_plain_word(word):
        return word, []
    if not any(letter in VOWEL_LETTERS for letter in word.lower()):
        return word, []
    if word.isupper() and len(word) == len(runs[0].group()) <= _LONGEST_INITIALISM:  # ООО
        return word, []
    counts = next(
        (c for c in product((1, 2), repeat=len(runs)) if is_plain_word(_with(word, runs, c))),
        (1,) * len(runs),
    )
    plain = _with(word, runs, counts)
    held: list[tuple[int, float]] = []
    removed = 0
    for run, count in zip(runs, counts, strict=True):
        length = run.end() - run.start()
        letters = length - run.group().count("-")
        at = run.start() - removed - word[: run.start()].count("+")
        held.append((at, min(1 + (letters - 1) * _FACTOR_PER_LETTER, LONGEST_FACTOR)))
        removed += length - count
    return plain, held


def _with(word: str, runs: list[re.Match[str]], counts: Sequence[int]) -> str:
    """The word with each run of a letter so many times long."""
    parts, end = [], 0
    for run, count in zip(runs, counts, strict=True):
        parts.append(word[end : run.start()] + run.group()[0] * count)
        end = run.end()
    return "".join(parts) + word[end:]
