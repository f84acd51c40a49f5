"""Moves of chess: Nf3 конь эф три, exd5 е бьёт дэ пять, O-O короткая рокировка; Russian letters of pieces too."""

import re

from tts_engine.text.latin_letters import LATIN_NAMES
from tts_engine.text.numerals import DIGIT_WORDS

_PIECES = {
    "K": "король", "Q": "ферзь", "R": "ладья", "B": "слон", "N": "конь",
    "Кр": "король", "Ф": "ферзь", "Л": "ладья", "С": "слон", "К": "конь",
}  # fmt: skip
_SQUARE = r"[a-hасе][1-8]"
_PIECE = "[KQRBN]|Кр|[ФЛСК]"
_AFTER = r"(?:=(?P<becomes>[QRBNФЛСК]))?(?P<check>\+\+?|#|х(?!\w))?(?![\w-])"
_MOVE = re.compile(
    rf"(?<![\w-])(?P<piece>{_PIECE})(?P<first>[a-h]?[1-8]?)(?P<takes>[x:×]?)(?P<square>{_SQUARE}){_AFTER}"
)
_PAWN = re.compile(
    rf"(?<![\w-])(?:(?P<first>[a-hасе][1-8]?)(?P<takes>[x:×]|\s?[-–—]\s?))?(?P<square>{_SQUARE}){_AFTER}"
)
_TAKES = re.compile(rf"(?<![\w-])(?P<first>[a-h])(?P<takes>[x×])(?P<square>{_SQUARE}){_AFTER}")
_CASTLING = re.compile(r"(?<![\w-])(?:([OО0])[-–]\1([-–]\1)?)(?P<check>[+#]?)(?![\w-])")
_GAME = re.compile(
    r"\b(?:[Шш]ахм|[Пп]ешк|[Фф]ерз|[Сс]лон|[Лл]адь|[Кк]он(?:ь|я|ём|ем)\b|[Рр]окиров|[Гг]амбит|[Дд]ебют|[Ээ]ндшпил"
    r"|[Бб]елые|[Чч][её]рные|[Хх]од\b|[Хх]од(?:а|ом|ы|ов)\b|[Гг]россмейстер|[Цц]угцванг|[Мм]ат\b)"
)
_LOOKALIKES = str.maketrans("асе", "ace")


def say_chess(text: str) -> str:
    """Spell moves out. A move of a piece is known by its form, one of a pawn only in a text about the game."""
    moved = _TAKES.sub(_move, _MOVE.sub(_move, text))
    if moved == text and not _GAME.search(text):
        return text
    return _PAWN.sub(_move, _CASTLING.sub(_castling, moved))


def _castling(found: re.Match[str]) -> str:
    side = "длинная" if found[2] else "короткая"
    return f"{side} рокировка{_check(found)}"


def _move(found: re.Match[str]) -> str:
    parts = found.groupdict()
    said = [_PIECES[parts["piece"]]] if parts.get("piece") else []
    said.append(_spelled(parts["first"]))
    if (parts["takes"] or "") in (*"x:×",) and parts["takes"]:
        said.append("бьёт")
    said.append(_spelled(parts["square"]))
    said.append(_PIECES[parts["becomes"]] if parts["becomes"] else "")
    return " ".join(filter(None, said)) + _check(found)


def _spelled(square: str | None) -> str:
    """e4 -> е четыре."""
    return " ".join(
        DIGIT_WORDS[int(one)] if one.isdecimal() else LATIN_NAMES[one.upper()]
        for one in (square or "").translate(_LOOKALIKES)
    )


def _check(found: re.Match[str]) -> str:
    if not found["check"]:
        return ""
    return " мат" if found["check"] in ("#", "х") else " шах"
