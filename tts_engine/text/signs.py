"""Signs that are read aloud: № § + = & / and the like. Runs after stress marks are settled."""

import re

from tts_engine.text.latin_letters import LATIN_NAMES
from tts_engine.text.morphology import word_before
from tts_engine.text.numerals import cardinal

_RUSSIAN_VOWEL = "аеёиоуыэюяАЕЁИОУЫЭЮЯ"
_BEFORE_NUMBERS = (
    (re.compile(r"№№\s?"), "номера "),
    (re.compile(r"(?<=\b[Пп]од )[№]\s?(?=\d)"), "номером "),
    (re.compile(r"(?<=\b[Вв] )[№]\s?(?=\d)"), "номере "),
    (re.compile(r"[№](?=\s?\w)\s?"), "номер "),
    (re.compile(r"(?<!\w)#(?=\d)"), "номер "),
    (re.compile(r"(?<!\w)#(?=\w)"), "хэштег "),
    (re.compile(r"§§\s?"), "параграфы "),
    (re.compile(r"§\s?"), "параграф "),
    (re.compile(r"(?<=\d)(?:\s?÷\s?|\s:\s)(?=\d)"), " разделить на "),
    (re.compile(r"(?<=\d)\s?\+\s?(?=\d)"), " плюс "),
    (re.compile(r"(?<=\d)\s[-−–—]\s(?=\d+\s?=)"), " минус "),
    (re.compile(r"(?<![\w.,)])[-−–](?=\d)"), "минус "),
    (re.compile(r"(?<![\w.,)])\+(?=\d)"), "плюс "),
    (re.compile(r"(?<=[A-Za-zА-Яа-яЁё])[-–](?=\d)"), " "),
    (re.compile(r"(?<=\d)[-–](?=[A-Za-z])"), " "),
    (re.compile(r"√\s?(\d{1,9})"), lambda found: f"корень из {cardinal(int(found[1]), 'gent')}"),
    (re.compile(r"≈|~(?=\s?\d)"), " примерно "),
    (re.compile(r"±"), " плюс-минус "),
)
_COMPARISONS = (
    (re.compile(r"(?<=[\dA-Za-z])\s?>\s?(?=[\d−-])"), " больше, чем "),
    (re.compile(r"(?<=[\dA-Za-z])\s?<\s?(?=[\d−-])"), " меньше, чем "),
    (re.compile(r">\s?(?=\d)"), "более "),
    (re.compile(r"<\s?(?=\d)"), "менее "),
)
# 5й, 20х, 1990е for 5-й, 20-х, 1990-е
_ORDINAL_ENDING = re.compile(r"(?<=\d)(?=(?:[йяех]|го|му|ми|ой|ая|ое|ую|ые|ых|ым)(?![\w+-]))")
_EQUATION = re.compile(r"[=²³√<>≤≥≈]")
_UNKNOWNS = {"x": "икс", "х": "икс", "y": "игрек", "z": "зэт"}
_UNKNOWN = re.compile(r"(?<![A-Za-zА-Яа-яЁё])[xхyz](?![A-Za-zА-Яа-яЁё]|\s?\d)")
_SCORE = re.compile(r"(?<![\d:.,])(\d{1,4}):(\d{1,4})(?![\d:]|[.,]\d)")
_TIGHT_COLON = re.compile(r"\d:\d")
_RATIO = ("соотношени", "пропорци", "отношени", "масштаб", "шанс")
_FUNCTION = re.compile(r"(?<![A-Za-z])([fgh])\(([a-z])\)")
_TWO_FACTORS = re.compile(r"(?<![A-Za-z])([a-z])([a-z])(?=[²³])")  # mc²
_MULTIPLIED = re.compile(r"(?<=[\dA-Za-z)])\s?[·⋅]\s?(?=[\dA-Za-z(])")
_DIVIDED = re.compile(r"(?<![\d/])(\d{1,6})\s?/\s?(\d{1,6})(?![\d/])")
_CALCULATED = re.compile(r"=|[Сс]колько будет|[Пп]роизведение|[Уу]множ")
_PRODUCT = re.compile(r"(?<=\d)\s?[x×хX*]\s?(?=\d)")
_WORDS = {
    "=": "равно", "&": "и", "@": "собака", "%": "процентов", "‰": "промилле", "<": "меньше", ">": "больше",
    "≤": "меньше или равно", "≥": "больше или равно", "≠": "не равно", "×": "умножить на", "÷": "разделить на",
    "°": "градусов", "№": "номер", "§": "параграф", "$": "долларов", "€": "евро", "£": "фунтов", "₽": "рублей",
    "√": "корень из", "∞": "бесконечность", "−": "минус", "²": "в квадрате", "³": "в кубе", "¥": "иен", "∑": "сумма",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, _WORDS)))
