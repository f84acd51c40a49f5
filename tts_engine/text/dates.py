"""Dates, years, decades and clock times."""

import re
from functools import lru_cache

from tts_engine.text.agreement import is_numbered, noun_of
from tts_engine.text.clock import say_times
from tts_engine.text.morphology import allows_case, word_before, words_after
from tts_engine.text.numerals import cardinal, ordinal
from tts_engine.text.years import YEAR_FORM, YEARS_FORM, say_years, year_case, years_case

_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_MONTH = "|".join(_MONTHS)
_LAST_MONTH, _LAST_DAY = 12, 31
_DASH = r"\s?[-–—]\s?"

_NUMERIC_DATE = re.compile(
    r"(?<![\d.,/])(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d{2})(?![\d/]|[.,]\d)(\s?г(?:ода|\.)?(?!\w))?"
)
_ISO_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_DAY_RANGE = re.compile(
    rf"(?<![\d.,])(\d{{1,2}}){_DASH}(\d{{1,2}})\s+({_MONTH})(?![а-яё])", re.IGNORECASE
)
# с 14 по 20 октября; 1, 2 и 3 мая: the days before the one that stands by the month
_DAY_LIST = re.compile(
    rf"(?<![\d.,-])((?:\d{{1,2}}(?:,|\s+(?:по|до|и|или|на))\s+){{1,6}})(?=\d{{1,2}}\s+(?:{_MONTH})(?![а-яё]))",
    re.IGNORECASE,
)
_ENCLOSED_YEAR = re.compile(r"(?<=\()(?:1[89]|20)\d\d(?=\))")
_BORN = re.compile(rf"(?<![\d.,])(\d{{4}}){_DASH}(\d{{4}})\s?гг?\.?\s?р(?:\.|ождения)(?!\w)")
_SEASON = re.compile(
    r"(?<![\d./])(?:(?<=[а-яё])[-–])?((?:19|20)\d{2})/(\d{2}|\d{4})(?![\d/]|[.,]\d)"
)
_DAY = re.compile(
    rf"(?<![\d.,-])(\d{{1,2}})\s+({_MONTH})(?![а-яё])(?:\s+(\d{{4}})(?![\d.,]*\d)(\s?(?:года|г\.|г)(?![а-яё])|-го(?:\s+года)?(?![а-яё]))?)?",
    re.IGNORECASE,
)
_SHORT_DATE = re.compile(r"(?<![\d.,/])(\d{1,2})\.(\d{2})(?![\d/]|[.,]\d)")
_TIME_AFTER = re.compile(r",?\s(?:в|с|до)\s\d{1,2}[:.]\d\d(?!\d)")
_LAST_YEAR = re.compile(r"(?<![а-яё])(по|до|и)\s(\d{4})\s?гг\.?(?![а-яё])")
_YEAR_LETTER = re.compile(r"(?<![\d.,])(1\d{3}|20\d{2}|2100|[1-9]\d{2})\s?г(\.?)(?![а-яё\d])")
_OF_YEARS = re.compile(r"\s(?:рождения|выпуска|постройки|издания)(?!\w)")
_YEARS_LETTER = re.compile(
    rf"(?<![\d.,])(\d{{3,4}}){_DASH}(\d{{2,4}})\s?(гг?\.?(?![а-яё])|год(?:ы|ов|ам|ами|ах)(?![а-яё]))"
)
_YEAR_PAIR = re.compile(
    r"(?<![а-яё])([Сс]о?|[Оо]т|[Мм]ежду|[Вв]|и|или)\s+(\d{4})(?=,?\s+(?:по|до|и|или|к)\s+\d{4}(?:\s?г[г.]|\s+год))"
)
_DECADE = re.compile(r"(?<=\d)(-?(?:х|е|м|ми|ых|ые|ым))\s?гг?\.?(?![а-яё])")
_DECADE_YEARS = {
    "х": "годов",
    "е": "годы",
    "м": "годам",
    "ми": "годами",
    "ых": "годов",
    "ые": "годы",
    "ым": "годам",
}
_BARE_YEAR = re.compile(
    r"(?<![\d.,])(?<=[вВ] )(1[89]\d{2}|20\d{2})(?=\s*(?:[.,;:!?)…]|$))(?![.,]\d)"
)

