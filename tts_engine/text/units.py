"""Units of measure as they are written, and what is said: those of units.txt, and quotients of them (Вт/м², моль/л)."""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.morphology import inflect

SCALES = ("тыс", "млн", "млрд", "трлн")
# Units of one kind, the largest first: 5 руб. 20 коп., 1 ч 30 мин.
KINDS = (
    ("рубль", "копейка"), ("доллар", "цент"), ("год", "месяц", "неделя", "день", "сутки", "час", "минута", "секунда"),
    ("тонна", "центнер", "килограмм", "грамм"), ("километр", "метр", "сантиметр", "миллиметр"), ("литр", "миллилитр"),
)  # fmt: skip
# What the quantity is divided by; prices are rates of shorthand.py.
_DIVISORS = [
    "с²", "с2", "с", "мин", "час", "ч", "сут", "кг", "мг", "г", "т", "мл", "л", "мм²", "мм2", "см²", "см2", "км²",
    "км2", "м²", "м2", "мм³", "мм3", "см³", "см3", "дм³", "м³", "м3", "мм", "см", "км", "м", "га", "моль", "К", "°C",
    "°С", "Вт", "кВт", "А", "В", "Ом",
]  # fmt: skip
_SPECIAL = {"с²": "секунду в квадрате", "с2": "секунду в квадрате", "К": "кельвин", "А": "ампер"}
_ONLY_DIVIDED = {"А": "ампер", "К": "кельвин"}  # alone they are a conjunction and a preposition
_TIMES = frozenset(["секунда", "минута", "час", "сутки", "год"])


def _key(unit: str) -> str:
    return re.sub(r"[.\s]", "", unit)


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Units by their spelling without dots and spaces."""
    return {_key(unit): said for unit, said in read_pairs("units.txt").items()}


def is_unit(written: str) -> bool:
    """Whether units.txt has it, dots and spaces aside."""
    return _key(written) in _table()


@lru_cache(maxsize=1)
def unit_pattern() -> str:
    """A regular expression of all units, the longest first, without scales such as млн."""
    listed = sorted((*read_pairs("units.txt"), *_ONLY_DIVIDED), key=len, reverse=True)
    single = {
        unit: re.escape(unit).replace(r"\.", r"\.?\s?") for unit in listed if unit not in SCALES
    }
    divisors = "|".join(map(re.escape, _DIVISORS))
    quotients = [
        rf"{pattern}\s?/\s?(?:{divisors})(?![\w²³/])"
        for unit, pattern in single.items()
        if "/" not in unit
    ]
    alone = [pattern for unit, pattern in single.items() if unit not in _ONLY_DIVIDED]
    listed_quotients = [pattern for unit, pattern in single.items() if "/" in unit]
    return "|".join((*listed_quotients, *quotients, *alone))


@lru_cache(maxsize=1_024)
def unit_lemma(written: str) -> str:
    """What is said for one of a unit, in the nominative: км/ч -> километр в час."""
    key = _key(written)
    if key in _table():
        return _table()[key]
    divided, _, divisor = key.partition("/")
    whole = _table().get(divided) or _ONLY_DIVIDED[divided]
    by = _SPECIAL.get(divisor) or inflect(_table()[divisor], "accs")
    in_time = _table().get(divisor) in _TIMES
    return f"{whole} {'в' if in_time else 'на'} {by}"
