"""Numbers that are names: ИНН, КПП, ОГРН, СНИЛС, БИК, accounts, codes, articles, ISBN; said digit by digit.

Beside ISBN the pages of a book: 320 с. Before units are read: с. is no second there.
"""

import re

from tts_engine.text.morphology import counted
from tts_engine.text.numerals import digits

_NAMES = {
    "р/с": "расчётный счёт", "р/сч": "расчётный счёт", "к/с": "корреспондентский счёт", "л/с": "лицевой счёт",
    "арт.": "артикул", "инн/кпп": "ИНН КПП", "кор. счёт": "корреспондентский счёт",
}  # fmt: skip
_TAKEN = (
    r"ИНН/КПП|ИНН|КПП|ОГРНИП|ОГРН|СНИЛС|БИК|ОКПО|ОКАТО|ОКТМО|ОКОПФ|УИН|УИП|КБК|IMEI|VIN|SWIFT|IBAN|ICCID|EAN|УНП"
    r"|[РрКкЛл]/сч?|[Кк]ор\.\sсч[её]т|[Аа]рт\.|[Аа]ртикул\w{0,2}|[Шш]трих-?код\w{0,2}|[Сс]ч[её]т\w{0,2}|[Кк]арт[аыеу]"
    r"|[Пп]аспорт\w{0,2}|[Пп]очтовый\sиндекс|[Кк]адастровый|[Ии]дентификатор|[Тт]рек(?:-номер)?"
)
_NUMBER = r"\d[\d/:-]*(?:\s\d{2,}[\d-]*)*"
_NAMED = re.compile(
    rf"(?<![\w/])(?P<name>{_TAKEN})(?P<between>(?:\s(?:номер|серия|серии))?[\s:—–№-]{{1,4}}(?:№\s?)?)"
    rf"(?P<number>{_NUMBER})(?![\w,.]*\d)"
)
_LONG_NUMBER = re.compile(r"(?<=№)\s?(\d{7,})(?![\d.,]*\d)")
_CODE = re.compile(
    r"(?<!\w)(?P<name>[Кк]од(?:а|у|ом|е)?|[Пп]ин-?код\w{0,2}|[Пп]арол(?:ь|я|ем))(?P<between>(?:\s[а-яё]{3,})?[\s:—–-]{1,3})"
    r"(?P<number>\d{4,10})(?![\w.,]*\d)"
)
_BOOK = re.compile(r"\bISBN\b|\bэкз\.|\b[Тт]ираж|\b[Ии]зд(?:\.|-во|ательств)")
_PAGES = re.compile(r"(?<![\d.,])(\d{1,4})\s?с\.(?!\s?\d)")
_ISBN = re.compile(r"\bISBN:?\s?((?:\d{1,7}-){3,4}[\dXХ])(?![\d-])")
_SHORTEST = 4  # digits; a shorter number counts: счёт 3, карта 5
_BRIEF = frozenset(["счет", "счёт", "карт"])
_BRIEF_AT_LEAST = 12
_SEPARATORS = re.compile(r"[\s/:-]+")


def say_identifiers(text: str) -> str:
    """Read the numbers after names of identifiers digit by digit, with a pause between groups."""
    text = _NAMED.sub(_say, text)
    text = _LONG_NUMBER.sub(lambda found: f" {digits(found[1])}", text)
    return _CODE.sub(_say, text)


def _say(found: re.Match[str]) -> str:
    name, number = found["name"], found["number"]
    least = _BRIEF_AT_LEAST if name.lower()[:4] in _BRIEF else _SHORTEST
    if sum(one.isdecimal() for one in number) < least:
        return found.group()
    between = found["between"].replace("№", "номер")
    said = ", ".join(digits(group) for group in _SEPARATORS.split(number) if group)
    return f"{_NAMES.get(name.lower(), name)}{between}{'' if between.endswith(' ') else ' '}{said}"


def say_books(text: str) -> str:
    """Pages and numbers of books, in texts that describe one."""
    if not _BOOK.search(text):
        return text
    text = _ISBN.sub(lambda found: f"и эс би эн {_groups(found[1])}", text)
    return _PAGES.sub(lambda found: f"{found[1]} {counted('страница', int(found[1]))}", text)


def _groups(number: str) -> str:
    return ", ".join(digits(group) or "икс" for group in number.split("-"))
