"""Abbreviations with dots or hyphens, and initials before a surname."""

import re
from collections.abc import Callable
from functools import lru_cache

from tts_engine.text.adjectives import adjective_cases, agreeing
from tts_engine.text.agreement import noun_of
from tts_engine.text.datafiles import read_entries
from tts_engine.text.initialisms import letter_name
from tts_engine.text.morphology import (
    Noun,
    allows_case,
    gender_of,
    governed_case,
    inflect,
    is_adjective,
    noun_readings,
    parts_of_speech,
    takes_object,
    word_before,
    words_after,
)

_ALPHABET = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯ"
_INITIALS = re.compile(r"(?<![\w.])(?:(?:[А-ЯЁ]|Дж|Ст)\.(?:\s?|-)){1,3}(?=[А-ЯЁ][а-яё])")
_LONG_INITIALS = {"Дж": "джей", "Ст": "эс тэ"}
_INITIALS_AFTER = re.compile(r"(?<=[а-яё] )([А-ЯЁ])\.\s?([А-ЯЁ])\.(?!\w)")
_INITIALS_SAID = (
    rf"(?:(?:{'|'.join(re.escape(letter_name(letter)) for letter in _ALPHABET)}|джей)\s){{1,3}}"
)
_CONDITIONS = {
    "name": rf"(?=\s*(?:{_INITIALS_SAID})?\"?[А-ЯЁ])",
    "number": r"(?=\s*(?:[\d№IVX]|\"[а-яё]\"))",
}
_REACH = 40  # characters looked back at for the members of a list
_LETTERED = re.compile(r"\s*\"[а-яё]\"")
_BUILDING = re.compile(r"(?<=\d)([а-я]?,\s?(?:корп(?:ус|\.)\s?\d+,\s?)?)стр\.(?=\s?\d)")
_ADDRESS = re.compile(
    r"\b(?:дом|д\.|вл\.|ул\.|улиц|пр-т|просп|пер\.|переул|б-р|бул|наб\.|набереж|ш\.|шоссе|пл\.|площад)"
)
_UNDECLINED = frozenset(["сравни", "около", "шоссе", "метро"])
_CASE_BEFORE_NAMES = {
    "в": "loct", "во": "loct", "на": "loct", "при": "loct", "по": "datv", "с": "gent", "со": "gent",
}  # fmt: skip
_AND_ANOTHER = re.compile(r"\s(?:и|или)\s[а-яё]{2,8}\.")
_PARTICIPLE = "исполняющий"
_QUOTE = re.compile(r"\s?\"")
_STREET_NAME = re.compile(r"(?<![\w-])([А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)*)\s$")
_NAME = re.compile(rf"\s*(?:{_INITIALS_SAID})?\"?([А-ЯЁ][а-яё]+)")
_PEOPLE = frozenset(
    "профессор академик доцент святой гражданин товарищ генерал полковник капитан майор лейтенант"  # noqa: SIM905
    " сержант адмирал подполковник режиссёр художник архитектор".split()
)
# After a noun these mean `of`: мэр г. Тула, положения ст. 5.
_OF_NOUN = frozenset(
    "город село посёлок деревня станция остров озеро река область район улица проспект переулок площадь"  # noqa: SIM905
    " набережная бульвар кинофильм мультфильм сериал станица хутор микрорайон статья пункт часть глава"
    " категория квартира дом рисунок таблица институт университет автомобиль республика край"
    " железная дорога округ губерния автодорога трасса кафедра факультет подпункт абзац раздел параграф".split()
)
_PARTS_OF_LAW = frozenset(
    ["статья", "часть", "пункт", "подпункт", "абзац", "глава", "раздел", "параграф"]
)
# Труба диам. 6 м: диаметром.
_MEASURES = frozenset(["диаметр", "глубина", "высота", "ширина", "толщина", "длина", "масса"])
_PART_OF_LAW = re.compile(
    r"\b(?:ч|пп?|подп|абз|част\w+|пункт\w*|подпункт\w*|абзац\w*)\.?\s(?:\d|\"[а-яё]\")[\d\".,\sа-яё-]{0,14}$",
    re.IGNORECASE,
)
# по ст. 12 и ст. 15: those before the last one of a list
_EARLIER = re.compile(
    r"(?<!\w)(?:[А-Яа-яё]{1,5}\.|§)\s?(?:\d[\d.]*|\"[а-яё]\")(?:,\s|,?\s(?:и|или)\s)$"
)
_PLURAL_TOO = frozenset(["статья", "страница", "пункт", "часть", "дом", "глава", "квартира"])
_SEVERAL = re.compile(r"\s?\d+(?:\s?[-–—]\s?|,\s|\sи\s)\d+")


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[tuple[str, str], str]]:
    """One pattern for all, the longest first, and what is said by (written form, kind)."""
    entries = []
    for entry in read_entries("abbreviations.txt"):
        written, said, kind = (part.strip() for part in f"{entry}|".split("|")[:3])
        entries.append((written, kind, said))
    entries.sort(key=lambda entry: -len(entry[0]))
    joined = "|".join(_pattern(written, kind) for written, kind, _ in entries)
    known = {(_key(written), kind): said for written, kind, said in entries}
    return re.compile(rf"(?<![\w+-])(?:{joined})(?![\w-])", re.IGNORECASE), known


