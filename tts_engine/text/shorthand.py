"""Shorthand of newspapers and small ads, written out before numbers and dates are read.

ок. 3 ч., пн–пт, 5 дек., отель 4*, 55", 650 руб./мес., нач. XX в., 2-комн. кв., 2010 г. в., #СпасибоВрачам
"""

import re
from collections.abc import Callable

from tts_engine.text.initialisms import letter_name
from tts_engine.text.morphology import (
    allows_case,
    counted,
    governed_case,
    inflect,
    noun_readings,
    takes_object,
    word_before,
)
from tts_engine.text.numerals import cardinal, ordinal
from tts_engine.text.units import is_unit
from tts_engine.text.weekdays import say_weekdays

_MONTHS = {
    "янв": "января", "фев": "февраля", "февр": "февраля", "мар": "марта", "апр": "апреля", "июн": "июня",
    "июл": "июля", "авг": "августа", "сен": "сентября", "сент": "сентября", "окт": "октября",
    "ноя": "ноября", "нояб": "ноября", "дек": "декабря",
}  # fmt: skip
_MONTH = re.compile(rf"(?<=[\d)])\s?({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?(?!\w)")
_PER = {
    "мес": "в месяц", "месяц": "в месяц", "год": "в год", "нед": "в неделю", "сут": "в сутки",
    "сутки": "в сутки", "день": "в день", "дн": "в день", "час": "в час", "ч": "в час", "мин": "в минуту",
    "сек": "в секунду", "с": "в секунду", "смена": "за смену", "ночь": "за ночь",
    "чел": "с человека", "шт": "за штуку", "кг": "за килограмм", "г": "за грамм", "л": "за литр",
    "м²": "за квадратный метр", "м2": "за квадратный метр", "кв. м": "за квадратный метр",
    "км": "за километр", "т": "за тонну", "га": "за гектар", "унц": "за унцию", "сотка": "за сотку",
    "кВт·ч": "за киловатт-час", "уп": "в упаковке", "упак": "в упаковке",
    "м³": "за кубический метр", "м3": "за кубический метр", "куб. м": "за кубический метр",
    "м": "за метр", "пог. м": "за погонный метр",
    "100 км": "на сто километров", "баррель": "за баррель", "барр": "за баррель",
}  # fmt: skip
_COUNTED = r"руб|р|₽|\$|€|долл|коп|л|мл|г|мг|кг|т|шт|чел|ед|м³"
_PER_WHAT = "|".join(sorted(map(re.escape, _PER), key=len, reverse=True))
_RATE = re.compile(
    rf"(?P<amount>(?<!\d)\d[\d ,.]{{0,20}}(?:(?:тыс|млн|млрд)\.?\s?)?)(?P<unit>{_COUNTED})\.?"
    rf"\s?/\s?(?P<per>{_PER_WHAT})(?![\w²³])\.?(?=[\s,;:!?)+]|$)"
)
_CENTURY_PART = {"нач": "начало", "кон": "конец", "сер": "середина", "пол": "половина"}
_PART = re.compile(
    r"(?<![\w-])([Нн]ач|[Кк]он|[Сс]ер|[Пп]ол)\.\s?(?=(?:[IVXХ]{1,5}|\d{1,4}(?:-х)?)[\s-])"
)
_ROOMS = {"1": "одно", "2": "двух", "3": "трёх", "4": "четырёх", "5": "пяти", "6": "шести"}
_FLAT = re.compile(r"(?<![\d-])([1-6])-?\s?(?:комн\.|к\.)\s?(?:кв\.|(квартир\w*))")
_FLOOR_OF = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?=\s?(?:эт\.|этаж))\s?(?:эт\.|этаж\w*)")
_HALF_YEAR = re.compile(
    r"(?<![\w.])(I{1,2}|[12](?:-[еомг]{1,2})?)\s?пол(?:уг)?\.(?=\s(?:19|20)\d\d)"
)
_QUARTER = re.compile(
    r"(?<![\w.])((?:I{1,3}|IV)(?=\s?кв)|[1-4](?:-[йгом]{1,2})?(?=\s?кв\.\s?(?:19|20)\d\d))\s?кв\.(?!\s?к?м)"
)
# 217-й км, 4-го кл.: an ordinal shows the case of the noun after it
_ORDERED = re.compile(r"(?<=\d)-(й|го|му|м|х|е|ми)\s(км(?!\w)|кл\.|эт\.)")
_ORDERED_NOUNS = {"км": "километр", "кл": "класс", "эт": "этаж"}
_ENDING_CASES = {
    "й": ("nomn", False), "го": ("gent", False), "му": ("datv", False), "м": ("loct", False),
    "е": ("nomn", True), "х": ("gent", True), "ми": ("ablt", True),
}  # fmt: skip
_CLASS = re.compile(r"(?<![\d-])(\d{1,2})\s?\"?([А-Я])\"?\s(класс[а-я]{0,3})(?![а-я])")
_AGE = re.compile(r"(?<![\d.,])(\d{1,3})\s?г\.?\s(?=(?:и\s)?\d{1,2}\s?мес)")
_TOP = re.compile(r"(?<![\w])([Тт]оп)[-–]?\s?(\d{1,4})(?![\d.,-]*\d)")
_TEMPERATURE = re.compile(
    r"(?<![A-Za-zА-Яа-я])[tT]\s?°?(?=\s(?:до|от|выше|ниже|не|около|воздуха|воды|тела|плавления|кипения)\s|\s?[+\d]|\s?[−-]\d)"
)
_AMPERE = re.compile(r"(?<=\d)\s?А(?=[\s,.;)]|$)(?!\s[а-яё])")
_ELECTRIC = re.compile(
    r"\b(?:сил\w+ )?ток\w*|напряжени|розетк|зарядк|автомат|предохранител|\d\s?В\b"
)
_PRESSURE = re.compile(
    r"(?<![\d/.,])(1?\d\d|2[0-6]\d)/([3-9]\d|1[0-4]\d)(?![\d/]|[.,]\d)(\s?мм рт\. ?ст\.?)?"
)
_PRICED = re.compile(r"\b(?:[Сс]то[ия]|[Цц]ен|[Зз]?[Пп]лат|[Кк]уп|[Пп]рода|[Пп]роезд|[Сс]дач)")
_KOPECKS = re.compile(r"(?<=\d)\s?к\.(?=$|[,;:!?]|\s(?:[—–]|за|на)\s)")
_STOCK_INDEX = re.compile(r"\b(?:[Ии]ндекс|S&P|Dow|Nikkei|NASDAQ|Nasdaq|РТС)")
_POINTS = re.compile(r"(?<![\d.,])(\d{1,3}(?:[ \u00a0]\d{3})*(?:,\d+)?)\s?п\.(?!\s?п\.|\s?\d)")
_PLACE = re.compile(r"(?<![\w.])(М|СПб|Л)\.(?=,\s(?:1[5-9]|20)\d\d)")
_PLACES = {"М": "Москва", "СПб": "Санкт-Петербург", "Л": "Ленинград"}
_VOLUMES = re.compile(r"(?<=\bв )(\d{1,3})\s?т\.(?=,|\s?(?:[А-ЯЁ]|[–—-]|$))")
_STARS = re.compile(r"(?<![\d*])([1-5])\s?(?:\*(?![\d*])|★)")
_INCH = re.compile(r"(?<=\d)\s?(?:\"|'')(?=[\s,.;:)]|$)")
_TIMES_A = re.compile(
    r"(?<![\d.,])(\d{1,2}|\d[-–—]\d)\s?(?:р\.?|раз(?=\s?/))(?=\s?(?:в|/)\s?(?:день|дн|сут|нед|год|мес|час)\w*)\s?/?"
)
_HASHTAG = re.compile(r"(?<!\w)#(?=[A-Za-zА-Яа-яЁё])([\w]+)")
_CAMEL = re.compile(r"(?<=[а-яёa-z\d])(?=[А-ЯЁA-Z])|_")
_HASHTAG_WORDS = ("хештег", "хэштег", "тег", "тэг")


