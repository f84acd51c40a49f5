"""Corrects what the stress model often gets wrong in context.

`все` read as всё: before a plural predicate (все знают, все готовы) or noun (все города) the written `все`
is все. After мы, вы, они it may still be an object (они всё знают), so there only an intransitive verb
decides (они все ушли).

Plurals in а, я read as genitives: at the beginning of a clause, with a plural verb near by, they are plurals
and stressed on the ending: доктор+а провели, берег+а рек+и укреп+ят.
"""

from collections.abc import Sequence

from tts_engine.text.morphology import (
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
    ["все", "эти", "те", "многие", "некоторые", "наши", "ваши", "и", "а", "но"]
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
    """Stress the ending of plurals in а, я that begin their clause and have a plural verb near by."""
    corrected = list(stressed)
    for index, written in enumerate(tokens):
        begins = (
            not index or not tokens[index - 1].isalpha() or tokens[index - 1] in _BEFORE_PLURALS
        )
        if "+" in written or not begins or not is_plural_in_a(written):
            continue
        following = tokens[index + 1 : index + 1 + _NEAR]
        if any(is_plural_predicate(word) for word in following if word.isalpha()):
            corrected[index] = f"{written[:-1]}+{written[-1]}"
    return corrected


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
