"""Clock times: 14:05, в 11.30, к 18:50 мск."""

import re

from tts_engine.text.morphology import word_before
from tts_engine.text.numerals import cardinal

_TIME = re.compile(r"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_DOTTED = r"(?:[01]?\d|2[0-3])\.[0-5]\d"
# в 11.30, 14.15 и 19.40; с 10.00 до 19.00; but not `в 2.50 раза`
_DOTTED_LIST = re.compile(
    r"(?<![\w-])(?:[Вв]|[Кк]|[Дд]о|[Сс]|[Оо]коло|[Пп]осле"
    r"|(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье),"
    r"|[Нн]ачал[оа](?: в)?(?:\s?[—–-])?|[Сс]еансы?(?: в)?(?:\s?[—–:-])?)\s"
    rf"({_DOTTED}(?:\s?[-–—]\s?{_DOTTED}|,\s{_DOTTED}|\s(?:и|или|до)\s{_DOTTED})*)"
    r"(?![\d.,]*\d|\s?%|\s(?:раза?|процент|балл|метр|рубл|тыс|млн|млрд|трлн|секунд|с|м|км|кг|г|л|руб)\b)"
)
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])$")
_NO_DATE_AFTER = ("в", "около", "начало", "начала", "сеанс", "сеансы")
_CASES = {
    "с": "gent", "до": "gent", "после": "gent", "около": "gent", "от": "gent", "к": "datv",
}  # fmt: skip


def say_times(text: str) -> str:
    """Spell clock times out."""
    text = _DOTTED_LIST.sub(_undot, text)
    return _TIME.sub(_time, text)


def _undot(found: re.Match[str]) -> str:
    """Hours and minutes with a dot get their colon, unless it may be a date: с 10.10 до 12.12."""
    times = re.findall(_DOTTED, found[1])
    word = re.split(r"[\s—–:-]", found.group().lower())[0]
    if word not in _NO_DATE_AFTER and all(_DATE.match(time) for time in times):
        return found.group()
    return re.sub(_DOTTED, lambda time: time.group().replace(".", ":"), found.group())


def _time(found: re.Match[str]) -> str:
    hour, minute, second = found.groups()
    case = _CASES.get(word_before(found.string, found.start()), "nomn")
    parts = [cardinal(int(hour), case), _minutes(minute, case)]
    if second:
        parts.append(_minutes(second, case))
    return " ".join(parts)


def _minutes(written: str, case: str) -> str:
    if written[0] != "0":
        return cardinal(int(written), case)
    return f"ноль {cardinal(int(written), case if written != '00' else 'nomn')}"