def _years_old(found: re.Match[str]) -> str:
    return f"{found[1]} {counted('год', int(found[1]))}"


def _time_after_in(found: re.Match[str]) -> str:
    """2 раза в сут."""
    return {"мес": "месяц", "нед": "неделю", "сут": "сутки"}[found[1]]


def _shifts(found: re.Match[str]) -> str:
    """график 5/2"""
    return f"{cardinal(int(found[1]))} через {cardinal(int(found[2]))}"


def _kopecks(found: re.Match[str]) -> str:
    """5 р. 50 к., 12 р. 02 к."""
    return f" руб. {int(found[1])} коп."


_WINDS = {
    "С": "северный", "Ю": "южный", "З": "западный", "В": "восточный", "СЗ": "северо-западный",
    "СВ": "северо-восточный", "ЮЗ": "юго-западный", "ЮВ": "юго-восточный",
}  # fmt: skip
_MASS = r"\d\s?(?:мг|мкг|г|кг|мл|л|ед|МЕ|ккал|кДж)"


def _side(ending: str) -> Callable[[re.Match[str]], str]:
    """В 120 км к Ю-В: a side of the world as a noun."""
    first, second = {"С": "северо", "Ю": "юго"}, {"З": "запад", "В": "восток"}
    return lambda found: f"{first[found[1]]}-{second[found[2]]}{ending}"


