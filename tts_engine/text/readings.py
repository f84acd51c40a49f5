"""Words written alike of which the grammar tells the stress: за ст+ену, но зам+ок; уч+ителя (of), учител+я (many).

`data/readings.txt` has the readings of such a word, each with codes of its grammar; the tagger says how likely
each code is in this sentence. Readings of one grammar (з+амок and зам+ок) are left to the stress model.

    N s|p case   noun              V m|f|n|p    past             B m|f|n|p   short adjective
    A m|f|n|p case   adjective     F s|p 1|2|3  present, future  D, C        adverb, comparative
    U case       number            I s|p        imperative       Y, G        infinitive, gerund

Cases are the first letters of nominative, genitive, dative, accusative, instrumental and locative; t is the locative
after в, на, which some nouns stress otherwise: о гр+язи, в гряз+и.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

import torch
from torch import Tensor

from tts_engine.text.accentor import is_homograph
from tts_engine.text.datafiles import read_pairs
from tts_engine.text.morphology import is_plural_predicate
from tts_engine.text.tagger import get_tagger

SURE = (
    0.75  # how likely a reading must be to overrule the stress model where that knows no context,
)
CERTAIN = 0.99  # and where it was trained to tell the readings of this word apart
_POSSIBLE = 0.3  # how likely some reading must be: a grammar that none of them has tells nothing
_RARELY = 0.01  # is the first word of a clause with a plural verb a singular
_NEGATIONS = frozenset(("не", "нет", "нету", "ни"))
_PLACES = frozenset(("в", "во", "на"))
_NEAR = 3  # words looked at for the preposition or the verb

_LETTERS = {
    "Nom": "n",
    "Gen": "g",
    "Dat": "d",
    "Acc": "a",
    "Ins": "i",
    "Loc": "l",
    "Masc": "m",
    "Fem": "f",
    "Neut": "n",
    "Sing": "s",
    "Plur": "p",
}


def choose_readings(written: Sequence[str], guesses: Sequence[str]) -> list[str]:
    """The guesses, with the words of `data/readings.txt` stressed by their grammar where that is sure.

    Args:
        written: words and punctuation of one sentence as typed.
        guesses: the same in lower case, as the stress model has them.
    """
    chosen = list(guesses)
    lowered = [word.lower() for word in written]
    places = [index for index, word in enumerate(lowered) if word in _known()]
    if not places:
        return chosen
    tags = get_tagger().probabilities([word.replace("+", "") for word in written])
    names, sums = _codes()
    for index, row in zip(places, (tags[places] @ sums).tolist(), strict=True):
        codes = defaultdict(float, zip(names, row, strict=True))
        if _has_plural_verb(lowered, index):
            codes["Nsg"] *= _RARELY
            codes["Nsa"] *= _RARELY
        if _PLACES.intersection(lowered[max(0, index - _NEAR) : index]):
            codes["Nst"] = codes["Nsl"]
        best = _best(
            _known()[lowered[index]], codes, CERTAIN if is_homograph(lowered[index]) else SURE
        )
        chosen[index] = best or chosen[index]
    return chosen


def _has_plural_verb(words: Sequence[str], index: int) -> bool:
    """Whether a clause begins here of which many are the subject: берега реки укрепят, доктора провели приём."""
    if index and words[index - 1].isalpha():
        return False
    following = list(takewhile(str.isalpha, words[index + 1 : index + 1 + _NEAR]))
    return _NEGATIONS.isdisjoint(following) and any(map(is_plural_predicate, following))


@lru_cache(maxsize=1)
def _codes() -> tuple[list[str], Tensor]:
    """All codes, and the matrix (tags, codes) that adds the probabilities of each code's tags."""
    of_tags = list(map(code_of, get_tagger().tags))
    names = sorted(set(of_tags))
    return names, torch.tensor([[float(code == name) for name in names] for code in of_tags])


def _best(
    readings: dict[str, tuple[str, ...]], codes: defaultdict[str, float], sure: float
) -> str | None:
    """The reading that is likely enough while all others are unlikely."""
    if codes["Nst"] and any("Nst" in known for known in readings.values()):
        codes["Nsl"] = 0
    possible = sum(codes[code] for code in {code for known in readings.values() for code in known})
    if possible < _POSSIBLE:
        return None
    likely = {
        word: sum(codes[code] for code in known) / possible for word, known in readings.items()
    }
    best, second = sorted(likely, key=likely.__getitem__, reverse=True)[:2]
    return best if likely[best] > sure and likely[second] < 1 - SURE else None


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, tuple[str, ...]]]:
    """Word -> its readings with their codes."""
    entries = read_pairs("readings.txt") | read_pairs("readings_own.txt")
    return {word: dict(map(_parted, rest.split())) for word, rest in entries.items()}


def _parted(reading: str) -> tuple[str, tuple[str, ...]]:
    stressed, _, codes = reading.partition(":")
    return stressed, tuple(codes.split(","))


def code_of(tag: str) -> str:
    """`NOUN#Case=Dat|Gender=Neut|Number=Sing` -> `Nsd`; empty for what has no code."""
    part, _, rest = tag.partition("#")
    values = dict(value.split("=") for value in rest.split("|") if "=" in value)
    case = _LETTERS.get(values.get("Case", ""), "")
    number = _LETTERS.get(values.get("Number", ""), "")
    gender = "p" if number == "p" else _LETTERS.get(values.get("Gender", ""), "")
    if values.get("Variant") == "Short":
        return f"B{gender}"
    if part == "VERB":
        return _code_of_verb(values, number, gender)
    if part == "ADV":
        return "C" if values.get("Degree") == "Cmp" else "D"
    if part == "NOUN" and case:
        return f"N{number}{case}"
    if part in ("ADJ", "DET", "PRON") and case and gender:
        return f"A{gender}{case}"
    return f"U{case}" if part == "NUM" and case else ""


def _code_of_verb(values: dict[str, str], number: str, gender: str) -> str:
    form = values["VerbForm"]
    if form in ("Inf", "Conv"):
        return "Y" if form == "Inf" else "G"
    if values.get("Mood") == "Imp":
        return f"I{number}" if values.get("Person") == "2" else "Fp1"
    if values.get("Tense") == "Past":
        return f"V{gender}"
    return f"F{number}{values.get('Person', '')}"
