"""Numbers with units, money, percent and scale words: 5 кг, $2,5 млн, 10–15 %, −5 °C."""

import re
from functools import lru_cache

from tts_engine.text.collectives import count_only_plural
from tts_engine.text.morphology import (
    counted,
    gender_of,
    governed_case,
    governing_word,
    inflect,
    is_finite_verb,
    lasts,
    noun_readings,
    only_plural_cases,
    takes_object,
    word_before,
)
from tts_engine.text.numerals import (
    cardinal,
    decimal,
    fraction,
    integer,
    last_class,
    one_and_a_half,
)
from tts_engine.text.units import KINDS, SCALES, unit_lemma, unit_pattern

NUMBER = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_CURRENCY_SIGNS = "$€£¥₽₴₸₿"
_CENTS = {"рубль": "копейка", "доллар": "цент", "евро": "цент", "фунт": "пенс", "гривна": "копейка"}
_SPEAKING_UNITS = frozenset(["с", "В", "Н", "р", "ц"])  # also words: only before a pause
_PART_BEFORE = re.compile(
    r"(?<![\w\d])(?<!\d\s)(?:п|пп|подп|ч|ст|гл|т|кн|разд|вып)\.\s?$", re.IGNORECASE
)
_PRICES = frozenset(["цена", "стоимость", "себестоимость", "ценник", "расценка"])
_PER_EACH = frozenset(["квадратный метр", "кубический метр", "гектар", "человек", "сотка"])
_AWAY = re.compile(r"\s(?:от\s|к\s(?:север|юг|юго|запад|восток))")  # в 60 км от дома
_UP_TO_BEFORE = re.compile(r"\bдо\s\d[\d ,.]*[^\d.;]{1,20}\s(?:с|со)\s$")  # до 6 % с 8 %
_TAKEN_FROM = re.compile(  # сдача с 1000 р., налог с 2 млн
    r"\b(?:сдач|комисси|налог|процент|вычет|возьм|взял|бер[уеё]т|берите|удерж|прибыл|доход|скидк)[а-яё]{0,4}\s(?:с|со)\s$",
    re.IGNORECASE,
)
_REACH = 40  # characters looked back at for a larger unit
_TIMES = frozenset(["секунда", "минута", "час", "сутки", "день", "неделя", "месяц", "год"])
_AREA = re.compile(r"(?<=[а-яё]\s)((?:[ксд]|см|мм)?м[²³])(?![\w/])")
_MONEY = frozenset(
    "рубль доллар евро фунт иена гривна тенге биткоин юань копейка процент".split()  # noqa: SIM905
)
_GROUP = re.compile(r"[ \u00a0\u202f]")
_SIGNS = {
    "-": "минус ",
    "−": "минус ",
    "–": "минус ",
    "+": "плюс ",
    "±": "плюс-минус ",
    "~": "примерно ",
    "≈": "примерно ",
}


@lru_cache(maxsize=1)
def _quantity() -> re.Pattern[str]:
    units = unit_pattern()
    speaking = "|".join(_SPEAKING_UNITS)
    return re.compile(
        rf"(?:(?<![\w)])(?P<sign>[-−–+±~≈])\s?)?(?P<prefix>[{_CURRENCY_SIGNS}])?(?<![\d.,])(?P<low>{NUMBER})"
        rf"(?:\s?[-–—…]\s?(?P<again>[−+])?(?P<high>{NUMBER}))?"
        rf"(?:\s?(?P<scale>{'|'.join(SCALES)})(?![а-яё])\.?)?"
        rf"(?:\s?(?P<unit>(?!(?:{speaking})\s+(?!(?:и|или|до|против|после|при)\s)[а-яё])(?:{units}))(?![\w²³/]|\+[аеёиоуыэюя])(?:\.(?!\s+[А-ЯЁ]|\w))?)?"
    )


def say_quantities(text: str) -> str:
    """Spell every number that has a unit, a currency or a scale word; other numbers stay."""
    text = _fraction_pattern().sub(_fraction_words, text)
    text = _AREA.sub(_area, text)
    return _quantity().sub(_quantity_words, text)