def _rate_before(found: re.Match[str]) -> str:
    """$59,7/барр."""
    return f"{found[1]} {_PER[found[2]]}"


def _in_month(found: re.Match[str]) -> str:
    return _MONTHS[found[1]][:-1] + "е"


def _city(name: str) -> Callable[[re.Match[str]], str]:
    """СПб, Мск in the case of their preposition."""
    return lambda found: inflect(
        name, _case_after(word_before(found.string, found.start()))
    ).title()


def _points(found: re.Match[str]) -> str:
    """Индекс упал до 2 684 п."""
    if "," in found[1]:
        return f"{found[1]} пункта"
    case = _case_after(word_before(found.string, found.start()))
    return f"{found[1]} {counted('пункт', int(re.sub(r'[^0-9]', '', found[1]) or 0), case)}"


def _street(found: re.Match[str]) -> str:
    """На ул. 8 Марта: before the date is read."""
    before = word_before(found.string, found.start())
    return inflect("улица", "datv" if before == "по" else _case_after(before))


def _pages(found: re.Match[str]) -> str:
    """«Наука», 1987, 320 с."""
    return f"{found[1]} {counted('страница', int(found[1]))}"


def _degree(found: re.Match[str]) -> str:
    """Гипертония II ст.: второй степени."""
    of_noun = noun_readings(word_before(found.string, found.start()))
    return f"{found[1]}{inflect('степень', 'gent' if of_noun else 'nomn')}"


def _school_year(found: re.Match[str]) -> str:
    """Учебник для 7 кл."""
    before = word_before(found.string, found.start())
    case = "gent" if noun_readings(before) else _case_after(before)
    return f"{found[1]} {inflect('класс', case)}"


