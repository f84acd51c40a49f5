"""`<say-as interpret-as="…">`: the reading that the author asks for, as text for the front end."""

import re

from tts_engine.markup.script import complaint
from tts_engine.text.dates import say_dates
from tts_engine.text.initialisms import letter_name
from tts_engine.text.normalize import normalize_sentence
from tts_engine.text.numerals import cardinal, digits, fraction, ordinal
from tts_engine.text.web import say_addresses

READINGS = (
    "characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "date", "time", "telephone",
    "unit", "currency", "address", "expletive", "verbatim",
)  # fmt: skip
_LONGEST = 15
_CASES = {"n": "nomn", "g": "gent", "d": "datv", "a": "accs", "i": "ablt", "p": "loct"}
_GENDERS = {"m": "masc", "f": "femn", "n": "neut"}


def say_as(text: str, reading: str, detail: str = "") -> str:
    """Words for a text read in a certain way.

    Args:
        text: what is written.
        reading: one of READINGS.
        detail: for cardinal and ordinal the case (n g d a i p) and gender (m f n), e.g. `gf`.

    Raises:
        TextError: `markup_bad_value` for another reading.
    """
    if reading in ("characters", "spell-out", "verbatim"):
        return _spelled(text)
    if reading == "digits":
        return digits(text) or text
    if reading in ("cardinal", "number", "ordinal"):
        return _number(text, detail, ordered=reading == "ordinal")
    if reading == "fraction":
        found = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", text)
        return fraction(int(found[1]), int(found[2])) if found and int(found[2]) else text
    if reading == "date":
        return _date(text)
    if reading == "telephone":
        return say_addresses(_grouped(text))
    if reading == "expletive":
        return "пип"
    if reading in READINGS:
        return normalize_sentence(text)
    listed = ", ".join(READINGS)
    raise complaint(
        "markup_bad_value",
        f"say-as cannot interpret as {reading[:40]!r}; expected one of {listed}",
        f"say-as не знает «{reading[:40]}»; ожидается одно из: {listed}",
    )


def _spelled(text: str) -> str:
    said = []
    for character in text:
        if character.isdecimal():
            said.append(digits(character))
        elif character.isalpha():
            said.append(letter_name(character) or character)
        elif not character.isspace():
            said.append(normalize_sentence(character))
    return ", ".join(filter(None, said))


def _number(text: str, detail: str, *, ordered: bool) -> str:
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not bare.isdecimal() or len(bare) > _LONGEST:
        return normalize_sentence(text)
    case = next((_CASES[letter] for letter in detail[:1] if letter in _CASES), "nomn")
    gender = next((_GENDERS[letter] for letter in detail[1:2] if letter in _GENDERS), "masc")
    said = ordinal if ordered else cardinal
    return said(int(bare), case, gender)


def _date(text: str) -> str:
    """15.05, 2026-05-15, 15/05/2026."""
    bare = text.strip().replace("/", ".")
    return say_dates(f"дата {bare}").removeprefix("дата ")


def _grouped(text: str) -> str:
    """A telephone number of bare digits in its groups."""
    bare = re.sub(r"[^\d+]", "", text)
    found = re.fullmatch(r"(\+7|8)(\d{3})(\d{3})(\d{2})(\d{2})", bare)
    return "{} ({}) {}-{}-{}".format(*found.groups()) if found else text
