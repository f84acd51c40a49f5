"""Russian number words: cardinals, ordinals, decimals, fractions and digits, in any case and gender.

num2words makes the words; what it gets wrong or leaves unnatural is corrected here.
"""

import re
from functools import lru_cache

from num2words import num2words

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")  # pymorphy3's names
_CASE_LETTER = {"nomn": "n", "gent": "g", "datv": "d", "accs": "a", "ablt": "i", "loct": "p"}
_GENDER_LETTER = {"masc": "m", "femn": "f", "neut": "n"}
_LONGEST = 15  # digits said as one number; longer ones are read digit by digit
_FRACTIONS = {
    1: "десятая",
    2: "сотая",
    3: "тысячная",
    4: "десятитысячная",
    5: "стотысячная",
    6: "миллионная",
}
_FRACTION_ENDINGS = {"nomn": "ая", "accs": "ую"}  # singular; other cases end in -ой
_PLURAL_ENDINGS = {
    "nomn": "ых",
    "gent": "ых",
    "datv": "ым",
    "accs": "ых",
    "ablt": "ыми",
    "loct": "ых",
}
_MAGPIE = re.compile(r"\bсорока\b")  # its other stress is the bird
DIGIT_WORDS = "ноль один два три четыре пять шесть семь восемь девять".split()  # noqa: SIM905


def last_class(number: int) -> str:
    """How a number governs its noun: `one` (21 дом), `few` (2 дома) or `many` (5 домов)."""
    if 10 < number % 100 < 20:
        return "many"
    last = number % 10
    return "one" if last == 1 else "few" if 2 <= last <= 4 else "many"


@lru_cache(maxsize=16_384)
def cardinal(
    number: int, case: str = "nomn", gender: str = "masc", *, animate: bool = False
) -> str:
    """двадцать одна, двадцатью одной.

    Args:
        number: 0 or more, any size; above 15 digits it is read digit by digit.
        case: one of CASES.
        gender: masc, femn or neut, of the thing counted.
        animate: matters in the accusative only (вижу двух, одного).
    """
    if len(str(number)) > _LONGEST:
        return digits(str(number))
    # Only short numbers show animacy: "двух студентов", but "двадцать два студента".
    alive = animate and (number < 5 or last_class(number) == "one")
    words: str = num2words(
        number, lang="ru", case=_CASE_LETTER[case], gender=_GENDER_LETTER[gender], animate=alive
    )
    words = words.split(" ", 1)[1] if 1000 <= number < 2000 else words
    return _MAGPIE.sub("сорок+а", words)


@lru_cache(maxsize=16_384)
def ordinal(number: int, case: str = "nomn", gender: str = "masc", *, plural: bool = False) -> str:
    """двадцать первый, двадцать первой; inanimate accusative."""
    words: str = num2words(
        number,
        lang="ru",
        to="ordinal",
        case=_CASE_LETTER[case],
        gender=_GENDER_LETTER[gender],
        plural=plural,
        animate=False,
    )
    return words


def digits(text: str) -> str:
    """Each digit of a string by itself, other characters left out."""
    return " ".join(DIGIT_WORDS[int(letter)] for letter in text if letter.isdecimal())


def integer(text: str, case: str = "nomn", gender: str = "masc") -> str:
    """A written whole number: leading zeros are read digit by digit."""
    if (len(text) > 1 and text[0] == "0") or len(text) > _LONGEST:
        return digits(text)
    return cardinal(int(text), case, gender)


def decimal(whole: str, part: str, case: str = "nomn") -> str:
    """три целых пять десятых; beyond millionths `три запятая` and the digits."""
    if len(part) not in _FRACTIONS or len(whole) > _LONGEST:
        return f"{integer(whole)} запятая {digits(part)}"
    units = _feminine_part(int(whole), "целая", case)
    return f"{units} {_feminine_part(int(part), _FRACTIONS[len(part)], case)}"


def one_and_a_half(case: str, gender: str) -> str:
    """полтора литра, полторы тонны, около полутора литров."""
    if case in ("nomn", "accs"):
        return "полторы" if gender == "femn" else "полтора"
    return "полутора"


def fraction(numerator: int, denominator: int, case: str = "nomn") -> str:
    """одна вторая, три четвёртых; 1/2, 1/3 and 1/4 are not made половина, треть, четверть."""
    if numerator % 10 == 1 and numerator % 100 != 11:
        return f"{cardinal(numerator, case, 'femn')} {ordinal(denominator, case, 'femn')}"
    plural_case = "gent" if case in ("nomn", "accs") else case
    return f"{cardinal(numerator, case, 'femn')} {ordinal(denominator, plural_case, plural=True)}"


def _feminine_part(number: int, adjective: str, case: str) -> str:
    """одна целая, двух десятых: a number with the feminine adjective that names its place."""
    stem = adjective[:-2]
    singular = last_class(number) == "one"
    ending = _FRACTION_ENDINGS.get(case, "ой") if singular else _PLURAL_ENDINGS[case]
    return f"{cardinal(number, case, 'femn')} {stem}{ending}"
