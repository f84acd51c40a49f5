"""Initialisms (США, МГУ, НАТО) and single letters: as a word or by the names of the letters."""

import itertools
import re
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.morphology import is_plain_word
from tts_engine.text.numerals import integer

_NAMES = {
    "А": "а", "Б": "бэ", "В": "вэ", "Г": "гэ", "Д": "дэ", "Е": "е", "Ё": "ё", "Ж": "же", "З": "зэ", "И": "и",
    "Й": "и краткое", "К": "ка", "Л": "эл", "М": "эм", "Н": "эн", "О": "о", "П": "пэ", "Р": "эр", "С": "эс",
    "Т": "тэ", "У": "у", "Ф": "эф", "Х": "ха", "Ц": "цэ", "Ч": "че", "Ш": "ша", "Щ": "ща", "Ъ": "твёрдый знак",
    "Ы": "ы", "Ь": "мягкий знак", "Э": "э", "Ю": "ю", "Я": "я",
}  # fmt: skip
_VOWELS = "АЕЁИОУЫЭЮЯ"
_WORD = re.compile(r"(?<![А-Яа-яЁёˈ+])[А-ЯЁ][А-ЯЁа-яё]*[А-ЯЁ](?![А-Яа-яЁёˈ+])")
_LETTER_BY_NUMBER = re.compile(r"(?<![А-Яа-яЁёˈ+])([А-ЯЁ]{1,4})[- ]?(?=\d)")
_TYPE = re.compile(r"(?<![А-Яа-яЁёA-Za-z+-])([А-ЯЁ]{1,3})-(\d{1,4})(?![\d.,]*\d)(?!-[а-яё])")
_NUMBER_OF_LAW = re.compile(r"(?<=\d)-(?=[А-ЯЁ]{2,5}(?![А-Яа-яё]))")  # 44-ФЗ
_SHAPE = re.compile(r"(?<![\wˈ+-])([А-ЯЁ])-(?=(?:образн|лучи|хромосом)[а-яё]*)")  # П-образный
_FIRST_A = re.compile(r"(?<![\w+])а(?= (?:бэ|цэ|ка)(?!\w))")
_NUMBER_THEN_LETTER = re.compile(r"(?<=\d)[- ]?([А-ЯЁ])(?![А-Яа-яЁёˈ+])")
_NUMBER_TOUCHING_LETTER = re.compile(r"(?<=\d)([абвдк])(?![А-Яа-яЁёˈ+-])")  # дом 5а, автобус 37к
_LONE_CONSONANT = re.compile(
    r"(?<![А-Яа-яЁёˈ+'-])([БГДЖЗЛМНПРТФХЦЧШЩбгдзлмнпртфхцчшщ])(?![А-Яа-яЁёˈ+'-]|\.\s?[а-яё])"
)
_LETTER_AT_PAUSE = re.compile(r"(?<=[а-яё] )([ВКС])(?=[,;)])")  # водители категории В,
_QUOTED = re.compile(r"(?<=\s)\"([А-Яа-яЁё])\"(?![\w-])")
_AFTER_HYPHEN = re.compile(r"(?<=[а-яё])-([А-ЯЁ])(?![А-Яа-яЁёˈ+])")
_SPELLED_UP_TO = 5  # longer capitals are words
_CONSONANTS_IN_A_ROW = re.compile(r"[БВГДЖЗЙКЛМНПРСТФХЦЧШЩ]{3}")
_SMALL = re.compile(r"(?<![\wˈ+-])[а-яё]{2,5}(?![\wˈ+-])")
_UNSPELLED = frozenset(  # murmured, or short for a word
    "брр бррр гмм ммм пфф тсс тпру псс кхм кхх хмм хрр ххх шшш жжж ззз млн млрд трлн вкл стр тлф спб мск".split()  # noqa: SIM905
)
_FEWEST_CONSONANTS = 3
_PREPOSITIONS = ("В", "К", "С", "У", "О", "А", "И", "Я")


