"""Latin letters in Russian text: витамин B12, T-образный, треугольник ABC, SMS, USB-кабель, f(x).

A letter has its Latin name (бэ, цэ, аш), an initialism the English names of its letters (ю-эс-би), as Russians say
them. Latin words with a settled Russian reading have it. Text without Cyrillic letters, letters beside English words
and all other words are left to english.py.
"""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.english import is_spelled
from tts_engine.text.morphology import noun_readings, word_before, words_after
from tts_engine.text.numerals import integer

LATIN_NAMES = {
    "A": "+а", "B": "бэ", "C": "цэ", "D": "дэ", "E": "е", "F": "эф", "G": "же", "H": "аш", "I": "+и", "J": "йот",
    "K": "ка", "L": "эль", "M": "эм", "N": "эн", "O": "+о", "P": "пэ", "Q": "ку", "R": "эр", "S": "эс", "T": "тэ",
    "U": "+у", "V": "вэ", "W": "дубль-вэ", "X": "икс", "Y": "+игрек", "Z": "зэт",
}  # fmt: skip
_ENGLISH_NAMES = {
    "A": "+эй", "B": "б+и", "C": "с+и", "D": "д+и", "E": "+и", "F": "+эф", "G": "дж+и", "H": "+эйч", "I": "+ай",
    "J": "дж+ей", "K": "к+ей", "L": "+эл", "M": "+эм", "N": "+эн", "O": "+оу", "P": "п+и", "Q": "кь+ю", "R": "+ар",
    "S": "+эс", "T": "т+и", "U": "+ю", "V": "в+и", "W": "д+абл-ю", "X": "+экс", "Y": "у+ай", "Z": "з+эд",
}  # fmt: skip
_CYRILLIC = re.compile(r"[А-Яа-яЁё]{2}")
_SHAPE = re.compile(r"(?<![\w-])([A-Z])-(?=(?:образн|лучи|хромосом)[а-яё]*)")
_FIGURES = re.compile(
    r"\b((?:[Тт]реугольник|[Оо]трез(?:ок|к)|[Пп]рям(?:ая|ой|ую)|[Лл]уч|[Уу]г(?:ол|л)|[Сс]торон|[Вв]ектор|[Дд]уг"
    r"|[Пп]лоскост|[Чч]етыр[её]хугольник|[Кк]вадрат|[Рр]омб|[Тт]рапеци|[Пп]араллелограмм|[Бб]иссектрис|[Мм]едиан"
    r"|[Вв]ысот|[Дд]иагонал|[Хх]орд|[Пп]рямоугольник|[Гг]руппа\sкрови)[а-яё]{0,4})\s([A-Z]{2,4})(?![\w-])"
)
_BEFORE_DIGIT = re.compile(r"(?<![A-Za-z])([A-Z])-?(\d{1,4})(?!\d)")
_AFTER_DIGIT = re.compile(r"(?<=\d)-?([A-Z])(?![A-Za-z])")
_GENERATION = re.compile(r"(?<![\w.,])([2-6])G(?![A-Za-z])")
_VERSION = re.compile(r"(?<![A-Za-z_])v\.?\s?(\d{1,3})\.(\d{1,3})(?!\d)")
_MODEL_X = re.compile(r"(?<=[A-Za-z]\s)X(?![\w-])")  # iPhone X is no Roman ten
_DOTTED = re.compile(
    r"(?<=[A-Za-z]\s)(\d{1,4})\.(\d{1,3})(?![\d%]|\.\d|\s?(?:[ГМк]?Гц|[GMk]?Hz|к?г|[км]?м|л|дюйм|тыс|млн|руб|%|\$|€))"
)
_LONE = re.compile(r"(?<![A-Za-z\d'’])(?<![A-Za-z]{2}\s)([A-Za-z])(?![A-Za-z\d'’]|\s[A-Za-z]{2})")
_CAPITALS = re.compile(r"(?<![A-Za-z\d])([A-Z]{2,5})(?![A-Za-z\d'’])(-(?=[а-яё]))?")
_LETTERED = (
    "витамин", "гепатит", "класс", "категори", "групп", "точк", "вариант", "ответ", "язык", "букв", "клавиш", "диск",
    "угол", "угл", "сторон", "прям", "разъём", "порт", "тип", "уровн", "нот",
)  # fmt: skip
_OF_ADDRESSES = frozenset(["точка", "слэш", "дефис", "собака", "подчёркивание", "нижнее"])
_BESIDE_ENGLISH = re.compile(r"[A-Za-z][a-z]+[\s-]$")
_ENGLISH_AFTER = re.compile(r"[\s-][A-Za-z]?[a-z]{2}")


def say_latin_letters(text: str) -> str:
    """Letters and initialisms of Latin, by their names in Russian."""
    if not _CYRILLIC.search(text):
        return text
    text = _FIGURES.sub(lambda found: f"{found[1]} {' '.join(map(_name, found[2]))}", text)
    text = _GENERATION.sub(r"\1 дж+и", text)
    text = _BEFORE_DIGIT.sub(lambda found: f" {_name(found[1])} {integer(found[2])} ", text)
    text = _AFTER_DIGIT.sub(lambda found: f" {_name(found[1])} ", text)
    text = _CAPITALS.sub(_initialism, text)
    return _LONE.sub(_lone, text)


def say_latin_compounds(text: str) -> str:
    """T-образный, v2.1, Python 3.12: before Roman numerals are read and brands become Russian words."""
    if not _CYRILLIC.search(text):
        return text
    text = _SHAPE.sub(lambda found: f"{LATIN_NAMES[found[1]].replace('+', '')}-", text)
    text = _MODEL_X.sub("икс", text)
    text = _VERSION.sub(r"вэ \1 точка \2", text)
    return _DOTTED.sub(r"\1 точка \2", text)


def say_latin(text: str) -> str:
    """Replace brands and common Latin words by their Russian readings."""
    pattern, table = _words()
    return pattern.sub(lambda found: table[found.group().lower()], text)


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    table = read_pairs("latin_words.txt")
    words = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z]|[+#])", re.IGNORECASE), table


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return read_pairs("latin_initialisms.txt")


def _name(letter: str) -> str:
    return LATIN_NAMES[letter.upper()]


def _lone(found: re.Match[str]) -> str:
    """A letter by itself; in an address letters stay as they are."""
    before = word_before(found.string, found.start())
    after = words_after(found.string, found.end())[:1]
    if found[1] == "c" and _is_with(before, after):
        return "с"
    in_address = before in _OF_ADDRESSES or not _OF_ADDRESSES.isdisjoint(after)
    return found.group() if in_address and found[1].islower() else _name(found[1])


def _is_with(before: str, after: list[str]) -> bool:
    """кофе c молоком, typed with a Latin c; not витамин c."""
    said_of = any(noun.case == "ablt" for word in after for noun in noun_readings(word))
    return said_of and not before.startswith(_LETTERED)


def _initialism(found: re.Match[str]) -> str:
    """USB-кабель: ю-эс-б+и кабель; what is read as a word (NATO) or stands among English words stays."""
    letters, hyphen = found[1], found[2]
    if known := _known().get(letters):
        return f"{known}{' ' if hyphen else ''}"
    beside = _BESIDE_ENGLISH.search(found.string, max(0, found.start() - 30), found.start())
    if beside or _ENGLISH_AFTER.match(found.string, found.end(1)) or not is_spelled(letters):
        return found.group()
    *names, last = (_ENGLISH_NAMES[letter] for letter in letters)
    said = "-".join((*(name.replace("+", "") for name in names), last))
    return f"{said}{' ' if hyphen else ''}"