_PLUS = re.compile(rf"\+(?![{_RUSSIAN_VOWEL}])|(?<=[A-Za-z])\+")
_SLIP = re.compile(r"(?<=[А-Яа-яЁё])\+(?=[бвгджзйклмнпрстфхцчшщъь])")


def drop_misplaced_marks(text: str) -> str:
    """A `+` inside a Russian word but before a consonant is no stress and no sum: drop it."""
    return _SLIP.sub("", text)


def say_unknowns(text: str) -> str:
    """2x² + y = 5: икс, игрек."""
    text = _FUNCTION.sub(_function, text)
    if not _EQUATION.search(text):
        return text
    text = _TWO_FACTORS.sub(r"\1 \2", text)
    return _UNKNOWN.sub(lambda found: f" {_UNKNOWNS[found.group()]} ", text)


def hyphenate_ordinals(text: str) -> str:
    """5й этаж, 1990е годы."""
    return _ORDINAL_ENDING.sub("-", text)


def say_comparisons(text: str) -> str:
    """9 > 7, p < 0,05 and `> 100 мм`. Before units are read."""
    for pattern, said in _COMPARISONS:
        text = pattern.sub(said, text)
    return text


def say_products(text: str) -> str:
    """10x15 -> 10 на 15; in a sum (7 × 8 = 56) `умножить на`. Before units are read."""
    text = _MULTIPLIED.sub(" умножить на ", text)
    calculated = bool(_CALCULATED.search(text))
    if "=" in text:
        text = _DIVIDED.sub(_divided, text)
    return _PRODUCT.sub(" умножить на " if calculated else " на ", text)


def _divided(found: re.Match[str]) -> str:
    """8/2 = 4, but 1/2 + 1/2 = 1."""
    first, second = int(found[1]), int(found[2])
    return found.group() if first < second else f"{first} разделить на {second}"


def _function(found: re.Match[str]) -> str:
    """f(x): эф от икс."""
    return f"{LATIN_NAMES[found[1].upper()]} от {LATIN_NAMES[found[2].upper()]}"


def say_signs_with_numbers(text: str) -> str:
    """Signs whose reading depends on the numbers beside them; numbers themselves stay."""
    text = _SCORE.sub(_score, text)
    for pattern, said in _BEFORE_NUMBERS:
        text = pattern.sub(said, text)
    return text.replace(":", ": ") if _TIGHT_COLON.search(text) else text


def _score(found: re.Match[str]) -> str:
    """Счёт 119:109 is two numbers, соотношение 1:3 is один к трём."""
    first, second = int(found[1]), int(found[2])
    if word_before(found.string, found.start()).startswith(_RATIO):
        return f"{cardinal(first)} к {cardinal(second, 'datv')}"
    return f"{cardinal(first)} {cardinal(second)}"


def say_signs(text: str) -> str:
    """The signs left over, after numbers became words."""
    text = _PLUS.sub(" плюс ", text)
    return _SIGN.sub(lambda found: f" {_WORDS[found.group()]} ", text)
