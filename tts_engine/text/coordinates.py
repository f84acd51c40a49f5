"""Angles and places on the globe: азимут 15°30′, 59° с. ш., между 50° и 60° в. д."""

import re

from tts_engine.text.agreement import bare_case
from tts_engine.text.morphology import counted, governing_word
from tts_engine.text.numerals import cardinal

_MINUTES = r"\s?(\d{1,2})\s?['′]"
_ANGLE = re.compile(rf"(?<![\d.,])(\d{{1,3}})\s?°{_MINUTES}(?:\s?(\d{{1,2}})\s?(?:\"|''|″|′′))?")
_SIDES = r"(?=\s?[сю]\.\s?ш|\s?[вз]\.\s?д)"
_ON_PARALLEL = re.compile(rf"\b([Нн]а)\s(\d{{1,3}})\s?°{_SIDES}")
_BETWEEN = re.compile(r"\b([Мм]ежду)\s(\d{1,3})\s?°?\sи\s(\d{1,3})\s?°(?!\s?[CСF])")


def say_angles(text: str) -> str:
    """Degrees with minutes and seconds, and those between or on which a place lies."""
    text = _ANGLE.sub(_angle, text)
    text = _ON_PARALLEL.sub(
        lambda found: f"{found[1]} {_counted(found[2], 'градус', 'loct')}", text
    )
    return _BETWEEN.sub(
        lambda found: (
            f"{found[1]} {cardinal(int(found[2]), 'ablt')} и {_counted(found[3], 'градус', 'ablt')}"
        ),
        text,
    )


def _angle(found: re.Match[str]) -> str:
    case = bare_case(governing_word(found.string, found.start()))
    parts = zip(found.groups(), ("градус", "минута", "секунда"), strict=True)
    return " ".join(_counted(number, noun, case) for number, noun in parts if number)


def _counted(number: str, noun: str, case: str) -> str:
    gender = "masc" if noun == "градус" else "femn"
    return f"{cardinal(int(number), case, gender)} {counted(noun, int(number), case)}"
