"""Years with little beside them: в 44 г. до н. э., в 98 г., в мае 2020, летом 1941."""

import re

from tts_engine.text.morphology import governed_case, noun_readings, word_before, words_after
from tts_engine.text.numerals import last_class, ordinal

YEAR_FORM = {
    "nomn": "год", "gent": "года", "datv": "году", "accs": "год", "ablt": "годом", "loct": "году",
}  # fmt: skip
YEARS_FORM = {
    "nomn": "годы", "gent": "годов", "datv": "годам", "accs": "годы", "ablt": "годами", "loct": "годах",
}  # fmt: skip
_GENITIVE_BEFORE = frozenset(["с", "со", "от", "до", "из", "после", "около", "кроме", "для"])
_SEASONS = frozenset(["зимой", "весной", "летом", "осенью"])
_BEFORE_SHORT_YEAR = frozenset(["в", "к", "до", "с", "после", "года", *_SEASONS])

_ERA = r"(?:до\s)?(?:н\.\s?э|нашей\sэры|[Рр]\.\s?[ХX]|Рождества)"
_EARLY = re.compile(rf"(?<![\d.,–—-])(\d{{1,3}})(?:\s?г\.?|\s(год(?:а|у|ом)?))?(?=\s{_ERA})")
_CHRIST = re.compile(r"(?<=\b(?:до|от) )[Рр]\.\s?[ХX]\.")
_EARLY_RANGE = re.compile(
    rf"(?<![\d.,])(\d{{1,3}})\s?[-–—]\s?(\d{{1,3}})\s?(?:гг?\.?|год\w*)(?=\s{_ERA})"
)
_SHORT = re.compile(r"(?<![\d.,–—-])(\d{2})\s?г\.(?!\s?[рв]\.)")
_MONTH = (
    r"(?:янва|февра|апре|ию[нл]|сентяб|октяб|нояб|декаб)[а-яё]{1,3}|(?:март|август)(?:а|у|ом|е)?|ма(?:й|я|ю|ем|е)"
    r"|зим(?:а|ы|е|у|ой)|весн(?:а|ы|е|у|ой)|лет(?:о|а|у|ом)|осен(?:ь|и|ью)"
)
_BARE = re.compile(
    rf"(?<![А-Яа-яё-])({_MONTH})\s(1\d{{3}}|20\d{{2}})(?!\d|[.,:/–—-]\d|-|\s?(?:г|гг|год[а-я]*)(?!\w)|\s\d{{3}}(?!\d)"
    r"|\s?[%₽$€°])",
    re.IGNORECASE,
)


def say_years(text: str) -> str:
    """Spell years of antiquity, years of two digits with г. and years after a month or a season."""
    text = _EARLY_RANGE.sub(_early_range, text)
    text = _EARLY.sub(_early, text)
    text = _SHORT.sub(_short, text)
    text = _CHRIST.sub("Рождества Христова", text)
    return _BARE.sub(_bare, text)


def year_case(before: str) -> str:
    """The case of a year after this word."""
    if before in ("в", "во", "о", "об", "при"):
        return "loct"
    if before in _GENITIVE_BEFORE:
        return "gent"
    if before in ("на", "по", "за", "через"):
        return "accs"
    return governed_case(before) or "gent"


def years_case(before: str) -> str:
    """The case of several years: in the nominative where no preposition and no noun asks for another."""
    if governed_case(before) or before in _GENITIVE_BEFORE:
        return year_case(before)
    return "nomn"


def _early(found: re.Match[str]) -> str:
    written = found[2]
    before = word_before(found.string, found.start())
    case = year_case(before) if before else "nomn"
    if written and YEAR_FORM[case] != written:
        case = next(name for name, form in YEAR_FORM.items() if form == written)
    return f"{ordinal(int(found[1]), case)} {YEAR_FORM[case]}"


def _early_range(found: re.Match[str]) -> str:
    before = word_before(found.string, found.start())
    case = "gent" if noun_readings(before) else years_case(before)
    first, last = (ordinal(int(year), case) for year in found.groups())
    return f"{first} — {last} {YEARS_FORM[case]}"


def _short(found: re.Match[str]) -> str:
    """В 98 г. он уехал; but в 98 г. риса."""
    before = word_before(found.string, found.start())
    following = words_after(found.string, found.end())[:1]
    of_something = any(
        noun.case == "gent" for word in following for noun in noun_readings(word)[:1]
    )
    if before not in _BEFORE_SHORT_YEAR or of_something:
        return found.group()
    case = year_case(before)
    return f"{ordinal(int(found[1]), case)} {YEAR_FORM[case]}"


def _bare(found: re.Match[str]) -> str:
    """В мае 2020 выросли цены; but в мае 2000 человек вышли."""
    year = int(found[2])
    following = words_after(found.string, found.end())[:1]
    readings = noun_readings(following[0]) if following else ()
    kind = last_class(year)
    if kind == "many":  # `цены` can be a genitive singular only
        counted = any(noun.case == "gent" and not noun.singular for noun in readings)
    else:
        counted = kind == "few" and any(n.case == "gent" and n.singular for n in readings[:1])
    return found.group() if counted else f"{found[1]} {ordinal(year, 'gent')} года"