_DAY_CASE = {
    "на": "accs",
    "по": "accs",
    "за": "accs",
    "к": "datv",
    "ко": "datv",
    "о": "loct",
    "об": "loct",
}
_DAY_NAMED = frozenset(
    ["сегодня", "завтра", "вчера", "послезавтра", "позавчера", "это", "дата", "настало"]
)
_BEFORE_SHORT_DATE = frozenset(
    "с до к от по после на дата вылет вылеты заезд заезды отправление прибытие срок премьера показ"  # noqa: SIM905
    " сегодня завтра вчера понедельник вторник среда среду четверг пятница пятницу суббота субботу"
    " воскресенье".split()
)


def say_dates(text: str) -> str:
    """Spell dates, years with г. or гг., and clock times out; other numbers stay."""
    text = _BORN.sub(_born, text)
    text = _ENCLOSED_YEAR.sub(lambda found: f"{ordinal(int(found.group()))} год", text)
    text = _SEASON.sub(_season, text)
    text = _ISO_DATE.sub(_iso_date, text)
    text = _NUMERIC_DATE.sub(_numeric_date, text)
    text = _SHORT_DATE.sub(_short_date, text)
    text = say_years(text)
    text = _DAY_RANGE.sub(_day_range, text)
    text = _DAY_LIST.sub(_day_list, text)
    text = _DAY.sub(_day, text)
    text = _DECADE.sub(_decade, text)
    text = _YEARS_LETTER.sub(_years, text)
    text = _YEAR_PAIR.sub(_year_pair, text)
    text = _LAST_YEAR.sub(_last_year, text)
    text = _YEAR_LETTER.sub(_year_letter, text)
    text = _BARE_YEAR.sub(lambda found: ordinal(int(found.group()), "loct") + " году", text)
    return say_times(text)


def _born(found: re.Match[str]) -> str:
    """2008–2009 гг. р."""
    return f"{ordinal(int(found[1]), 'gent')} — {ordinal(int(found[2]), 'gent')} годов рождения"


@lru_cache(maxsize=1)
def _days_before() -> re.Pattern[str]:
    """к третьему и 5 мая: the preposition of days that are words already."""
    days = (
        ordinal(day, case, "neut")
        for day in range(1, _LAST_DAY + 1)
        for case in set(_DAY_CASE.values())
    )
    one = "|".join(sorted(days, key=len, reverse=True))
    prepositions = "|".join(_DAY_CASE)
    return re.compile(
        rf"(?<!\w)({prepositions})\s(?:(?:{one})(?:,\s|\s(?:и|или)\s)){{1,6}}$", re.IGNORECASE
    )


def _say_day(day: int, found: re.Match[str]) -> str:
    before = word_before(found.string, found.start())
    if before in ("и", "или") and (first := _days_before().search(found.string[: found.start()])):
        before = first[1].lower()
    case = "nomn" if before in _DAY_NAMED else _DAY_CASE.get(before, "gent")
    return ordinal(day, case, "neut")


def _is_date(day: str, month: str) -> bool:
    return 1 <= int(day) <= _LAST_DAY and 1 <= int(month) <= _LAST_MONTH


def _iso_date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    if not _is_date(day, month):
        return found.group()
    return (
        f"{_say_day(int(day), found)} {_MONTHS[int(month) - 1]} {ordinal(int(year), 'gent')} года"
    )


def _numeric_date(found: re.Match[str]) -> str:
    day, _, month, year, _ = found.groups()
    before = word_before(found.string, found.start())
    if not _is_date(day, month) or is_numbered(before):  # раздел 10.11.12
        return found.group()
    full_year = int(year) if len(year) > 2 else 2000 + int(year) - (100 if int(year) > 50 else 0)
    return (
        f"{_say_day(int(day), found)} {_MONTHS[int(month) - 1]} {ordinal(full_year, 'gent')} года"
    )


def _short_date(found: re.Match[str]) -> str:
    """15.05 is a date only after a word that a date follows."""
    day, month = found.groups()
    before = word_before(found.string, found.start())
    timed = _TIME_AFTER.match(found.string, found.end())
    named = before in _BEFORE_SHORT_DATE and len(day) > 1
    if not (named or timed) or not _is_date(day, month):
        return found.group()
    return f"{_say_day(int(day), found)} {_MONTHS[int(month) - 1]}"


def _day_range(found: re.Match[str]) -> str:
    first, last, month = found.groups()
    if not (_is_date(first, "1") and _is_date(last, "1")):
        return found.group()
    return f"{_say_day(int(first), found)} — {_say_day(int(last), found)} {month}"


