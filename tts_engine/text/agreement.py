"""Which form a number takes in its sentence: cardinal or ordinal, case and gender.

The noun that follows decides (книг, книгами, этаже), then the preposition before.
"""

import re
from collections.abc import Sequence

from tts_engine.text.collectives import say_collective
from tts_engine.text.morphology import (
    Noun,
    allows_case,
    governed_case,
    governing_word,
    is_adjective,
    lasts,
    noun_readings,
    takes_object,
    words_after,
)
from tts_engine.text.numerals import cardinal, digits, last_class, ordinal
from tts_engine.text.units import KINDS

# Nouns whose number is an ordinal even where a cardinal would fit: 21 век, 1 место.
_ORDINAL_NOUNS = frozenset(
    "век столетие тысячелетие этаж класс место курс глава тур разряд подъезд канал сезон серия"  # noqa: SIM905
    " квартал созыв".split()
)
# After these a number is a name: статья 5, дом 12.
_NUMBERED = frozenset(
    "часть статья пункт глава дом квартира том страница рисунок номер таблица корпус строение"  # noqa: SIM905
    " раздел параграф абзац подпункт офис этап версия закон приложение схема"
    " подраздел релиз сборка прошивка билд".split()
)
_DOCUMENTS = frozenset(["снип", "гост", "санпин", "сп", "ост", "рд", "оквэд", "точка"])
_AGED = frozenset(
    "ребёнок дети мальчик девочка подросток юноша девушка мужчина женщина сын дочь пациент лицо человек"  # noqa: SIM905
    " внук внучка малыш младенец пенсионер пенсионерка пострадавший инвалид школьник школьница брат сестра".split()
)
_NOT_COUNTED = frozenset(
    "плюс минус точка дробь ноль процент икс игрек зэт бэ вэ гэ дэ же зэ ка эл эм эн пэ эр эс тэ эф ха цэ че".split()  # noqa: SIM905
)
_NAME_AFTER = re.compile(r"\s+[А-ЯЁ][а-яё]")  # рейс 1482 Москва — Сочи
_LARGER = re.compile(r"(?<![\d.,])\d[\d ]{0,15}\s([а-яё]{3,12})\s(?:и\s)?$")
_REACH = 40  # characters looked back at for a larger unit
_SMALL_COINS = re.compile(r"\s(?:копе[йе]|цент)")  # 01 копейка
_PART_OF_DAY = re.compile(r"\s(?:утра|вечера|ночи)(?!\w)")  # с 6 утра
_BEFORE_HOURS = frozenset("в к с со до от около после".split())  # noqa: SIM905
_LIKE_ADJECTIVES = ("ый", "ий", "ой", "ая", "яя", "ое", "ее")
_YEAR_AT_LEAST = 100
_LONGEST_CODE = 10  # digits in a row beyond this are a code, not a quantity
_LONGEST_GROUPED = 15
_OBLIQUE_CASES = frozenset(["gent", "datv", "ablt", "loct"])
_OBLIQUE = ("datv", "ablt", "loct")


def say_number(written: str, text: str, start: int, stop: int, *, grouped: bool = False) -> str:
    """Words for the whole number that stands at text[start:stop].

    Args:
        written: its digits; leading zeros, and more than ten digits in a row, are read one by one.
        text: the sentence.
        start: where the number begins in it.
        stop: where it ends.
        grouped: it was written in groups of three, so it is a quantity of any size.
    """
    if _SMALL_COINS.match(text, stop):
        written = written.lstrip("0") or "0"
    longest = _LONGEST_GROUPED if grouped else _LONGEST_CODE
    if (len(written) > 1 and written[0] == "0") or len(written) > longest:
        return digits(written)
    before = governing_word(text, start)
    if larger := _larger_part(text, start, stop):
        before = governing_word(text, larger)
    if is_numbered(before):
        return cardinal(int(written))
    if before in _BEFORE_HOURS and _PART_OF_DAY.match(text, stop):
        return cardinal(int(written), bare_case(before))
    following = words_after(text, stop)
    if together := say_collective(int(written), text, start, following):
        return together
    counted = () if _NAME_AFTER.match(text, stop) else noun_of(following)
    if _is_age(text, stop, before, counted):
        return cardinal(int(written), "gent")
    return spell_with_noun(int(written), before, counted)


def _larger_part(text: str, start: int, stop: int) -> int | None:
    """Where 92 of `до 92 рублей 40 копеек` begins: both parts stand in its case."""
    larger = _LARGER.search(text, max(0, start - _REACH), start)
    if larger is None:
        return None
    smaller = {noun.lemma for noun in noun_of(words_after(text, stop))}
    for noun in noun_readings(larger[1]):
        kind = next((kind for kind in KINDS if noun.lemma in kind), ())
        if smaller.intersection(kind[kind.index(noun.lemma) + 1 :] if kind else ()):
            return larger.start()
    return None