_PLAIN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=\b[Тт]ел)\./\s?(?=факс)"), "., "),
    (re.compile(r"(?<=[а-я])\.(?=/[а-я])"), ""),
    (re.compile(r"(?<![\w-])N\s?(?=\d)"), "№ "),
    (
        re.compile(
            r"\b((?:ГОСТ|СНиП|СП|СанПиН|ОСТ|РД)(?:\s[А-ЯA-Z]{1,4})?\s[\d.]{1,20})[-–](?=\d)"
        ),
        r"\1 ",
    ),
    (re.compile(r"(?<=\bк )([СЮ])-?([ЗВ])(?![\w-])"), _side("у")),
    (re.compile(r"(?<=\bна )([СЮ])-?([ЗВ])(?![\w-])"), _side("е")),
    (re.compile(r"(?<=\d\sм )в/с(?!\w)"), "вольным стилем"),
    (re.compile(r"(?<=\d:\d\d)\s?ч(?:\.|(?!\w))"), ""),
    (re.compile(r"(?<=\b[Вв] [12]-й)\s?пол\."), " половине"),
    (re.compile(r"(?<!\w)Ср\.\s?(?=(?:в|с|т|гл|ст|§)\b)"), "Сравни "),
    (re.compile(r"(?<=[А-Яа-яё], )(\d{1,2})\s?г\.$"), _years_old),
    (re.compile(rf"([$€£]\s?\d[\d ,.]{{0,15}})\s?/\s?({_PER_WHAT})(?![\w²³])\.?"), _rate_before),
    (re.compile(rf"(?<=\b[Вв] )({'|'.join(_MONTHS)})\.?(?=\s|,)"), _in_month),
    (re.compile(r"(?<=\d% )гол\.|(?<=\d % )гол\."), "голосов"),
    (re.compile(r"(?<![\w-])([Оо])к\.\s?(?=\d)"), r"\1коло "),
    (
        re.compile(
            r"(?<=\d)\s?(руб|р|₽|коп|\$|€)\.?\s?/\s?(?=\d+\s?(?:г|кг|мл|л|шт|м|мин|км)(?!\w))"
        ),
        r" \1. за ",
    ),
    (re.compile(rf"({_MASS})\.?\s?/\s?(?=\d+\s?(?:мл|л|г|кг|км|мин|ч)(?!\w))"), r"\1 на "),
    (
        re.compile(r"(?<=[Вв]етер )([СЮ]-?[ЗВ]|[СЮЗВ])(?![\w-])"),
        lambda found: _WINDS[found[1].replace("-", "")],
    ),
    (re.compile(r"(?<!\w)([СЮ][ЗВ])(?=\sвет[ер])"), lambda found: _WINDS[found[1]]),
    (re.compile(r"(?<!\w)СПб\.?(?!\w|,\s\d{4})"), _city("санкт-петербург")),
    (re.compile(r"(?<!\w)Мск\.?(?!\w)"), _city("москва")),
    (re.compile(r"(?<!\w)приб\.(?=\s?\d)"), "прибытие"),
    (re.compile(r"(?<=\d)\s?(ст|ч)\.\s?лож(?:к[аиу]|ек)(?!\w)"), r" \1. л."),
    (re.compile(r"(?<=[Вв]ход )(?:св|своб)\."), "свободный"),
    (re.compile(r"(?<![\d.,–—-])(\d{1,2})\s?кл\.(?!\w)"), _school_year),
    (re.compile(r"(?<![\w-])([Сс])в\.\s?(?=\d)"), r"\1выше "),
    (re.compile(r"(?<=\b[Пп]о \d)\s?табл\."), " таб."),
    (re.compile(r"(?<=\d-я)\s?мин\.(?!\w)"), " минута"),
    (re.compile(r"(?<=\d-й)\s?мин\.(?!\w)"), " минуте"),
    (re.compile(r"(?<=[А-Яа-яё], )(\d{1,2})\s?г\.(?=,\s[а-яё])"), _years_old),
    (re.compile(r"(?<=\bв )(мес|нед|сут)\.?(?!\w)"), _time_after_in),
    (re.compile(r"(?<=\bза )шт\.?(?!\w)"), "штуку"),
    (re.compile(r"(?<=\bза )уп\.?(?!\w)"), "упаковку"),
    (re.compile(r"(?<=\d)\s?ак\.\s?ч(?:\.|ас\w*)?"), " ак.час"),
    (re.compile(r"(?<=\d)-раз\.(?=\s|,)"), "-разовое"),
    (re.compile(r"(?<=\d)\s?(?:р\.?|руб\.?|₽)\s?(\d{1,2})\s?к(?:оп)?(?:\.|(?!\w))"), _kopecks),
    (re.compile(r"(?<![\w.])(?<!\d )р\.\s?(?=[2-6]\d(?!\d|[.,]\d))"), "размер "),
    (re.compile(r"(?<=[Гг]рафик )([1-7])/([1-7])(?!\d)"), _shifts),
    (re.compile(r"(?<!\w)ул\.(?=\s\d{1,2}\s[А-ЯЁ])"), _street),
    (re.compile(r"(?<=\d{4}, )(\d{1,4})\s?с\.(?!\s?[\d—–-])"), _pages),
    (re.compile(r"(?<=\d)\s?т\.\s?р\.?(?!\w)"), " тыс. руб."),
    (re.compile(r"(?<=\d)к(?=\s?(?:руб|р\.|₽|\$|€|подписчик|просмотр|лайк))"), " тыс. "),
    (
        re.compile(r"(?<=[IVX] )(?:(скл)|спр)\."),
        lambda found: "склонение" if found[1] else "спряжение",
    ),
    (re.compile(r"(?<!\w)([IVX]{1,4} )ст\.(?=\s[а-яё]|,|$)"), _degree),
    (
        re.compile(r"(?<!\w)(?:(род)|ум)\.\s(\d{4})(?![\d.])(?:\s?г\.)?"),
        lambda found: f"{'родился' if found[1] else 'умер'} в {found[2]} году",
    ),
    (re.compile(r"(?<=\d{4})\s?г\.?\s?в\.(?!\w)"), " года выпуска"),
    (re.compile(r"(?<=\d{4})\s?г\.?\s?р\.(?!\w)"), " года рождения"),
    (re.compile(r"(?<=\d-[йе])\s?пол\.(?=\s)"), " половины"),
    (
        re.compile(r"(?:(?<=\d)|(?<=млн)|(?<=млрд)|(?<=тыс\.))\s?св\.\s?(?=лет|года?\b)"),
        " световых ",
    ),
    (re.compile(r"(?<=\d)\s?св\.\s?л\."), " световых лет"),
    (re.compile(r"(?<![\w-])ст\.\s?м\.\s?(?=[\"А-ЯЁ])"), "ст.м. "),
    (re.compile(r"(?<=[А-Яа-яЁёA-Za-z][-–])(\d{1,3})\.(?=\d{1,3}(?![\d.,]))"), r"\1 точка "),
    (re.compile(r"(?<=\d)\s?[Нн]\s?[·*⋅]\s?м(?!\w)"), " Н·м"),
)


