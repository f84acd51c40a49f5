"""Stress that somebody typed: taken out of a sentence before it is normalised, placed back afterwards.

The rules so see plain words: grammar, units and abbreviations are told as if nothing were marked. Where a rule would
read a marked word in other words (`5 м+ин` is no minutes), the word keeps its mark as U+02C8, which is a letter to
every pattern, so that nothing can cut or replace it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tts_engine.text.spelling import MARK

SHIELD = "\u02c8"
_VOWEL = "[аеёиоуыэюяАЕЁИОУЫЭЮЯ]"
_ACUTE = re.compile(rf"({_VOWEL})[\u0300-\u036f]*?\u0301[\u0300-\u036f]*")
_MARKED = re.compile(rf"(?<![A-Za-z\d+])[А-Яа-яЁё]*(?:\+(?={_VOWEL})[А-Яа-яЁё]+)+")
_WORD = re.compile(r"[А-Яа-яЁё+]+")


@dataclass(frozen=True)
class _Marked:
    """A marked word: where it stands, and the how many-th of that word it is."""

    written: str
    occurrence: int

    @property
    def letters(self) -> str:
        return _letters(self.written)


def keep_marks(text: str, rewrite: Callable[[str], str]) -> str:
    """Rewrite a text as if no stress were marked in it, and mark the same words of what comes out."""
    text = _ACUTE.sub(rf"{MARK}\1", unicodedata.normalize("NFC", text))
    found = list(_MARKED.finditer(text))
    if not found:
        return rewrite(text)
    plain = Counter(_letters(word) for word in _WORD.findall(text))
    said = Counter(_letters(word) for word in _WORD.findall(rewrite(_unmarked(text, ()))))
    changed = {word for one in found if plain[word := _letters(one[0])] != said[word]}
    seen: Counter[str] = Counter()
    marked: set[_Marked] = set()
    for word in _WORD.findall(text):
        if _MARKED.fullmatch(word) and _letters(word) not in changed:
            marked.add(_Marked(word.lower(), seen[_letters(word)]))
        seen[_letters(word)] += 1
    return _placed(rewrite(_unmarked(text, changed)), marked).replace(SHIELD, MARK)


def _letters(word: str) -> str:
    return word.replace(MARK, "").lower()


def _unmarked(text: str, shielded: set[str] | tuple[()]) -> str:
    """The text without marks; those of shielded words as letters."""
    return _MARKED.sub(
        lambda word: word[0].replace(MARK, SHIELD if _letters(word[0]) in shielded else ""), text
    )


def _placed(text: str, marked: set[_Marked]) -> str:
    """The text with the marked words marked."""
    places = {(one.letters, one.occurrence): one.written for one in marked}
    seen: Counter[str] = Counter()

    def place(word: re.Match[str]) -> str:
        letters = _letters(word[0])
        written = places.get((letters, seen[letters]))
        seen[letters] += 1
        return word[0] if written is None else _like(word[0].replace(MARK, ""), written)

    return _WORD.sub(place, text)


def _like(word: str, marked: str) -> str:
    """Замок, зам+ок -> Зам+ок."""
    letters = iter(word)
    return "".join(MARK if letter == MARK else next(letters) for letter in marked)
