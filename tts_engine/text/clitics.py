"""Words without a stress of their own, and the phonetic words they make with their neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

PROCLITICS = frozenset(
    [
        "в",
        "во",
        "к",
        "ко",
        "с",
        "со",
        "у",
        "о",
        "об",
        "обо",
        "от",
        "ото",
        "из",
        "изо",
        "без",
        "безо",
        "под",
        "подо",
        "над",
        "пред",
        "предо",
        "перед",
        "передо",
        "до",
        "за",
        "на",
        "по",
        "про",
        "при",
        "для",
        "через",
        "из-за",
        "из-под",
        "по-над",
        "и",
        "а",
        "не",
        "ни",
    ]
)
ENCLITICS = frozenset(["бы", "б", "же", "ж", "ли", "ль"])


def is_clitic(word: str) -> bool:
    """Whether a written word normally has no stress; a marked stress (`+`) makes it a full word."""
    return word in PROCLITICS or word in ENCLITICS


@dataclass(frozen=True)
class PhoneticWord:
    """Written words said under one stress: [start, stop) of the phrase."""

    start: int
    stop: int
    proclitics: frozenset[int]  # indexes inside this group
    stressless: frozenset[int]  # indexes inside this group that give up their stress


def _takes_stress(first: str, second: str) -> bool:
    """Whether a marked preposition or particle stands before a word without a stress: н+а пол."""
    marked = "+" in first and is_clitic(first.replace("+", ""))
    return marked and second not in PROCLITICS and not {"+", "ё"} & set(second)


def group_words(words: Sequence[str]) -> list[PhoneticWord]:
    """Join prepositions and particles to their host word, and words that gave them their stress.

    A clitic that finds no host (the phrase ends) is said as a full word.
    """
    groups: list[PhoneticWord] = []
    start = 0
    while start < len(words):
        host = start
        while (
            host + 1 < len(words) and words[host] in PROCLITICS and words[host + 1] not in ENCLITICS
        ):
            host += 1
        stop = host + 1
        before = set(range(host - start))
        if stop < len(words) and _takes_stress(words[host], words[stop]):
            before.add(host - start)
            stop += 1
        while stop < len(words) and words[stop] in ENCLITICS:
            stop += 1
        stressless = frozenset(range(stop - start)) - {host - start}
        groups.append(PhoneticWord(start, stop, frozenset(before), stressless))
        start = stop
    return groups