def _initial(letters: str) -> str:
    return letter_name(letters) if len(letters) == 1 else _LONG_INITIALS[letters]


def _pattern(written: str, kind: str) -> str:
    spaced = r"\s?".join(map(re.escape, written.split(" ")))
    return f"(?:{spaced}{_CONDITIONS.get(kind, '')})"


def _key(written: str) -> str:
    return "".join(written.lower().split())


def expand_abbreviations(text: str) -> str:
    """Write abbreviations and initials out in words."""
    pattern, _ = _table()
    if _ADDRESS.search(text):
        text = _BUILDING.sub(r"\1строение", text)
    text = _INITIALS_AFTER.sub(lambda found: " ".join(map(letter_name, found.groups())), text)
    text = _INITIALS.sub(
        lambda found: "".join(f"{_initial(one)} " for one in re.findall(r"\w+", found.group())),
        text,
    )
    return pattern.sub(_expand, text)


def _expand(found: re.Match[str]) -> str:
    known = _table()[1]
    written = _key(found.group())
    following = found.string[found.end() :].lstrip(' "')[:1]
    kinds = ["decline", "phrase", "head", ""]
    if following.islower() and _described(found):
        kinds.insert(0, "agree")
    if following.isupper() or _NAME.match(found.string, found.end()):
        kinds.insert(0, "name")
    numbered = following.isdecimal() or (following and following in "№IVX")
    if numbered or _LETTERED.match(found.string, found.end()):
        kinds.insert(0, "number")
    if _after_street_name(found):
        kinds.insert(0, "street")
    for kind in kinds:
        said = known.get((written, kind))
        if said is not None:
            return _SAY[kind](said, found)
    return found.group()


def _described(found: re.Match[str]) -> tuple[Noun, ...]:
    """Readings of the noun after an abbreviated adjective: физ. лиц, физ. и юр. лиц."""
    more = _AND_ANOTHER.match(found.string, found.end()) or _QUOTE.match(found.string, found.end())
    return noun_of(words_after(found.string, more.end() if more else found.end()))


def _after_street_name(found: re.Match[str]) -> bool:
    """На Тверском б-ре, Невский пр.: an adjective with a capital letter stands before."""
    name = _STREET_NAME.search(found.string, max(0, found.start() - 40), found.start())
    return name is not None and "ADJF" in parts_of_speech(name.group(1))


def _agree(adjective: str, found: re.Match[str]) -> str:
    """доп. поездов -> дополнительных поездов."""
    before = word_before(found.string, found.start())
    readings = _described(found)
    fitting = [noun for noun in readings if allows_case(before, noun.case)] or list(readings)
    if not noun_readings(before):
        fitting.sort(key=lambda noun: noun.case != "nomn")
    return _spaced(agreeing(adjective, fitting[0]) if fitting else adjective, found)


def _decline(word: str, found: re.Match[str]) -> str:
    if " " in word or word in _UNDECLINED:
        return _spaced(word, found)
    several = bool(_SEVERAL.match(found.string, found.end())) and word in _PLURAL_TOO
    several = several or found.group().lower() == "пп."
    return _spaced(inflect(word, _case_of(word, found), plural=several), found)


