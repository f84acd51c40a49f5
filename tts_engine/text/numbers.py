"""Numbers without units: ordinals with an ending, adjectives from numbers, ranges, decimals, the rest."""

import re
from collections.abc import Sequence

from tts_engine.text.agreement import bare_case, is_numbered, noun_of, say_number
from tts_engine.text.morphology import (
    Noun,
    allows_case,
    governing_word,
    is_adjective,
    noun_readings,
    word_before,
    words_after,
)
from tts_engine.text.numerals import (
    CASES,
    cardinal,
    decimal,
    digits,
    fraction,
    last_class,
    one_and_a_half,
    ordinal,
)

_ENDED = re.compile(r"(?<![\d.,])(\d{1,12})[-‑–]([а-яё]{1,3})(?![а-яё-])")
_LIST = re.compile(r"(?:\d{1,4}-[а-яё]{1,3}(?:,\s|\s(?:и|или)\s)){1,9}$")  # в 1-м, 2-м и 3-м
_LIST_AFTER = re.compile(r"(?:(?:,\s|\s(?:и|или)\s)\d{1,4}-[а-яё]{1,3}){1,9}(?=\s)")
_RANGE_ENDED = re.compile(r"(?<![\d.,])(\d{1,4})\s?[-–—]\s?(?=(\d{1,4})-([а-яё]{1,3})(?![а-яё]))")
_COMPOUND = re.compile(r"(?<![\d.,])(\d{1,9})[-‑]([а-яё]{4,})", re.IGNORECASE)
_RANGE = re.compile(r"(?<![\d.,/–—-])(\d{1,9})\s?[-–—]\s?(\d{1,9})(?![\d/–—-]|[.,]\d)")
# 5 и 7 лет, 8, 10 и 13 этажи: the numbers before the one that stands by the noun
_SHARED_NOUN = re.compile(
    r"(?<![\d.,:/–—-])((?:\d{1,4},\s){0,8}\d{1,4}\s(?:и|или)\s)(\d{1,4})(?=\s[а-яё]{3})"
)
_SOME_OF = re.compile(r"(?<=\b[Вв]\s)(\d{1,4})\s(?=из\s\d)")  # в 2 из 5 проб
_NUMBER_SIGN = re.compile(r"(?:№|\bномер[аы]?м?)\s?$")
_BETWEEN = re.compile(r"\b([Мм]ежду)\s+(\d{1,9})\s+и\s+(\d{1,9})(?![\d.,]*\d)")
_FRACTION = re.compile(r"(?<![\d.,/])(\d{1,3})/(\d{1,3})(?![\d/]|[.,]\d)")
_FINAL = re.compile(r"\s(?:финала|века?|состава|доли)(?!\w)")
_GETS_INTO = re.compile(
    r"\b(?:вы(?:йти|йд|ш[её]?л|ход)|прош[её]?л|пройд|проб(?:и|ь)|попа|шагн|путёвк|путевк)"
)
_VERSION = re.compile(r"(?<![\d.])(\d+(?:\.\d+){2,})(?:[-–](?=\d))?")
_DECIMAL = re.compile(r"(?<![\d.,])(\d+)[.,](\d+)(?![\d]|[.,]\d)")
_GROUPED_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,3}(?:[ \u00a0\u202f]\d{3})+),(\d+)(?![\d]|[.,]\d)")
_GROUPED_ENDED = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}(?=[-‑–][а-яё]{1,3}(?![а-яё-]))"
)
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d])")
_GROUPED_BY_SIGN = re.compile(r"(?<![\d.,])\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+(?![\d])")
_NUMBERED_LIST = re.compile(r"(?:[\d.]+(?:,\s|\s(?:и|или)\s)){1,9}$")  # пункты 1.1, 1.2 и 1.3
_WHOLE = re.compile(r"\d+")
_ENDINGS = frozenset(
    "й я е го му м х ми ю ти и мя ых ый ой ая ое ые ого ому ым ом ую ью ий ья ье ьи их им ех ёх"  # noqa: SIM905
    " ух".split()
)
_COMPOUND_NOUNS = (
    "лет",
    "класс",
    "этаж",
    "тонн",
    "рублёв",
    "минутк",
    "миллиметр",
    "метровк",
    "кратн",
    "тысячн",
    "миллионн",
    "разов",
)
_PAUSED_RANGE = 20  # from here on a range is said with a pause: сто — сто пятьдесят
_COMPOUND_PARTS = {
    "одного": "одно",
    "ста": "сто",
    "девяноста": "девяносто",
    "тысячи": "тысяче",
    "ноля": "нуль",
}