def write_out_shorthand(text: str) -> str:
    """Spell shorthand whose words must stand there before numbers are read."""
    for pattern, said in _PLAIN:
        text = pattern.sub(said, text)
    text = say_weekdays(text)
    text = _MONTH.sub(lambda found: f" {_MONTHS[found[1]]}", text)
    text = _TIMES_A.sub(_times_a, text)
    text = _RATE.sub(_rate, text)
    text = _HALF_YEAR.sub(_period("полугодие"), text)
    text = _PART.sub(_part_of_century, text)
    text = _QUARTER.sub(_period("квартал"), text)
    text = _ORDERED.sub(_ordered, text)
    text = _CLASS.sub(_school_class, text)
    text = _AGE.sub(lambda found: f"{found[1]} {counted('год', int(found[1]))} ", text)
    text = _TOP.sub(lambda found: f"{found[1]} {cardinal(int(found[2]))}", text)
    text = _TEMPERATURE.sub(_temperature, text)
    if _ELECTRIC.search(text):
        text = _AMPERE.sub(" ампер", text)
    text = _PRESSURE.sub(_pressure, text)
    text = re.sub(r"(?<!\w)АД(?=\s\d|\sсто)", "артериальное давление", text)
    if _PRICED.search(text):
        text = _KOPECKS.sub(" коп.", text)
    if _STOCK_INDEX.search(text):
        text = _POINTS.sub(_points, text)
    text = _PLACE.sub(lambda found: _PLACES[found[1]], text)
    text = _VOLUMES.sub(lambda found: f"{found[1]} томах", text)
    text = _FLAT.sub(_flat, text)
    text = _FLOOR_OF.sub(_floor_of, text)
    text = _STARS.sub(lambda found: f"{found[1]} {_stars(int(found[1]))}", text)
    text = _INCH.sub(_inch, text)
    return _HASHTAG.sub(_hashtag, text)


def _times_a(found: re.Match[str]) -> str:
    slash = "в " if found.group().endswith("/") else ""
    return f"{found[1]} {_times(found[1])} {slash}"


def _times(written: str) -> str:
    return "раза" if written[-1] in "234" and len(written) != 2 else "раз"