def _area(found: re.Match[str]) -> str:
    """Цена за м²: a unit without its number."""
    before = word_before(found.string, found.start())
    case = "accs" if before in ("за", "на") else governed_case(before) or "gent"
    return inflect(unit_lemma(found[1]), case)


@lru_cache(maxsize=1)
def _fraction_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d.,/])(\d{{1,2}})/(\d{{1,2}})\s?(?P<unit>{unit_pattern()})(?![\w²³/]|\+[аеёиоуыэюя])\.?"
    )


def _fraction_words(found: re.Match[str]) -> str:
    """1/2 ч. л. -> одна вторая чайной ложки."""
    numerator, denominator = int(found[1]), int(found[2])
    if not 0 < numerator < denominator:
        return found.group()
    lemma = unit_lemma(found["unit"])
    before = governing_word(found.string, found.start())
    case = governed_case(before) or ("accs" if takes_object(before) else "nomn")
    if lemma == "процент":  # ставка 13/15 %
        return f"{cardinal(numerator, case)} — {cardinal(denominator, case)} {counted(lemma, denominator, case)}"
    tail = " " if found.string[found.end() : found.end() + 1].isalpha() else ""
    if before == "по":  # по половине таблетки
        half = (numerator, denominator) == (1, 2)
        said = "половине" if half else fraction(numerator, denominator, "datv")
        return f"{said} {inflect(lemma, 'gent')}{tail}"
    return f"{fraction(numerator, denominator, case)} {inflect(lemma, 'gent')}{tail}"


def _quantity_words(found: re.Match[str]) -> str:
    prefix, scale, unit = found["prefix"], found["scale"], found["unit"]
    if not (prefix or scale or unit) or _is_part(found):
        return found.group()
    lemma = unit_lemma(prefix or unit) if prefix or unit else ""
    case = _case(found, lemma)
    if found["high"]:
        low = _number(found["low"], case, _counted_gender(scale, lemma))
        again = _SIGNS["−"] if found["again"] == "−" else ""
        said = f"{low} — {again}{_amount(found['high'], scale, lemma, case)}"
    else:
        said = _amount(found["low"], scale, lemma, case)
    tail = " " if found.end() < len(found.string) and found.string[found.end()].isalnum() else ""
    return _SIGNS.get(found["sign"] or "", "") + said + tail


def _is_part(found: re.Match[str]) -> bool:
    """п. 2 ч. 1: a part of a law and its number, not two hours."""
    if not found["unit"] or not re.match(r"\s?\d", found.string[found.end() :]):
        return False
    return bool(_PART_BEFORE.search(found.string[: found.start()]))


@lru_cache(maxsize=1)
def _larger_unit() -> re.Pattern[str]:
    return re.compile(rf"(?<![\d.,])(?:{NUMBER})\s?({unit_pattern()})\.?\s{{0,2}}$")


def _first_of_chain(text: str, start: int, lemma: str) -> int:
    """Where `1 ч. 30 мин. 15 сек.` begins: smaller units of a kind share the case of the largest."""
    kind = next((kind for kind in KINDS if lemma in kind), ())
    while larger := _larger_unit().search(text, max(0, start - _REACH), start):
        if unit_lemma(larger[1]) not in kind:
            break
        start = larger.start()
    return start


@lru_cache(maxsize=1)
def _listed() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d.,])(?:{NUMBER})\s?(?:(?:{unit_pattern()})\.?\s?)?[а-яё ]{{0,30}}(?:,\s|\s(?:и|или)\s)$"
    )


def _governor_of_list(text: str, start: int) -> str | None:
    """добавьте 3 ст. л. сахара и 1 ч. л. соды: the verb before the first, when it governs all."""
    first = start
    while earlier := _listed().search(text, max(0, first - _REACH), first):
        first = earlier.start()
    before = governing_word(text, first) if first < start else ""
    return before if takes_object(before) or governed_case(before) == "gent" else None


