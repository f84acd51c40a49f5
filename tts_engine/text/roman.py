"""Roman numerals: XXI век, Пётр I, глава IV."""

import re

from tts_engine.text.adjectives import agrees
from tts_engine.text.agreement import noun_of
from tts_engine.text.morphology import (
    Noun,
    allows_case,
    inflect,
    is_adjective,
    is_given_name,
    noun_readings,
    word_before,
    words_after,
)
from tts_engine.text.numerals import cardinal, ordinal

_REACH = 80  # characters looked back at
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_VALID = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN = re.compile(
    r"(?<![\w'.+-])([IVXХ]{1,8})(?:\s?[-–—]\s?([IVXХ]{1,8}))?(?![\w'+]|-[A-Za-z])(?:-(?:й|я|е|го|м|му|х|ой)(?!\w))?"
)
_MORE = re.compile(r"(?:(?:,\s?|\s(?:и|или)\s)[IVX]{1,8}(?![\w'+])){1,6}")
_MEMBER = re.compile(r"[IVX](?:,\s?|\s(?:и|или)\s)$")
_CENTURY = re.compile(r"(?<![а-яё])(вв?)(?:\.(?!\s*\Z)|(?=\.?\s*(?:до\s+н|н\.|[,;)!?]|\Z)))")
_NUMBER = r"(?:[IVXХ]{1,8}|\d{1,2})"
_COUNTED_CENTURIES = re.compile(
    rf"(?:^|\s)(\S*)\s?{_NUMBER}(?:(?:\s?[-–—]\s?|,\s|\s(?:и|или)\s){_NUMBER}){{0,3}}\s$"
)


def roman_to_number(text: str) -> int | None:
    """Value of a Roman numeral, None when it is not well-formed."""
    if not text or not _VALID.fullmatch(text):
        return None
    values = [_VALUES[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(
        -value if value < after else value for value, after in zip(values, following, strict=True)
    )


def say_roman(text: str) -> str:
    """Spell Roman numerals as ordinals that agree with the noun after or before them."""
    return _ROMAN.sub(_say, _expand_centuries(text))


def _expand_centuries(text: str) -> str:
    """XIX в. -> XIX веке after в, век elsewhere."""

    def expand(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - 30) : found.start()]
        numeral = _COUNTED_CENTURIES.search(before)
        if not numeral:
            return found.group()
        case = _century_case(numeral.group(1).lower())
        plural = found.group(1) == "вв"
        return inflect("век", case, plural=plural)

    return _CENTURY.sub(expand, text)


def _century_case(preposition: str) -> str:
    if preposition in ("в", "во", "о"):
        return "loct"
    if preposition in (
        "с",
        "до",
        "от",
        "из",
        "конца",
        "начала",
        "конце",
        "начале",
        "середине",
        "половине",
        "годы",
    ):
        return "gent"
    return {"к": "datv"}.get(preposition, "gent" if noun_readings(preposition) else "nomn")


def _say(found: re.Match[str]) -> str:
    numerals = [part.replace("Х", "X") for part in found.groups() if part]
    numbers = [roman_to_number(part) for part in numerals]
    before = word_before(found.string, found.start())
    more = _MORE.match(found.string, found.end())  # I и II группы: one noun for all
    after = _described(words_after(found.string, more.end() if more else found.end()))
    cyrillic = any("Х" in part for part in found.groups() if part)
    if None in numbers or (
        cyrillic and not any(noun.lemma in ("век", "столетие") for noun in after)
    ):
        return found.group()
    noun = _ruler(found) or _noun_after(before, after) or _noun_before(found)
    if noun is None and len(numerals[0]) == 1 and len(numbers) == 1:
        return found.group() if numerals[0] != "I" or not before else _say_plain(numbers)
    if noun is None:
        return _say_plain(numbers)
    single = len(numbers) == 1 and not more and not _MEMBER.search(found.string, 0, found.start())
    return " — ".join(
        ordinal(number or 0, noun.case, noun.gender, plural=single and not noun.singular)
        for number in numbers
    )


def _described(words: list[str]) -> tuple[Noun, ...]:
    """Readings of the noun after the numeral or after its adjectives: XXII Олимпийские игры."""
    readings = noun_of(words)
    if words and is_adjective(words[0]):
        return tuple(noun for noun in readings if agrees(words[0], noun))
    return readings if words and noun_readings(words[0]) == readings else ()


def _say_plain(numbers: list[int | None]) -> str:
    return " — ".join(cardinal(number or 0) for number in numbers)


def _noun_after(before: str, readings: tuple[Noun, ...]) -> Noun | None:
    if not before:  # a sentence that begins with it: the subject
        readings = tuple(sorted(readings, key=lambda noun: noun.case != "nomn"))
    for noun in readings:
        if allows_case(before, noun.case):
            return noun
    return None


def _ruler(found: re.Match[str]) -> Noun | None:
    """Царь Иван IV правил: a name with a capital letter is counted, not what follows."""
    text = found.string[max(0, found.start() - _REACH) : found.start()]
    named = re.search(r"\w[\s\"]+[А-ЯЁ][а-яё]+ $|^([А-ЯЁ][а-яё]+) $", text)
    first = named[1] if named else None  # begins the sentence: a name or any word
    noun = _noun_before(found) if named and (first is None or is_given_name(first)) else None
    return noun if noun and noun.animate else None


def _noun_before(found: re.Match[str]) -> Noun | None:
    """Пётр I, Екатерины II, глава IV: the noun before, in the case its preposition allows."""
    text = found.string[max(0, found.start() - _REACH) : found.start()].rstrip()
    name = re.search(r"([А-ЯЁа-яё+]+)$", text)
    if not name:
        return None
    preposition = word_before(text, name.start())
    readings = [noun for noun in noun_readings(name.group(1).replace("+", "")) if noun.singular]
    for noun in readings:
        if allows_case(preposition, noun.case):
            return noun
    return readings[0] if readings else None