def say_numbers(text: str) -> str:
    """Spell every remaining number."""
    text = _GROUPED_ENDED.sub(lambda found: re.sub(r"\s", "", found.group()), text)
    text = _GROUPED_DECIMAL.sub(_decimal, text)
    text = _GROUPED.sub(_grouped, text)
    text = _GROUPED_BY_SIGN.sub(_grouped, text)
    text = _VERSION.sub(_version, text)
    text = _RANGE_ENDED.sub(lambda found: f"{_ended_words(found[1], found[3], found)} — ", text)
    text = _ENDED.sub(_ended, text)
    text = _COMPOUND.sub(_compound, text)
    text = _BETWEEN.sub(_between, text)
    text = _FRACTION.sub(_fraction, text)
    text = _SOME_OF.sub(lambda found: cardinal(int(found[1]), "loct") + " ", text)
    text = _SHARED_NOUN.sub(_sharing, text)
    text = _DECIMAL.sub(_decimal, text)
    text = _RANGE.sub(_range, text)
    return _WHOLE.sub(_whole, text)


def _grouped(found: re.Match[str]) -> str:
    written = re.sub(r"\D", "", found.group())
    return _spaced(
        say_number(written, found.string, found.start(), found.end(), grouped=True), found
    )


def _spaced(said: str, found: re.Match[str]) -> str:
    """Keep words apart from letters that touch the number: COVID19."""
    before = found.string[found.start() - 1 : found.start()] if found.start() else ""
    after = found.string[found.end() : found.end() + 1]
    return f"{' ' if before.isalnum() else ''}{said}{' ' if after.isalnum() else ''}"


def _version(found: re.Match[str]) -> str:
    said = " точка ".join(map(_plain, found[1].split(".")))
    return f"{said} " if found.group() != found[1] else said


def _plain(written: str) -> str:
    return digits(written) if written[0] == "0" and len(written) > 1 else cardinal(int(written))


def _whole(found: re.Match[str]) -> str:
    return _spaced(say_number(found.group(), found.string, found.start(), found.end()), found)


def _ended(found: re.Match[str]) -> str:
    return _ended_words(found[1], found[2], found)


def _ended_words(written: str, ending: str, found: re.Match[str]) -> str:
    """5-й, 21-го, 90-х, 3-х, 2-мя: the form that has this ending and suits its neighbours."""
    if ending not in _ENDINGS:
        return f"{cardinal(int(written))} {ending}"
    start = found.string[: found.start()]
    number, before = int(written), word_before(start, len(_LIST.sub("", start)))
    more = _LIST_AFTER.match(found.string, found.end())
    nouns = noun_of(words_after(found.string, more.end() if more else found.end()))
    for noun in nouns:
        said = ordinal(number, noun.case, noun.gender) if noun.singular else ""
        if said.endswith(ending) and said and allows_case(before, noun.case):
            return said
    if _is_cardinal_ending(number, ending, before, nouns):
        for case in ("gent", "ablt", "datv", "loct"):
            said = cardinal(number, case)
            if said.endswith(ending):
                return said
    for noun in nouns:
        said = ordinal(number, noun.case, noun.gender, plural=True)
        if not noun.singular and said.endswith(ending) and allows_case(before, noun.case):
            return said
    return _by_ending(number, ending, before, nouns)


def _by_ending(number: int, ending: str, before: str, nouns: Sequence[Noun]) -> str:
    """The ordinal with this ending that suits the preposition best."""
    for noun in nouns:  # на 2-м и 4-м рубежах
        said = ordinal(number, noun.case, noun.gender)
        if not noun.singular and said.endswith(ending):
            return said
    forms = [(case, gender, False) for gender in ("masc", "neut", "femn") for case in CASES]
    plural = [(case, "masc", True) for case in CASES]
    candidates = (
        plural + forms if number % 10 == 0 and ending in ("е", "х", "м", "ми") else forms + plural
    )
    fitting = [
        form
        for form in candidates
        if ordinal(number, form[0], form[1], plural=form[2]).endswith(ending)
    ]
    if not fitting:
        return cardinal(number)
    suited = [form for form in fitting if allows_case(before, form[0])]
    case, gender, many = (suited or fitting)[0]
    return ordinal(number, case, gender, plural=many)


