"""Corrects what the stress model often gets wrong in context: `все` read as всё.

Before a plural predicate (все знают, все готовы) the written `все` is все. After мы, вы, они it may still
be an object (они всё знают), so there only an intransitive verb decides (они все ушли).
"""

from collections.abc import Sequence

from tts_engine.text.morphology import is_plural_predicate

_SKIPPED = frozenset(
    ["не", "же", "ж", "бы", "уже", "сразу", "вместе", "так", "тоже", "снова", "вдруг", "ещё"]
)
_SINGULAR_SUBJECTS = frozenset(["я", "ты", "он", "она", "оно", "кто"])
_PLURAL_SUBJECTS = frozenset(["мы", "вы", "они"])
_REACH = 3  # words looked at after все


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
    return is_plural_predicate(following, intransitive=before in _PLURAL_SUBJECTS)
