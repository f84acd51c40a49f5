"""Corrects what the stress model often gets wrong in context.

`все` read as всё: before a plural predicate (все знают, все готовы) or noun (все города) the written `все`
is все. After мы, вы, они it may still be an object (они всё знают), so there only an intransitive verb
decides (они все ушли).

The genitive singular and the nominative plural of many nouns differ by their stress alone (берега, озера, сестры).
An adjective or a preposition before the noun decides, or a plural verb after it when the noun begins its clause:
старшей сестр+ы, у +озера, мои глаз+а, берег+а рек+и укреп+ят.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.morphology import (
    adjective_number,
    is_plural_form,
    is_plural_in_a,
    is_plural_predicate,
)

_SKIPPED = frozenset(
    ["не", "же", "ж", "бы", "уже", "сразу", "вместе", "так", "тоже", "снова", "вдруг", "ещё"]
)
_SINGULAR_SUBJECTS = frozenset(["я", "ты", "он", "она", "оно", "кто"])
_PLURAL_SUBJECTS = frozenset(["мы", "вы", "они"])
_REACH = 3  # words looked at after все


_BEFORE_PLURALS = frozenset(
    "все те многие некоторые и а но его её их где как что когда".split()  # noqa: SIM905
)
_BEFORE_GENITIVES = frozenset(
    "у около возле вокруг посреди из от до без для после кроме против вдоль мимо среди"  # noqa: SIM905
    " два две три четыре оба обе полтора полторы".split()
)
_NEAR = 4  # words looked at for the verb of a plural


def correct_homographs(tokens: Sequence[str], stressed: Sequence[str]) -> list[str]:
    """All corrections of a sentence.

    Args:
        tokens: the words and pauses as written, lower-case.
        stressed: the same after the model.
    """
    return correct_plurals(tokens, correct_all(tokens, stressed))


def correct_plurals(tokens: Sequence[str], stressed: Sequence[str]) -> list[str]:
    """Stress nouns by their number, where the words around them show it."""
    corrected = list(stressed)
    for index, written in enumerate(tokens):
        singular, plural = _stressed_by_number(written)
        if not plural:
            continue
        if _is_plural_noun(tokens, index):
            corrected[index] = plural
        elif singular and _is_genitive(tokens, index):
            corrected[index] = singular
    return corrected


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[str, str]]:
    pairs = read_pairs("number_homographs.txt")
    return {one.replace("+", ""): (one, many) for one, many in pairs.items()}


def _stressed_by_number(written: str) -> tuple[str, str]:
    """Genitive singular and nominative plural; empty when there is no choice, or it is not known."""
    if written in _known():
        return _known()[written]
    if is_plural_in_a(written):
        return "", f"{written[:-1]}+{written[-1]}"
    return "", ""


def _is_plural_noun(tokens: Sequence[str], index: int) -> bool:
    before = tokens[index - 1] if index else ""
    if adjective_number(before) == "plur":
        return True
    if before.isalpha() and before not in _BEFORE_PLURALS:
        return False
    following = takewhile(str.isalpha, tokens[index + 1 : index + 1 + _NEAR])  # of its own clause
    return any(map(is_plural_predicate, following))


def _is_genitive(tokens: Sequence[str], index: int) -> bool:
    before = tokens[index - 1] if index else ""
    return before in _BEFORE_GENITIVES or adjective_number(before) == "sing"


def correct_all(tokens: Sequence[str], stressed: Sequence[str]) -> list[str]:
    """Turn всё back to все where the next words show a plural.

    Args:
        tokens: the words and pauses as written, lower-case.
        stressed: the same after the model.
    """
    corrected = list(stressed)
    for index, (written, mark) in enumerate(zip(tokens, stressed, strict=True)):
        if written == "все" and mark == "всё" and _is_plural(tokens, index):
            corrected[index] = "все"
    return corrected


def _is_plural(tokens: Sequence[str], index: int) -> bool:
    before = tokens[index - 1] if index else ""
    if before in _SINGULAR_SUBJECTS:
        return False
    following = next((t for t in tokens[index + 1 : index + 1 + _REACH] if t not in _SKIPPED), "")
    if is_plural_form(following):
        return True
    return is_plural_predicate(following, intransitive=before in _PLURAL_SUBJECTS)