def _case_of(word: str, found: re.Match[str]) -> str:
    first = found.start()
    while earlier := _EARLIER.search(found.string, max(0, first - _REACH), first):
        first = earlier.start()
    start = found.string[:first]
    before = word_before(start, first)
    if (given := _case_after_abbreviation(start)) is not None:
        return given
    if before in ("с", "со") and word in _PARTS_OF_LAW:
        return "ablt"
    if word in _MEASURES and noun_readings(before):
        return "ablt"
    if word in _PEOPLE:
        return _case_of_name(found, before)
    if before in _CASE_BEFORE_NAMES:
        return _CASE_BEFORE_NAMES[before]
    if before in ("и", "или"):
        return _case_of_name(found)
    if is_adjective(before) or _after_street_name(found):
        return _case_of_adjective(before, gender_of(word), start)
    return governed_case(before) or _case_by_verb_or_noun(word, before, start)


def _case_by_verb_or_noun(word: str, before: str, start: str) -> str:
    """купил кв. 5: its object; мэр г. Тула: of it."""
    if takes_object(before):
        return "accs"
    of_noun = word in _PARTS_OF_LAW and _PART_OF_LAW.search(start)
    return "gent" if of_noun or (word in _OF_NOUN and noun_readings(before)) else "nomn"


def _case_after_abbreviation(start: str) -> str | None:
    """см. рис. 3 и табл. 2, под рук. акад. Королёва: an abbreviation before asks for a case."""
    ends = start.rstrip().lower()
    if ends.endswith("("):
        return "nomn"
    if ends.endswith(("см.", "ср.")):
        return "accs"
    return "gent" if ends.endswith(("под ред.", "под рук.", "р-не", "р-на", "наб.")) else None


def _case_of_adjective(adjective: str, gender: str, start: str) -> str:
    before = word_before(start, len(start.rstrip()) - len(adjective))
    cases = adjective_cases(adjective, gender)
    preposition = _CASE_BEFORE_NAMES.get(before)
    if preposition in cases:
        return str(preposition)
    return next((case for case in cases if allows_case(before, case)), "nomn")


def _case_of_name(found: re.Match[str], before: str = "") -> str:
    """проф. Иванова -> профессора: people, and places after `и`, stand in the case of their name."""
    name = _NAME.match(found.string, found.end())
    if not name:
        return "nomn"
    readings = noun_readings(name.group(1))
    cases = [noun.case for noun in readings] or list(adjective_cases(name.group(1), "masc"))
    cases = [case for case in cases if allows_case(before, case)]
    if "gent" in cases and noun_readings(before):  # труды акад. Королёва
        return "gent"
    return "nomn" if "nomn" in cases or not cases else cases[0]


def _phrase(said: str, found: re.Match[str]) -> str:
    """An adjective with its noun: уроки английского языка, на английском языке."""
    before = word_before(found.string, found.start())
    case = _CASE_BEFORE_NAMES.get(before) or governed_case(before)
    if case is None:
        case = "gent" if noun_readings(before) else "nomn"
    return _spaced(inflect(said, case), found)


def _head(said: str, found: re.Match[str]) -> str:
    """у и. о. директора: исполняющего обязанности; only the participle is declined."""
    before = word_before(found.string, found.start())
    case = _CASE_BEFORE_NAMES.get(before) or governed_case(before)
    if before in ("с", "со"):
        case = "ablt"
    if case in (None, "accs"):
        case = "gent" if noun_readings(before) or takes_object(before) or case else "nomn"
    return _spaced(said.replace(_PARTICIPLE, inflect(_PARTICIPLE, str(case))), found)


_SAY: dict[str, Callable[[str, re.Match[str]], str]] = {
    "": lambda said, _: said,
    "agree": _agree,
    "decline": _decline,
    "name": _decline,
    "number": _decline,
    "street": _decline,
    "phrase": _phrase,
    "head": _head,
}


def _spaced(said: str, found: re.Match[str]) -> str:
    following = found.string[found.end() : found.end() + 1]
    return said if not following or following in " ,;:!?)" else f"{said} "
