"""Words written alike that only the sense of their neighbours tells apart: подарили гвозд+ики, забил гв+оздики.

`data/company.txt` lists, for such a word, beginnings of the words that each reading keeps company with.
"""

from collections.abc import Sequence
from functools import lru_cache

from tts_engine.text.datafiles import read_entries

_REACH = 5  # words looked at on each side


def choose_by_company(written: Sequence[str], stressed: Sequence[str]) -> list[str]:
    """The words of one sentence, those of the table stressed as their neighbours ask.

    Args:
        written: words and punctuation in lower case.
        stressed: the same, stressed.
    """
    chosen = list(stressed)
    for index, word in enumerate(written):
        if word in _table():
            nearest_first = [
                written[place]
                for step in range(1, _REACH + 1)
                for place in (index - step, index + step)
                if 0 <= place < len(written)
            ]
            chosen[index] = _reading(_table()[word], nearest_first) or stressed[index]
    return chosen


def _reading(readings: dict[str, tuple[str, ...]], near: Sequence[str]) -> str | None:
    """The reading with the nearest neighbour, else the one that is listed without any."""
    for word in near:
        for reading, beginnings in readings.items():
            if beginnings and word.startswith(beginnings):
                return reading
    return next((reading for reading, beginnings in readings.items() if not beginnings), None)


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, tuple[str, ...]]]:
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for entry in read_entries("company.txt"):
        reading, *beginnings = entry.split()
        word = reading.replace("+", "").replace("ё", "е")
        table.setdefault(word, {})[reading] = tuple(beginnings)
    return table
