"""Powers: 10⁶, 10⁻³, 2^10, x⁴, 1,5·10⁸ км. Before the text is cleaned, which makes ⁶ a plain digit."""

import re

from tts_engine.text.morphology import inflect
from tts_engine.text.numerals import ordinal
from tts_engine.text.units import unit_lemma, unit_pattern

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n")
_UNIT = rf"(?:\s?(?P<unit>{unit_pattern()})(?![\w²³/])\.?)?"
_POWER = re.compile(
    rf"(?<=[\dA-Za-z)])(?:(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]{{1,4}}|ⁿ)|(?:\^|\*\*)[{{(]?(?P<typed>[−-]?\d{{1,4}}|[nх]|x)[}})]?){_UNIT}"
)
_KEPT = {"2": "²", "3": "³"}
_LETTERS = {"n": "эн", "x": "икс", "х": "икс"}


def say_powers(text: str) -> str:
    """Powers in words; the square and the cube are left as ² and ³."""
    return _POWER.sub(_power, text)


def _power(found: re.Match[str]) -> str:
    exponent = (found["raised"] or found["typed"]).translate(_PLAIN).replace("−", "-").lstrip("+")
    unit = f" {inflect(unit_lemma(found['unit']), 'gent', plural=True)}" if found["unit"] else ""
    if exponent in _KEPT and not unit:
        return _KEPT[exponent]
    if exponent in _LETTERS:
        return f" в степени {_LETTERS[exponent]}{unit}"
    minus = "минус " if exponent[0] == "-" else ""
    return f" в {minus}{ordinal(int(exponent.lstrip('-')), 'loct', 'femn')} степени{unit}"