def _day_list(found: re.Match[str]) -> str:
    if any(not _is_date(day, "1") for day in re.findall(r"\d+", found[1])):
        return found.group()
    before = word_before(found.string, found.start())
    case = _DAY_CASE.get(before, "gent")

    def say(day: re.Match[str]) -> str:
        own = _DAY_CASE.get(word_before(found[1], day.start()), case) if day.start() else case
        return ordinal(int(day.group()), own, "neut")

    return re.sub(r"\d+", say, found[1])


def _season(found: re.Match[str]) -> str:
    """2024/25: with a noun ordinals that agree (учебном году), else two numbers (сезон 2024/25)."""
    first, last = int(found[1]), found[2]
    second = int(found[1][: 4 - len(last)] + last)
    if second != first + 1:
        return found.group()
    before = word_before(found.string, found.start())
    space = " " if found.group()[0] in "-–" else ""
    words = words_after(found.string, found.end())
    if before in ("в", "во", "о") and any(word.endswith("году") for word in words[:2]):
        return f"{ordinal(first, 'loct')} — {ordinal(second, 'loct')}"
    for noun in noun_of(words):
        if (
            noun.singular
            and noun.lemma.endswith(("год", "сезон"))
            and allows_case(before, noun.case)
        ):
            said = (ordinal(year, noun.case, noun.gender) for year in (first, second))
            return " — ".join(said)
    return f"{space}{cardinal(first)} — {cardinal(second % 100 if len(last) == 2 else second)}"


def _day(found: re.Match[str]) -> str:
    day, month, year, _ = found.groups()
    if not _is_date(day, "1"):
        return found.group()
    said = f"{_say_day(int(day), found)} {month}"
    return f"{said} {ordinal(int(year), 'gent')} года" if year else said


def _year_letter(found: re.Match[str]) -> str:
    """1990 г. by its preposition; without dot or preposition 500 г stays grams."""
    year, dot = found.groups()
    before = word_before(found.string, found.start())
    is_month = before in _MONTHS
    known = before in ("в", "к", "до", "с", "по", "от", "после", "на", "из") or is_month
    if len(year) < 4 and (int(year) % 50 == 0 or not (before in ("в", "к", "до") or is_month)):
        return found.group()  # 100 г. are grams
    if (len(year) < 4 and not known) or (not dot and not known):
        return found.group()
    case = year_case(before)
    return f"{ordinal(int(year), case)} {YEAR_FORM[case]}"


def _decade(found: re.Match[str]) -> str:
    """60-х гг. -> 60-х годов, годах after в."""
    ending = found[1].lstrip("-")
    before = re.search(
        r"(\w+)\s+[\d–—-]+$", found.string[max(0, found.start() - 20) : found.start()]
    )
    years = _DECADE_YEARS[ending]
    if years == "годов" and before and before[1].lower() in ("в", "о"):
        years = "годах"
    return f"{found[1]} {years}"


def _year_pair(found: re.Match[str]) -> str:
    """The first year of `с 1990 по 2000 год`, `между 1990 и 2000 годами`."""
    preposition, year = found.groups()
    case = "ablt" if preposition.lower() == "между" else year_case(preposition.lower())
    return f"{preposition} {ordinal(int(year), case)}"


def _last_year(found: re.Match[str]) -> str:
    """с 1881 по 1894 гг., в 1990 и 1995 гг."""
    word, year = found[1], int(found[2])
    start = found.string[: found.start()]
    if word == "и":
        pair = re.search(
            r"(?<![а-яё])(в|между|с|до|от|к)\s(?:\d{4}|[а-яё ]{8,60})\s?$", start, re.IGNORECASE
        )
        before = pair[1].lower() if pair else ""
        case = "ablt" if before == "между" else year_case(before) if before else "nomn"
    else:
        case = year_case(word)
    return f"{word} {ordinal(year, case)} {YEARS_FORM[case]}"


def _years(found: re.Match[str]) -> str:
    first, last, word = found.groups()
    if word in ("г", "г.") and len(first) < 4:
        return found.group()  # 120–140 г/л are grams
    last_year = int(first[: len(first) - len(last)] + last) if len(last) < len(first) else int(last)
    before = word_before(found.string, found.start())
    case = years_case(before)
    if _OF_YEARS.match(found.string, found.end()):
        case = "gent"
    for name, form in YEARS_FORM.items():
        if word == form and case == "nomn" and name != "accs":
            case = name
    return f"{ordinal(int(first), case)} — {ordinal(last_year, case)} {YEARS_FORM[case]}"