def _rate(found: re.Match[str]) -> str:
    unit, per = found["unit"], found["per"]
    if is_unit(f"{unit}/{per}"):
        return found.group()
    yearly = per == "г" and re.search("тыс|млн|млрд", found["amount"])  # nobody pays so for a gram
    said = "в год" if yearly else _PER[per]
    if unit not in ("руб", "р", "₽", "$", "€", "долл", "коп") and said.startswith("за "):
        said = f"на {said[3:]}"
    unit = "руб" if unit == "р" else unit
    return f"{found['amount']}{unit} {said}"


def _part_of_century(found: re.Match[str]) -> str:
    noun = _CENTURY_PART[found[1].lower()]
    before = word_before(found.string, found.start())
    if before in ("в", "во", "на"):
        return f"{inflect(noun, 'loct')} "
    case = "gent" if before in ("с", "со") else governed_case(before)
    if case is None:
        case = "gent" if noun_readings(before) else "nomn"
    return f"{inflect(noun, case)} "


def _case_after(preposition: str) -> str:
    """The case of a place or time after a preposition."""
    if preposition in ("в", "во", "на", "о"):
        return "loct"
    if preposition in ("с", "со"):
        return "gent"
    return governed_case(preposition) or ("accs" if takes_object(preposition) else "nomn")


def _period(noun: str) -> Callable[[re.Match[str]], str]:
    """в I кв., за 1 пол.: the part of the year in the case its neighbours ask for."""

    def say(found: re.Match[str]) -> str:
        before = word_before(found.string, found.start())
        case = "accs" if before in ("на", "за") else _case_after(before)
        if case == "nomn" and noun_readings(before):
            case = "gent"
        return f"{found[1]} {inflect(noun, case)}"

    return say


def _ordered(found: re.Match[str]) -> str:
    case, plural = _ENDING_CASES[found[1]]
    noun = _ORDERED_NOUNS[found[2].rstrip(".")]
    return f"-{found[1]} {inflect(noun, case, plural=plural)}"


def _school_class(found: re.Match[str]) -> str:
    """в 7 «А» классе -> в седьмом а классе."""
    before = word_before(found.string, found.start())
    for noun in noun_readings(found[3]):
        if allows_case(before, noun.case) and noun.singular:
            return f"{ordinal(int(found[1]), noun.case)} {letter_name(found[2])} {found[3]}"
    return found.group()


def _temperature(found: re.Match[str]) -> str:
    return inflect("температура", _case_after(word_before(found.string, found.start()))) + " "


def _pressure(found: re.Match[str]) -> str:
    """Давление 140/90: сто сорок на девяносто."""
    high, low = int(found[1]), int(found[2])
    named = re.search(r"[Дд]авлени|\bАД\b", found.string) or "мм рт" in found.string
    if high <= low or not named:
        return found.group()
    unit = " миллиметров ртутного столба" if found[3] else ""
    case = "nomn" if _case_after(word_before(found.string, found.start())) != "gent" else "gent"
    return f"{cardinal(high, case)} на {cardinal(low)}{unit}"


def _flat(found: re.Match[str]) -> str:
    case = "accs" if takes_object(word_before(found.string, found.start())) else "nomn"
    return f"{_ROOMS[found[1]]}{'комнатную' if case == 'accs' else 'комнатная'} {inflect('квартира', case)}"


def _floor_of(found: re.Match[str]) -> str:
    floor, floors = int(found[1]), int(found[2])
    if not 0 < floor <= floors:
        return found.group()
    before = word_before(found.string, found.start())
    case = "loct" if before in ("на", "в") else "nomn"
    return f"{ordinal(floor, case)} {inflect('этаж', case)} из {cardinal(floors, 'gent')}"


def _stars(number: int) -> str:
    return "звезда" if number == 1 else "звезды" if number < 5 else "звёзд"


def _inch(found: re.Match[str]) -> str:
    """A sign of inches, unless it closes a quotation."""
    closes = found.string[: found.start()].count('"') % 2 == 1
    return found.group() if closes else " дюйм"


def _hashtag(found: re.Match[str]) -> str:
    words = _CAMEL.sub(" ", found[1])
    before = word_before(found.string, found.start())
    return words if before.startswith(_HASHTAG_WORDS) else f"хэштег {words}"
