"""Numbers with units, money, percent and scale words: 5 кг, $2,5 млн, 10–15 %, −5 °C."""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.morphology import (
    counted,
    gender_of,
    governed_case,
    inflect,
    word_before,
    words_after,
)
from tts_engine.text.numerals import cardinal, decimal, integer

NUMBER = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_SCALES = ("тыс", "млн", "млрд", "трлн")
_CURRENCY_SIGNS = "$€£¥₽₴₸₿"
_CENTS = {"рубль": "копейка", "доллар": "цент", "евро": "цент", "фунт": "пенс", "гривна": "копейка"}
_SPEAKING_UNITS = frozenset(["с", "В", "Н", "р", "ц", "ч"])  # also words: only before a pause
_GROUP = re.compile(r"[ \u00a0\u202f]")
_SIGNS = {
    "-": "минус ",
    "−": "минус ",
    "–": "минус ",
    "+": "плюс ",
    "±": "плюс-минус ",
    "~": "примерно ",
    "≈": "примерно ",
}


def _key(unit: str) -> str:
    return re.sub(r"[.\s]", "", unit)


@lru_cache(maxsize=1)
def _units() -> dict[str, str]:
    """Units by their spelling without dots and spaces."""
    return {_key(unit): said for unit, said in read_pairs("units.txt").items()}


@lru_cache(maxsize=1)
def _quantity() -> re.Pattern[str]:
    units = "|".join(
        re.escape(unit).replace(r"\.", r"\.?\s?")
        for unit in sorted(read_pairs("units.txt"), key=len, reverse=True)
        if unit not in _SCALES
    )
    speaking = "|".join(_SPEAKING_UNITS)
    return re.compile(
        rf"(?:(?<![\w)])(?P<sign>[-−–+±~≈])\s?)?(?P<prefix>[{_CURRENCY_SIGNS}])?(?<![\d.,])(?P<low>{NUMBER})"
        rf"(?:\s?[-–—…]\s?[+]?(?P<high>{NUMBER}))?"
        rf"(?:\s?(?P<scale>{'|'.join(_SCALES)})(?![а-яё])\.?)?"
        rf"(?:\s?(?P<unit>(?!(?:{speaking})\s+[а-яё])(?:{units}))(?![\w²³/])(?:\.(?!\s+[А-ЯЁ]|\w))?)?"
    )


def say_quantities(text: str) -> str:
    """Spell every number that has a unit, a currency or a scale word; other numbers stay."""
    return _quantity().sub(_quantity_words, text)


def _quantity_words(found: re.Match[str]) -> str:
    prefix, scale, unit = found["prefix"], found["scale"], found["unit"]
    if not (prefix or scale or unit):
        return found.group()
    lemma = _units()[_key(prefix or unit)] if prefix or unit else ""
    case = _case(found, lemma)
    if found["high"]:
        low = _number(found["low"], case, _counted_gender(scale, lemma))
        said = f"{low} — {_amount(found['high'], scale, lemma, case)}"
    else:
        said = _amount(found["low"], scale, lemma, case)
    tail = " " if found.end() < len(found.string) and found.string[found.end()].isalnum() else ""
    return _SIGNS.get(found["sign"] or "", "") + said + tail


def _case(found: re.Match[str], lemma: str) -> str:
    before = word_before(found.string, found.start())
    if (
        before in ("в", "во")
        and lemma.endswith("метр")
        and words_after(found.string, found.end())[:1] == ["от"]
    ):
        return "loct"
    if before in ("с", "со"):
        return "gent" if re.match(r"[^.;]{0,40}\bдо\b", found.string[found.end() :]) else "ablt"
    return governed_case(before) or "nomn"


def _counted_gender(scale: str | None, lemma: str) -> str:
    return gender_of(_units()[scale] if scale else lemma)


def _amount(written: str, scale: str | None, lemma: str, case: str) -> str:
    """The number with its scale and unit, all in one case."""
    whole, _, part = _GROUP.sub("", written).replace(",", ".").partition(".")
    if part and not scale and len(part) == 2 and lemma in _CENTS:
        cents = _CENTS[lemma]
        more = (
            f" {cardinal(int(part), case, gender_of(cents))} {counted(cents, int(part), case)}"
            if int(part)
            else ""
        )
        return f"{_count(whole, lemma, case)}{more}"
    if scale:
        thing = _units()[scale]
        said = _count_any(whole, part, thing, case)
        return f"{said} {inflect(lemma, 'gent', plural=True)}" if lemma else said
    return _count_any(whole, part, lemma, case)


def _count_any(whole: str, part: str, lemma: str, case: str) -> str:
    if part:
        return f"{decimal(whole, part, case)} {inflect(lemma, 'gent')}"
    return _count(whole, lemma, case)


def _count(whole: str, lemma: str, case: str) -> str:
    return f"{integer(whole, case, gender_of(lemma))} {counted(lemma, int(whole[-15:]), case)}"


def _number(written: str, case: str, gender: str) -> str:
    whole, _, part = _GROUP.sub("", written).replace(",", ".").partition(".")
    return decimal(whole, part, case) if part else integer(whole, case, gender)
