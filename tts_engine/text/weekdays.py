"""Days of the week in short: пн–пт, кроме вс, в пт."""

import re

from tts_engine.text.morphology import governed_case, inflect, word_before

_DAYS = {
    "пн": "понедельник", "вт": "вторник", "ср": "среда", "чт": "четверг", "пт": "пятница",
    "сб": "суббота", "вс": "воскресенье",
}  # fmt: skip
_DAY = r"(?:пн|вт|ср|чт|пт|сб|вс)"
_DAY_RANGE = re.compile(rf"(?<!\w)({_DAY})\.?\s?[-–—]\s?({_DAY})(?![\w])\.?(?!\w)", re.IGNORECASE)
_DAY_FROM_TO = re.compile(rf"(?<!\w)([Сс]) ({_DAY})\.? по ({_DAY})(?!\w)\.?", re.IGNORECASE)
_DAY_ALONE = re.compile(
    rf"(?<![\w.])({_DAY})(?:\.(?=,|\s+(?:и|с|в|до|по|—|–)\s|\s*[—–-]|:)"
    rf"|(?=\s*:|\s[—–]\s|,\s{_DAY}\b|\s+и\s+{_DAY}\b|\s+с\s+\d|\s+\d))|"
    rf"(?:(?<=\bпн, )|(?<=\bвт, )|(?<=\bср, )|(?<=\bчт, ))({_DAY})(?=,)|"
    rf"(?:(?<=\b[Пп]о )|(?<=\b[Кк]роме )|(?<=\b[Вв] )|(?<=\b[Дд]о ))({_DAY})\.?(?![\w.])|"
    rf"(?<=\bи )({_DAY})(?:\.(?!\w)|(?=\s+[вс]\s+\d))",
    re.IGNORECASE,
)


def say_weekdays(text: str) -> str:
    """Write the days out in the case that their preposition asks for."""
    text = _DAY_RANGE.sub(_day_range, text)
    text = _DAY_FROM_TO.sub(_day_from_to, text)
    return _DAY_ALONE.sub(_day, text)


def _day_range(found: re.Match[str]) -> str:
    first, last = (_DAYS[day.lower()] for day in found.groups())
    before = word_before(found.string, found.start())
    if before in ("с", "со"):
        return f"{inflect(first, 'gent')} — {inflect(last, 'accs')}"
    if before in ("в", "во"):
        return f"{inflect(first, 'accs')} — {inflect(last, 'accs')}"
    return f"{first} — {last}"


def _day_from_to(found: re.Match[str]) -> str:
    first, last = (_DAYS[day.lower()] for day in found.groups()[1:])
    last = inflect(last, "accs")
    return f"{found[1]} {inflect(first, 'gent')} по {last}"


def _day(found: re.Match[str]) -> str:
    name = _DAYS[next(group for group in found.groups() if group).lower()]
    start = found.string[: found.start()].lower()
    if re.search(rf"\bпо\s(?:(?:{_DAY}|\w+ам|\w+ям)\.?(?:,\s|\sи\s))*$", start):
        return inflect(name, "datv", plural=True)
    before = word_before(found.string, found.start())
    if before in ("в", "во", "на", "с", "со", "до", "к", "ко", "от", "кроме"):
        case = {"с": "gent", "со": "gent"}.get(before) or governed_case(before) or "nomn"
        return inflect(name, case)
    return name