def letter_name(letter: str) -> str:
    """Stressed name of one Russian letter: эс, +а."""
    name = _NAMES.get(letter.upper(), "")
    for index, character in enumerate(name):
        if character.upper() in _VOWELS:
            return f"{name[:index]}+{name[index:]}" if " " not in name else name
    return name


def spell_letters(word: str) -> str:
    """м г у -> эм гэ +у; the names are words of their own."""
    return " ".join(letter_name(letter) for letter in word if letter.upper() in _NAMES)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return read_pairs("initialisms.txt")


def say_initialisms(text: str) -> str:
    """Spell initialisms and letters that stand alone."""
    text = _QUOTED.sub(lambda found: letter_name(found.group(1)), text)
    text = _AFTER_HYPHEN.sub(lambda found: f" {letter_name(found.group(1))}", text)
    text = _LETTER_BY_NUMBER.sub(_before_number, text)
    text = _NUMBER_THEN_LETTER.sub(_after_number, text)
    text = _NUMBER_TOUCHING_LETTER.sub(lambda found: f" {letter_name(found.group(1))}", text)
    text = _LETTER_AT_PAUSE.sub(lambda found: letter_name(found.group(1)), text)
    text = _WORD.sub(lambda found: say_initialism(found.group()), text)
    text = _SMALL.sub(lambda found: _small_initialism(found.group()), text)
    return _LONE_CONSONANT.sub(lambda found: letter_name(found.group(1)), text)


def say_types(text: str) -> str:
    """С-300, К-19, АК-47, П-образный: a letter of a name is no preposition, its number counts nothing."""
    text = _FIRST_A.sub("+а", text)
    text = _NUMBER_OF_LAW.sub(" ", text)
    text = _SHAPE.sub(lambda found: f"{_NAMES[found[1]]}-", text)
    return _TYPE.sub(_type, text)


def _type(found: re.Match[str]) -> str:
    letters, number = found.groups()
    said = letter_name(letters) if len(letters) == 1 else say_initialism(letters)
    return f"{said} {integer(number)}{' ' if found.string[found.end() :][:1].isalpha() else ''}"


def _before_number(found: re.Match[str]) -> str:
    """Т-34, А4, ГОСТ 5; a preposition before a number (В 5 часов) stays."""
    letters = found.group(1)
    separator = found.group()[len(letters) :]
    if separator == " ":
        return found.group()
    return f"{spell_letters(letters) if len(letters) == 1 else say_initialism(letters)} "


def _after_number(found: re.Match[str]) -> str:
    """5 «Б», 12А: a letter that is no preposition."""
    letter = found.group(1)
    touching = found.group() == letter
    return f" {letter_name(letter)}" if touching or letter not in _PREPOSITIONS else found.group()


def say_initialism(word: str) -> str:
    """One word of capitals as people say it."""
    known = _known().get(word) or _known().get(word.upper())
    if known:
        return known
    if not word.isupper():
        return word
    return word.lower() if _is_word(word) else spell_letters(word)


@lru_cache(maxsize=4_096)
def _small_initialism(word: str) -> str:
    """смс, гибдд: what is an initialism in capitals and no word; хм, тсс are murmured."""
    consonants = not any(letter in _VOWELS for letter in word.upper())
    if word in _UNSPELLED or (is_plain_word(word) and not consonants):
        return word
    if known := _known().get(word.upper()):
        return known
    varied = all(letter != following for letter, following in itertools.pairwise(word))
    spelled = consonants and varied and len(word) >= _FEWEST_CONSONANTS
    return spell_letters(word) if spelled else word


@lru_cache(maxsize=4_096)
def _is_word(word: str) -> bool:
    if len(word) > _SPELLED_UP_TO or (is_plain_word(word) and len(word) > 1):
        return True
    if not any(letter in _VOWELS for letter in word) or _CONSONANTS_IN_A_ROW.search(word):
        return False
    consonant_vowel_consonant = len(word) == 3 and [c in _VOWELS for c in word] == [
        False,
        True,
        False,
    ]
    return consonant_vowel_consonant or len(word) > 3
