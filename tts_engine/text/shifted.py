"""Prepositions and `не` that take the stress of the word after them: упал н+а пол, едем з+а город, там н+е было.

They do where nothing depends on the noun: н+а пол, but на п+ол кухни; з+а город, but за г+ород Тулу.
"""

import itertools
from collections.abc import Sequence
from functools import lru_cache

from tts_engine.text.datafiles import read_entries
from tts_engine.text.morphology import noun_readings, parts_of_speech
from tts_engine.text.spelling import VOWEL_LETTERS

MARK = "+"
# What one does for a thing, not to a place: сражались за г+ород, спор за г+ору.
_CAUSES = ("сраж", "бор", "бит", "бой", "боя", "дра", "вое", "спор", "плат", "голос", "отве", "боя")


def shift_stress(written: Sequence[str], stressed: Sequence[str]) -> list[str]:
    """The words of one sentence; of a listed pair the first is stressed and the second not.

    Args:
        written: words and punctuation as typed.
        stressed: the same in lower case, stressed.
    """
    shifted = list(stressed)
    for index, (first, second) in enumerate(itertools.pairwise(written)):
        pair = first.lower().replace(MARK, ""), second.lower()
        if pair not in _pairs():
            continue
        if MARK in first or _stands_alone(written, index, closed=_pairs()[pair]):
            shifted[index] = _marked(pair[0])
            shifted[index + 1] = pair[1]
    return shifted


def _marked(preposition: str) -> str:
    place = next(place for place, letter in enumerate(preposition) if letter in VOWEL_LETTERS)
    return f"{preposition[:place]}{MARK}{preposition[place:]}"


def _stands_alone(written: Sequence[str], index: int, *, closed: bool) -> bool:
    before = written[index - 1].lower() if index else ""
    after = written[index + 2] if index + 2 < len(written) else ""
    if before.startswith(_CAUSES):
        return False
    return closed or not (after.istitle() or _depends(after.lower()))


def _depends(word: str) -> bool:
    """Whether the word after a noun may belong to it: пол кухни, руку свою."""
    if not word.isalpha():
        return False
    nouns = noun_readings(word)
    return bool(nouns and nouns[0].case == "gent") or "ADJF" in parts_of_speech(word)


@lru_cache(maxsize=1)
def _pairs() -> dict[tuple[str, str], bool]:
    """(preposition, word) -> whether what follows makes no difference."""
    pairs: dict[tuple[str, str], bool] = {}
    for entry in read_entries("shifted.txt"):
        preposition, *words = entry.split()
        for word in words:
            pairs[preposition, word.removesuffix("*")] = word.endswith("*")
    return pairs
