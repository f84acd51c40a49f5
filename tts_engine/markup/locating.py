"""Finds the words that are said in the text as it was typed, so that their stress can be moved there."""

import re
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from tts_engine.text.frontend import Word

_TYPED = re.compile(r"[А-Яа-яЁё+\u0301]+(?:-[А-Яа-яЁё+\u0301]+)*")
_MARKS = re.compile(r"[+\u0301]")

Place = tuple[int, int]


def locate_words(
    text: str, words: Sequence[Word], start: int = 0, stop: int | None = None
) -> list[Place | None]:
    """For each word its (start, end) in the text, None when it is not written there: 5 -> пять.

    Words of a part of the text are looked for from `start` to `stop`: elsewhere the same ones may stand.
    """
    return locate_spelled(text, [word.text for word in words], start, stop)


def locate_spelled(
    text: str, said: Sequence[str], start: int = 0, stop: int | None = None
) -> list[Place | None]:
    """The same for words given as they are spelled."""
    found_words = _TYPED.finditer(text, start, len(text) if stop is None else stop)
    typed = [(_plain(found.group()), found.span()) for found in found_words]
    words = [_plain(word) for word in said]
    places: list[Place | None] = [None] * len(words)
    # the longest common subsequence: difflib takes minutes where a page repeats a few words
    for same in LCSseq.opcodes([word for word, _ in typed], words):
        if same.tag == "equal":
            for offset in range(same.src_end - same.src_start):
                places[same.dest_start + offset] = typed[same.src_start + offset][1]
    return places


def _plain(word: str) -> str:
    return _MARKS.sub("", word).lower().replace("ё", "е")