def _case(found: re.Match[str], lemma: str) -> str:
    start = _first_of_chain(found.string, found.start(), lemma)
    before = governing_word(found.string, start)
    if before in ("и", "или"):
        before = _shared_preposition(found) or before
    before = _governor_of_list(found.string, start) or before
    if before in ("в", "во") and lemma.endswith("метр") and _AWAY.match(found.string, found.end()):
        return "loct"
    if _has_price(before, lemma):
        return "gent"
    if before in ("с", "со"):
        if lemma in _PER_EACH:
            return "gent"
        if _UP_TO_BEFORE.search(found.string, max(0, start - 60), start):
            return "gent"
        if _TAKEN_FROM.search(found.string, 0, start):
            return "gent"
        up_to = re.match(r"([^.;]{0,40})\bдо\b", found.string[found.end() :])
        return "gent" if up_to and not any(map(is_finite_verb, up_to[1].split())) else "ablt"
    if before == "по" and _ends_in_one(found):
        return "datv"  # по одной таблетке, but по две таблетки
    for_so_long = lemma in _TIMES and lasts(before)
    return governed_case(before) or ("accs" if takes_object(before) or for_so_long else "nomn")


def _ends_in_one(found: re.Match[str]) -> bool:
    written = _GROUP.sub("", found["low"])
    return not found["high"] and written.isdecimal() and last_class(int(written[-2:])) == "one"


def _has_price(before: str, lemma: str) -> bool:
    """Цена 1 г золота is that of one gram; цена 5 руб. is five roubles."""
    if not lemma or lemma.split(" ")[0] in _MONEY:
        return False
    return any(noun.lemma in _PRICES for noun in noun_readings(before))


def _shared_preposition(found: re.Match[str]) -> str | None:
    """на 0,6 % в 2025 г. и 1,0 %: the preposition of the first amount, when the unit is the same."""
    unit = found["unit"] or found["prefix"]
    start = found.string[max(0, found.start() - 60) : found.start()]
    if not unit:
        return None
    prepositions = r"\b(на|до|от|за|около|более|менее)"
    amount = re.search(rf"{prepositions}\s+[\d ,.]{{1,15}}{re.escape(unit)}", start)
    return amount[1] if amount else None


def _counted_gender(scale: str | None, lemma: str) -> str:
    return gender_of(unit_lemma(scale) if scale else lemma)


def _amount(written: str, scale: str | None, lemma: str, case: str) -> str:
    """The number with its scale and unit, all in one case."""
    whole, _, part = _GROUP.sub("", written).replace(",", ".").partition(".")
    if part and not scale and len(part) == 2 and lemma in _CENTS:
        cents = _CENTS[lemma]
        more = (
            f" {cardinal(int(part), case, gender_of(cents))} {counted(cents, int(part), case)}"
            if int(part)
            else ""
        )
        return f"{_count(whole, lemma, case)}{more}"
    if scale:
        thing = unit_lemma(scale)
        said = _count_any(whole, part, thing, case)
        return f"{said} {inflect(lemma, 'gent', plural=True)}" if lemma else said
    return _count_any(whole, part, lemma, case)


def _count_any(whole: str, part: str, lemma: str, case: str) -> str:
    if (whole, part) == ("1", "5"):
        direct = case in ("nomn", "accs")
        noun = inflect(lemma, "gent") if direct else inflect(lemma, case, plural=True)
        return f"{one_and_a_half(case, gender_of(lemma))} {noun}"
    if part:
        return f"{decimal(whole, part, case)} {inflect(lemma, 'gent')}"
    return _count(whole, lemma, case)


def _count(whole: str, lemma: str, case: str) -> str:
    if only_plural_cases(lemma):
        number = int(whole)
        direct = case in ("nomn", "accs") and last_class(number) != "one"
        return f"{count_only_plural(number, case)} {inflect(lemma, 'gent' if direct else case, plural=True)}"
    return f"{integer(whole, case, gender_of(lemma))} {counted(lemma, int(whole[-15:]), case)}"


def _number(written: str, case: str, gender: str) -> str:
    whole, _, part = _GROUP.sub("", written).replace(",", ".").partition(".")
    if (whole, part) == ("1", "5"):
        return one_and_a_half(case, gender)
    return decimal(whole, part, case) if part else integer(whole, case, gender)
