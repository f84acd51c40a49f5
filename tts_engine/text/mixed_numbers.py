"""Whole numbers with a part: 5½ часов, 2 3/4 стакана, ¾ стакана, 1,5-метровый, 100%-ный, 3-х комнатная."""

import re
import unicodedata

from tts_engine.text.agreement import bare_case, noun_of
from tts_engine.text.morphology import (
    counted,
    gender_of,
    governing_word,
    inflect,
    is_adjective,
    words_after,
)
from tts_engine.text.numerals import cardinal, decimal, fraction, one_and_a_half
from tts_engine.text.units import unit_lemma, unit_pattern

_VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_UNIT = rf"(?P<unit>\s?(?:{unit_pattern()})(?![\w²³/])\.?)?"
_MIXED = re.compile(
    rf"(?<![\d.,/№])(\d{{1,4}})(?:\s?([{_VULGAR}])|\s([1-9])[/⁄]([2-9])(?![\d/]|[.,]\d)){_UNIT}"
)
_PART = re.compile(rf"(?<![\d.,/])([{_VULGAR}]){_UNIT}")
_ONE_PART = {2: "половина", 3: "треть", 4: "четверть"}
_THIRDS = {3: "треть", 4: "четверть"}

_RANGE_COMPOUND = re.compile(r"(?<![\d.,/–—-])(\d{1,3})\s?[-–—]\s?(?=(\d{1,3})-([а-яё]{5,}))")
_DECIMAL_COMPOUND = re.compile(r"(?<![\d.,])(\d{1,4})[.,](\d{1,3})[-‑]([а-яё]{4,})")
_PERCENT = re.compile(r"(?<=\d)\s?%-?(?:(н[а-яё]{2,3})|([йя]|го|му|м|ю|е|х))(?![а-яё])")
_PERCENT_ENDINGS = {
    "й": "ный", "я": "ная", "го": "ного", "му": "ному", "м": "ном", "ю": "ную", "е": "ное", "х": "ных",
}  # fmt: skip
_SPARE_ENDING = re.compile(
    r"(?<=\d)-(?:х|ти|и|ёх|ех|го)[ -](?=(?:комнатн|этажн|местн|звёздочн|звездочн|разов|кратн|летн|дневн|часов|месячн"
    r"|недельн|томн|значн|процентн|метров|литров|тонн|колёсн|дверн|створчат|слойн|полосн|фазн|мерн|сторонн"
    r"|уровнев|палат|спальн|ступенчат|квартирн|пролётн)[а-яё]{2,3}(?![а-яё]))"
)


def say_mixed_numbers(text: str) -> str:
    """Spell mixed fractions with the unit after them, and fractions of one sign; before text is cleaned."""
    text = _MIXED.sub(_mixed, text)
    return _PART.sub(_part, text)


def join_compounds(text: str) -> str:
    """Adjectives made with fractions, percents and ranges; those of whole numbers are left for numbers.py."""
    text = _SPARE_ENDING.sub("-", text)
    text = _PERCENT.sub(lambda found: f"-процент{found[1] or _PERCENT_ENDINGS[found[2]]}", text)
    text = _DECIMAL_COMPOUND.sub(_decimal_compound, text)
    return _RANGE_COMPOUND.sub(_range_compound, text)


def _mixed(found: re.Match[str]) -> str:
    whole, part = int(found[1]), _parts(found)
    if part[0] >= part[1]:
        return found.group()
    before = governing_word(found.string, found.start())
    unit = unit_lemma(found["unit"].rstrip(".").strip()) if found["unit"] else ""
    case = bare_case(before)
    gender = gender_of(unit) if unit else _gender_after(found)
    if part == (1, 2) and whole == 1:
        plural = case not in ("nomn", "accs")
        said, thing = one_and_a_half(case, gender), inflect(unit, "gent", plural=plural)
    elif part == (1, 2):
        said, thing = f"{cardinal(whole, case, gender)} с половиной", counted(unit, whole, case)
    else:
        said = f"{cardinal(whole, case, gender)} и {_named(part, case)}"
        thing = inflect(unit, "gent")
    return f"{said} {thing}" if unit else said


def _gender_after(found: re.Match[str]) -> str:
    nouns = noun_of(words_after(found.string, found.end()))
    return nouns[0].gender if nouns else "masc"


def _named(part: tuple[int, int], case: str) -> str:
    """одна треть, три четверти, пять восьмых."""
    numerator, denominator = part
    name = _THIRDS.get(denominator)
    if name is None:
        return fraction(numerator, denominator, case)
    return f"{cardinal(numerator, case, 'femn')} {counted(name, numerator, case)}"


def _part(found: re.Match[str]) -> str:
    """½ стакана: половина; ¾ ч. л.: три четверти."""
    numerator, denominator = _value(found[1])
    case = bare_case(governing_word(found.string, found.start()))
    unit = unit_lemma(found["unit"].rstrip(".").strip()) if found["unit"] else ""
    if not unit and not noun_of(words_after(found.string, found.end())):
        return found.group()
    if numerator == 1 and denominator in _ONE_PART:
        said = inflect(_ONE_PART[denominator], case)
    else:
        said = _named((numerator, denominator), case)
    return f" {said} {inflect(unit, 'gent')}" if unit else f" {said} "


def _parts(found: re.Match[str]) -> tuple[int, int]:
    """Numerator and denominator of 5½ and 5 1/2."""
    return _value(found[2]) if found[2] else (int(found[3]), int(found[4]))


def _value(sign: str) -> tuple[int, int]:
    numerator, denominator = unicodedata.normalize("NFKC", sign).split("⁄")
    return int(numerator), int(denominator)


def _decimal_compound(found: re.Match[str]) -> str:
    """полутораметровый, пол-литровый, двух с половиной литровый."""
    whole, part, adjective = found.groups()
    if not is_adjective(adjective):
        return found.group()
    if (whole, part) == ("1", "5"):
        return f"полутора{adjective}"
    if (whole, part) == ("0", "5"):
        hyphen = "-" if adjective[0] in "лаеёиоуэюя" else ""
        return f"пол{hyphen or 'у'}{adjective}"
    if part == "5":
        return f"{cardinal(int(whole), 'gent')} с половиной {adjective}"
    return f"{decimal(whole, part, 'gent')} {adjective}"


def _range_compound(found: re.Match[str]) -> str:
    """5–6-этажные: пяти-, шестиэтажные."""
    if not is_adjective(found[3]):
        return found.group()
    return f"{cardinal(int(found[1]), 'gent')} "