def is_numbered(word: str) -> bool:
    """Whether a number after this noun is a name: статья 5, версия 11, ГОСТ 7.32."""
    return word in _DOCUMENTS or any(noun.lemma in _NUMBERED for noun in noun_readings(word))


def noun_of(words: Sequence[str]) -> tuple[Noun, ...]:
    """Readings of the noun a number counts: the first word, or the one after adjectives."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        readings = () if word in _NOT_COUNTED else noun_readings(word)
        if readings and not (is_adjective(word) and _is_counted(following)):  # 3 рабочих дня
            return readings
        if not is_adjective(word):
            break
    return ()


def spell_with_noun(number: int, before: str, readings: Sequence[Noun]) -> str:
    """Words for a number before a noun.

    Args:
        number: 0 or more.
        before: the word before it, lower-case, may be empty.
        readings: of the noun after it; empty when there is none.
    """
    if before == "ни" and readings:  # ни 1 места
        return cardinal(number, "gent", readings[0].gender)
    for noun in readings:
        if (_wants_ordinal(number, noun) or _of_person(before, noun)) and allows_case(
            before, noun.case
        ):
            return ordinal(number, noun.case, noun.gender)
    if before not in ("в", "во", "на") and {noun.case for noun in readings} >= _OBLIQUE_CASES:
        return cardinal(number, bare_case(before), readings[0].gender)  # 2 фото, 5 кафе
    for noun in sorted(readings, key=lambda noun: noun.case != "nomn"):
        case = _cardinal_case(number, before, noun)
        if case:
            alive = noun.animate and not takes_object(before)
            return cardinal(number, case, noun.gender, animate=alive)
    for noun in readings:
        if noun.singular and allows_case(before, noun.case) and number:
            return ordinal(number, noun.case, noun.gender)
    return cardinal(number, bare_case(before))


def _is_counted(word: str) -> bool:
    """Whether only the genitive singular of a thing can be meant: дня, места."""
    readings = noun_readings(word) if word else ()
    return bool(readings) and readings[0].singular and readings[0].case == "gent"


def _is_age(text: str, start: int, before: str, counted: Sequence[Noun]) -> bool:
    """Детей 5 лет, мужчина 40 лет: an age beside its person, in the genitive; not ребёнку 5 лет."""
    people = noun_readings(before)
    if not any(noun.lemma in ("год", "месяц") for noun in counted):
        return False
    if not any(noun.lemma in _AGED for noun in people):
        return False
    if people[0].case == "datv":
        return False
    following = words_after(text, start)
    return people[0].case != "nomn" or not (len(following) > 1 and lasts(following[1]))


def bare_case(before: str) -> str:
    """The case of a number that counts nothing, after this word."""
    if before in ("с", "со"):
        return "gent"
    return governed_case(before) or ("accs" if takes_object(before) else "nomn")


def _of_person(before: str, noun: Noun) -> bool:
    """Студент 3 курса, ученик 4 класса."""
    if noun.lemma not in ("курс", "класс") or noun.case != "gent" or not noun.singular:
        return False
    return any(one.animate for one in noun_readings(before)[:1])


def _wants_ordinal(number: int, noun: Noun) -> bool:
    if noun.lemma == "год":
        if not noun.singular:
            return number >= 10 * _YEAR_AT_LEAST and noun.case in _OBLIQUE
        return number >= _YEAR_AT_LEAST and (
            last_class(number) != "few" or number > 10 * _YEAR_AT_LEAST
        )
    if not noun.singular or noun.lemma not in _ORDINAL_NOUNS:
        return False
    return last_class(number) == "one" or noun.case != "gent"


def _cardinal_case(number: int, before: str, noun: Noun) -> str | None:
    """The case of a cardinal that fits this reading of its noun, None when none does."""
    kind = last_class(number)
    if kind == "one":
        return noun.case if noun.singular and allows_case(before, noun.case) else None
    if not noun.singular and noun.case in _OBLIQUE and allows_case(before, noun.case):
        return noun.case
    if noun.case != "gent":
        return None
    wants_genitive = bare_case(before) == "gent"
    if kind == "few":
        if noun.singular:
            return None if wants_genitive else _direct_case(before)
        if noun.lemma.endswith(_LIKE_ADJECTIVES) and not (noun.animate and takes_object(before)):
            return "gent" if wants_genitive else _direct_case(before)  # два выходных
        return "gent"
    if noun.singular:
        return None
    return "gent" if wants_genitive else _direct_case(before)


def _direct_case(before: str) -> str | None:
    """Nominative, or the accusative after a verb or a preposition that takes one."""
    if governed_case(before) is None:
        return "accs" if takes_object(before) else "nomn"
    return "accs" if allows_case(before, "accs") else None
