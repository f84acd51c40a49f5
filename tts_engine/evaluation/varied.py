"""Any number of varied sentences of 1 to 60 words, always the same ones, out of `phrases.json`.

A sentence is a row of clauses: subject and verb, and where there is room an adjective, an adverb, a
place and a time. They mean little; they are grammatical, and every length and punctuation occurs.
"""

import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

LONGEST_WORDS = 60
LONGEST_CLAUSE = 8

# Words of a clause -> its optional parts (adjective, adverb 1 word; place, time 2 words)
_PARTS: dict[int, tuple[tuple[str, ...], ...]] = {
    2: ((),),
    3: (("adjective",), ("adverb",)),
    4: (("adjective", "adverb"), ("place",), ("time",)),
    5: (("place", "adverb"), ("time", "adjective"), ("time", "adverb")),
    6: (("place", "time"), ("place", "adjective", "adverb")),
    7: (("place", "time", "adjective"), ("place", "time", "adverb")),
    8: (("place", "time", "adjective", "adverb"),),
}


def varied_sentences(count: int) -> list[str]:
    """The first `count` sentences; each run of 60 has every length from 1 to 60 words once."""
    sentences: list[str] = []
    for index in range(count):
        rng = random.Random(index)
        lengths = list(range(1, LONGEST_WORDS + 1))
        random.Random(f"round {index // LONGEST_WORDS}").shuffle(lengths)
        sentences.append(_sentence(lengths[index % LONGEST_WORDS], rng))
    return sentences


def _sentence(words: int, rng: random.Random) -> str:
    phrases = _phrases()
    if words == 1:
        text = rng.choice(phrases["single"])
    else:
        first, *rest = (_clause(size, rng) for size in _clause_sizes(words, rng))
        text = first + "".join(f"{rng.choice(phrases['joints'])} {clause}" for clause in rest)
    return text[0].upper() + text[1:] + rng.choice(phrases["ends"])


def _clause_sizes(words: int, rng: random.Random) -> list[int]:
    """Lengths that add up to `words` with a one-word joint between each two."""
    sizes: list[int] = []
    while words > LONGEST_CLAUSE:
        sizes.append(rng.randint(2, min(LONGEST_CLAUSE, words - 3)))
        words -= sizes[-1] + 1
    return [*sizes, words]


def _clause(words: int, rng: random.Random) -> str:
    phrases = _phrases()
    gender = rng.choice(sorted(phrases["subjects"]))
    parts = rng.choice(_PARTS[words])
    said = {
        "time": rng.choice(phrases["times"]),
        "place": rng.choice(phrases["places"]),
        "adverb": rng.choice(phrases["adverbs"]),
        "adjective": rng.choice(phrases["adjectives"][gender]),
    }
    subject, verb = rng.choice(phrases["subjects"][gender]), rng.choice(phrases["verbs"][gender])
    order = ("time", "adjective", subject, "adverb", verb, "place")
    return " ".join(said.get(part, part) for part in order if part not in said or part in parts)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, Any]:
    path = Path(__file__).with_name("phrases.json")
    return json.loads(path.read_text(encoding="utf-8"))
