"""Двое суток, трое детей, четверо рабочих: 2, 3 and 4 of nouns that have no singular to be counted in.

`2 книги` counts in the genitive singular. Where only a genitive plural can stand (суток, детей, взрослых),
a cardinal would be heard as a genitive, so the subject of a sentence is counted by a collective numeral.
"""

import re

from tts_engine.text.morphology import (
    allows_case,
    governed_case,
    governing_word,
    is_adjective,
    noun_readings,
    only_plural_cases,
    takes_object,
)
from tts_engine.text.numerals import cardinal, last_class

_COLLECTIVES = {2: "двое", 3: "трое", 4: "четверо"}
_ONES = {
    "nomn": "одни", "gent": "одних", "datv": "одним", "accs": "одни", "ablt": "одними", "loct": "одних",
}  # fmt: skip
_PEOPLE = frozenset(["детей", "людей", "ребят", "внуков", "сыновей", "братьев"])
_LIKE_ADJECTIVES = ("ых", "их")
_PLACED = re.compile(r"\b(?:у|в|во|на|при|среди)\s+(?:[а-яё+-]+\s+){1,2}$", re.IGNORECASE)
_COUNTED_BEFORE = re.compile(r"(\d+)\s+[а-яё+-]+\s+(?:и|или)\s*$")


def say_collective(number: int, text: str, start: int, words: list[str]) -> str | None:
    """The collective numeral, if one is right here.

    Args:
        number: what stands at text[start:].
        text: the sentence.
        start: where the number begins.
        words: those after the number, lower-case.
    """
    if not words:
        return None
    cases = only_plural_cases(words[0])
    if cases and last_class(number) == "one":
        before = governing_word(text, start)
        case = next((case for case in cases if allows_case(before, case)), cases[0])
        return count_only_plural(number, case)
    if last_class(number) != "few":
        return None
    if "gent" in cases:
        if governed_case(governing_word(text, start)) == "gent" or _is_of_noun(text, start):
            return None
    elif not _are_people(words) or not _is_subject(text, start):
        return None
    return count_only_plural(number, "nomn")


def count_only_plural(number: int, case: str) -> str:
    """The number of things that have no singular: одни сутки, двое суток, двух суток, пять суток."""
    tens, kind = number - number % 10, last_class(number)
    if kind == "many" or (kind == "few" and case not in ("nomn", "accs")):
        return cardinal(number, case)
    said = _ONES[case] if kind == "one" else _COLLECTIVES[number % 10]
    return f"{cardinal(tens, case)} {said}" if tens else said


def _are_people(words: list[str]) -> bool:
    word, *more = words
    if word in _PEOPLE:
        return True
    if (
        is_adjective(word)
        and more
        and any(not n.animate or n.singular for n in noun_readings(more[0]))
    ):
        return False  # 3 рабочих дня
    if more and more[0] in _PEOPLE and is_adjective(word):
        return True  # 3 молодых людей
    if not word.endswith(_LIKE_ADJECTIVES):
        return False
    people = [noun for noun in noun_readings(word) if noun.animate and noun.gender == "masc"]
    return bool(people) and not any(noun.singular for noun in people)


def _is_subject(text: str, start: int) -> bool:
    """Whether nothing before the number asks for a case: no preposition, no object's verb, no noun."""
    if earlier := _COUNTED_BEFORE.search(text, max(0, start - 40), start):
        return _is_subject(text, earlier.start())
    before = governing_word(text, start)
    if governed_case(before) is not None or takes_object(before):
        return False
    return not _is_of_noun(text, start)


def _is_of_noun(text: str, start: int) -> bool:
    """Отец 3 детей, but в семье 3 детей."""
    before = governing_word(text, start)
    return bool(noun_readings(before)) and not _PLACED.search(text, max(0, start - 60), start)
