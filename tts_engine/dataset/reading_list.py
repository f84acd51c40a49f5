"""Sentences for somebody to read aloud: a list that ships, each next one chosen for the sounds that it adds.

The measure is diphones, pairs of neighbouring sounds, in which a voice's transitions lie; a pause counts as a sound.
The next sentence is the one with the most diphones that were not read yet (greedy set cover, Chvátal, "A Greedy
Heuristic for the Set-Covering Problem", 1979), so that little reading hears much; when all of the list's were read,
those that were read once are sought, and so on.

`reading_list.tsv` holds sentences with their phonemes, so that choosing needs no model:

    python -m tts_engine.dataset.reading_list     writes the phonemes anew after the front end or a sentence changed
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from tts_engine.text.symbols import START, is_phoneme

LIST_FILE = Path(__file__).with_name("reading_list.tsv")
PAUSE = "#"

Diphone = tuple[str, str]


@dataclass(frozen=True)
class Reading:
    """A sentence of the list; `sounds` are its phonemes and pauses in order, a pause at either end."""

    text: str
    sounds: tuple[str, ...]

    @property
    def diphones(self) -> frozenset[Diphone]:
        return frozenset(pairwise(self.sounds))


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Diphones of the list that were read, of how many."""

    covered: int
    total: int

    @property
    def share(self) -> float:
        return self.covered / self.total


@lru_cache(maxsize=1)
def reading_list() -> tuple[Reading, ...]:
    """All sentences, in the order of the file."""
    lines = LIST_FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(Reading(text, tuple(sounds.split())) for text, sounds in rows)


@lru_cache(maxsize=1)
def all_diphones() -> frozenset[Diphone]:
    """Those of the list."""
    return frozenset().union(*(reading.diphones for reading in reading_list()))


def next_sentences(read: Iterable[str], count: int) -> list[Reading]:
    """What to read after the sentences that were read: at most `count`, each the best after those before it.

    Args:
        read: their texts; those that are not of the list change nothing.
    """
    texts = set(read)
    left = [reading for reading in reading_list() if reading.text not in texts]
    heard = Counter(
        diphone
        for reading in reading_list()
        if reading.text in texts
        for diphone in reading.diphones
    )
    chosen: list[Reading] = []
    while left and len(chosen) < count:
        best = _best(left, heard)
        chosen.append(best)
        left.remove(best)
        heard.update(best.diphones)
    return chosen


def _best(left: Sequence[Reading], heard: Counter[Diphone]) -> Reading:
    """The one with the most diphones of those heard least; the first of several."""
    times = 0
    while True:
        gains = [sum(heard[one] <= times for one in reading.diphones) for reading in left]
        most = max(gains)
        if most:
            return left[gains.index(most)]
        times += 1


def coverage(read: Iterable[str]) -> Coverage:
    """How much of the list's diphones the sentences hold that were read."""
    texts = set(read)
    covered = frozenset().union(
        *(reading.diphones for reading in reading_list() if reading.text in texts)
    )
    return Coverage(covered=len(covered), total=len(all_diphones()))


def sounds_of(text: str) -> tuple[str, ...]:
    """Phonemes and pauses of a text, a pause at either end."""
    from tts_engine.text.frontend import get_frontend

    sounds = [PAUSE]
    for sentence in get_frontend().sentences(text):
        for token in sentence.tokens:
            if token != START and (is_phoneme(token) or sounds[-1] != PAUSE):
                sounds.append(token if is_phoneme(token) else PAUSE)
    return tuple(sounds)


def write_sounds() -> None:
    """Write the phonemes of the file's sentences anew."""
    rows = [(reading.text, " ".join(sounds_of(reading.text))) for reading in reading_list()]
    LIST_FILE.write_text("".join(f"{text}\t{sounds}\n" for text, sounds in rows), encoding="utf-8")


if __name__ == "__main__":
    write_sounds()