def _is_cardinal_ending(number: int, ending: str, before: str, nouns: Sequence[Noun]) -> bool:
    """3-х детей, 2-мя, 5-ти: a cardinal; 3-х with a bare decade (90-х) is an ordinal."""
    if ending in ("ти", "и", "мя", "ех", "ёх", "ух"):
        return True
    if ending == "м":  # 2-м рубежам, but на 2-м и 3-м рубежах
        counts = any(noun.case == "datv" and not noun.singular for noun in nouns)
        return last_class(number) == "few" and (counts or before in ("к", "ко"))
    return ending in ("х", "ми") and last_class(number) == "few"


def _compound(found: re.Match[str]) -> str:
    """5-летний -> пятилетний."""
    number, word = int(found[1]), found[2]
    if not (is_adjective(word) or word.startswith(_COMPOUND_NOUNS)):
        return f"{cardinal(number)} {word}"
    parts = cardinal(number, "gent").split(" ")
    return "".join(_COMPOUND_PARTS.get(part, part) for part in parts).replace("+", "") + word


def _between(found: re.Match[str]) -> str:
    return f"{found[1]} {cardinal(int(found[2]), 'ablt')} и {cardinal(int(found[3]), 'ablt')}"


def _fraction(found: re.Match[str]) -> str:
    numerator, denominator = int(found[1]), int(found[2])
    before = governing_word(found.string, found.start())
    case = bare_case(before)
    if before in ("в", "во") and _FINAL.match(found.string, found.end()):
        case = "accs" if _GETS_INTO.search(found.string) else "loct"
    if before == "по" and numerator < denominator:
        case = "datv"
    if case == "nomn" and _FINAL.match(found.string, found.end()) and noun_readings(before):
        case = "gent"
    if 0 < numerator < denominator:
        return _spaced(fraction(numerator, denominator, case), found)
    sign = "на" if (numerator, denominator) in ((24, 7), (50, 50)) else "дробь"
    return _spaced(f"{cardinal(numerator)} {sign} {cardinal(denominator)}", found)


def _decimal(found: re.Match[str]) -> str:
    named = len(_NUMBERED_LIST.sub("", found.string[: found.start()]))
    if found.group().count(".") and is_numbered(word_before(found.string, named)):
        return _spaced(f"{cardinal(int(found[1]))} точка {_plain(found[2])}", found)
    case = bare_case(governing_word(found.string, found.start()))
    if found.group() in ("1,5", "1.5") and (half := _one_and_a_half(found, case)):
        return half
    return _spaced(decimal(re.sub(r"\D", "", found[1]), found[2], case), found)


def _one_and_a_half(found: re.Match[str], case: str) -> str | None:
    """В 1,5 раза, около 1,5 лет; None when the noun stands in another form: до 1,5 года."""
    for noun in noun_of(words_after(found.string, found.end())):
        if noun.case == "gent" and noun.singular == (case in ("nomn", "accs")):
            return one_and_a_half(case, noun.gender)
    return None


def _range(found: re.Match[str]) -> str:
    """Both ends agree with the noun after the second one."""
    low, high = found[1], found[2]
    said_high = say_number(high, found.string[: found.start()] + high + found.string[found.end() :],
                           found.start(), found.start() + len(high))  # fmt: skip
    said_low = _low_end(low, high, said_high, found)
    pause = " — " if max(int(low), int(high)) >= _PAUSED_RANGE else " "
    return _spaced(f"{said_low}{pause}{said_high}", found)


def _sharing(found: re.Match[str]) -> str:
    """Numbers joined by `и` before one noun all take the form of the last."""
    before, last, after = found.string[: found.start()], found[2], found.string[found.end() :]
    if is_numbered(word_before(before, len(before))) or _NUMBER_SIGN.search(before):
        return re.sub(r"\d+", lambda one: cardinal(int(one.group())), found[1] + last)
    said = say_number(last, before + last + after, len(before), len(before) + len(last))
    return re.sub(r"\d+", lambda one: _low_end(one.group(), last, said, found), found[1]) + said


def _low_end(low: str, high: str, said_high: str, found: re.Match[str]) -> str:
    """The first number in the form (cardinal or ordinal, case, gender) the second one has."""
    forms = [(case, gender) for case in CASES for gender in ("masc", "femn", "neut")]
    before = bare_case(governing_word(found.string, found.start()))
    forms.sort(key=lambda form: form[0] != before)
    for case, gender in forms:
        if cardinal(int(high), case, gender) == said_high:
            return cardinal(int(low), case, gender) if low[0] != "0" else digits(low)
    for case, gender in forms:
        if ordinal(int(high), case, gender) == said_high:
            return ordinal(int(low), case, gender)
    return cardinal(int(low))
