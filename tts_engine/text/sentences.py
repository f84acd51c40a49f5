"""Splits a text into paragraphs and synthesis units of a length that can be said at a stretch."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from razdel import sentenize

from tts_engine.text.morphology import is_plain_word, may_be_verb
from tts_engine.text.pasted import plain_text

UNIT_CHARACTERS = 220  # the longest unit, a digit counted as the word it becomes
_DIGIT_WEIGHT = 7
_BREAKS = re.compile(r"[,;:—–)]\s|\s")
_NOT_AN_END = re.compile(
    r"(?:^|[\s(«\"])(?:ул|пл|пер|просп|наб|бул|пос|дер|мкр|респ|им|обл|руб|тыс|млн|млрд|рис|табл|арт|лит|вл|пом|разд|абз|подп|врем|раб|туп|см|ср|напр|зак"
    r"|рег|кат|проф|акад|доц|канд|ген|адм|реж|ст\.\s?м"
    r"|диам|глуб|выс|шир|толщ|давл|темп|ред|яз|отпр|уч|под\sрук|мл|ср|ст)\.$"
    r"|(?:^|[^\d\s]\s)м\.$",
    re.IGNORECASE,
)
# These end a sentence unless a number, a sign or a small letter follows.
_MAY_END = re.compile(
    r"(?:^|[\s\d(«\"/])(?:мес|нед|сут|таб|капс|вып|эт|комн|кв|корп|стр|пн|вт|чт|пт|сб|вс|тел|факс|доп|гл|млн|т|р|ч"
    r"|мин|сек|шт|чел|экз|вых|дек|янв|февр?|апр|авг|сент?|окт|нояб?|нач|кон|сер|пол|коп|доб|гол|выл|приб|кл|пикс|св|прибл|цв)\.$",
    re.IGNORECASE,
)
_CUT_WORD = re.compile(r"(?:^|[\s(])([А-ЯЁа-яё]?[а-яё]{1,6}[бвгджзйклмнпрстфхцчшщ])\.$")
_GOES_ON = re.compile(r"[«\"(]?[а-яё\d№§+–—IVX-]")
_DATED = re.compile(r"(?:\d|\d-х|[IVXХ])\s?(?:гг?|вв?)\.(?:\s?до)?(?:\s?н\.\s?э\.)?$")


@dataclass(frozen=True)
class TextPiece:
    """A sentence, or a part of a very long one, as it was written."""

    text: str
    ends_paragraph: bool


def split_sentences(text: str) -> list[TextPiece]:
    """Synthesis units of a text in order; white space between them is left out."""
    pieces: list[TextPiece] = []
    for paragraph in _paragraphs(plain_text(text)):
        parts = [part for sentence in _sentences(paragraph) for part in cut_long(sentence)]
        pieces.extend(TextPiece(part, index + 1 == len(parts)) for index, part in enumerate(parts))
    return pieces


def _paragraphs(text: str) -> Iterator[str]:
    """Lines; one that plainly goes on in the next is joined to it."""
    current = ""
    for line in text.splitlines():
        stripped = line.strip()
        if current and stripped and _goes_on(current, stripped):
            current = f"{current} {stripped}"
            continue
        if current:
            yield current
        current = stripped
    if current:
        yield current


def _goes_on(line: str, following: str) -> bool:
    if line[-1] in ",;—–-":
        return True
    return line[-1] not in ".!?…:" and following[0].islower()


def _sentences(paragraph: str) -> Iterator[str]:
    """razdel's sentences, joined again where an abbreviation it does not know was cut."""
    current = ""
    for window in _windows(paragraph):
        for found in sentenize(window):
            if current and not _continues(current, found.text):
                yield current
                current = ""
            current = f"{current} {found.text}" if current else found.text
    if current:
        yield current


def _continues(sentence: str, following: str) -> bool:
    """Whether razdel cut after an abbreviation in the middle of a sentence."""
    if len(sentence) >= UNIT_CHARACTERS:
        return False
    if sentence.endswith(";") or _cut_word(sentence) or _NOT_AN_END.search(sentence):
        return True
    if _MAY_END.search(sentence) and _GOES_ON.match(following):
        return True
    return bool(_DATED.search(sentence)) and not _has_verb(sentence)


def _cut_word(sentence: str) -> bool:
    """водоизм., терм.: an ending in consonants that no Russian word has."""
    found = _CUT_WORD.search(sentence)
    if found is None or _MAY_END.search(sentence):
        return False
    return not is_plain_word(found[1])


def _has_verb(sentence: str) -> bool:
    return any(may_be_verb(word) for word in re.findall(r"[А-Яа-яЁё]{3,}", sentence))


def _windows(paragraph: str) -> Iterator[str]:
    """Very long paragraphs in slices, cut at white space, so that splitting stays linear."""
    size = 40 * UNIT_CHARACTERS
    while len(paragraph) > size:
        cut = max(paragraph.rfind(mark, size // 2, size) for mark in (". ", "! ", "? ", "… ")) + 1
        cut = cut or paragraph.rfind(" ", size // 2, size) + 1 or size
        yield paragraph[:cut]
        paragraph = paragraph[cut:]
    yield paragraph


def cut_long(sentence: str) -> list[str]:
    """Cut a sentence into parts of about UNIT_CHARACTERS: at commas, else at words, else anywhere."""
    parts: list[str] = []
    start = 0
    while start < len(sentence):
        stop = _weighted_stop(sentence, start)
        if stop < len(sentence):
            stop = _best_break(sentence, start, stop)
        part = sentence[start:stop].strip()
        if part:
            parts.append(part)
        start = stop
    return parts


def _weighted_stop(sentence: str, start: int) -> int:
    weight = 0
    for index in range(start, len(sentence)):
        weight += _DIGIT_WEIGHT if sentence[index].isdecimal() else 1
        if weight > UNIT_CHARACTERS:
            return index
    return len(sentence)


def _best_break(sentence: str, start: int, stop: int) -> int:
    breaks = [found.end() for found in _BREAKS.finditer(sentence, start, stop)]
    commas = [
        end
        for end in breaks
        if sentence[end - 2 : end - 1] in ",;:—–)" and end - start > (stop - start) // 3
    ]
    if commas:
        return commas[-1]
    return breaks[-1] if breaks else stop
