"""Отвар+ите и посол+ите, but вы отв+арите: an imperative and a second person that are written alike.

The imperative has the stress of the first person (отварю → отвар+ите), the second person that of the others.
Nobody is told what they do or will do but by a «вы», a question or a condition; all else is a request.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from tts_engine.text.accentor import accentuate as silero_accentuate
from tts_engine.text.morphology import analyzer

_ENDINGS = ("ите", "итесь")
_TOLD = frozenset(("вы", "если", "когда", "пока", "как", "что", "чем", "?"))


def stress_requests(
    written: Sequence[str],
    guesses: Sequence[str],
    accentuate: Callable[[str], str] = silero_accentuate,
) -> list[str]:
    """The guesses, with the imperatives of one sentence stressed as such.

    Args:
        written: words and punctuation as typed.
        guesses: the same, stressed.
        accentuate: the stress model.
    """
    lowered = [word.lower() for word in written]
    if not _TOLD.isdisjoint(lowered):
        return list(guesses)
    return [
        (None if "+" in word else _requested(word, accentuate)) or guess
        for word, guess in zip(lowered, guesses, strict=True)
    ]


def _requested(word: str, accentuate: Callable[[str], str]) -> str | None:
    """None when the word is no such imperative, or is stressed alike in both."""
    first = _first_person(word) if word.endswith(_ENDINGS) else None
    if first is None:
        return None
    _, mark, after = accentuate(first).rpartition("+")
    if not mark or sum(letter in "аеёиоуыэюя" for letter in after.removesuffix("сь")) > 1:
        return None
    ending = "итесь" if word.endswith("сь") else "ите"
    return f"{word.removesuffix(ending)}+{ending}"


@lru_cache(maxsize=4_096)
def _first_person(word: str) -> str | None:
    """отварите -> отварю, when the word is an imperative and a second person of one verb."""
    parses = analyzer().parse(word)
    requests = {parse.normal_form for parse in parses if {"impr", "plur"} in parse.tag}
    for parse in parses:
        if (
            {"2per", "plur"} in parse.tag
            and "impr" not in parse.tag
            and parse.normal_form in requests
        ):
            first = parse.inflect({"1per", "sing"})
            return first.word if first else None
    return None
