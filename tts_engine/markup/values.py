"""Values of markup: times, rates, pitches, volumes, phonemes."""

import math
import re

from tts_engine.errors import TextError
from tts_engine.markup.script import MAX_PAUSE_SECONDS, complaint
from tts_engine.speech_settings import FOLLOWED_SPEEDS, PITCH_RANGE_SEMITONES
from tts_engine.text.symbols import PHONEMES

_NUMBER = re.compile(r"[+-]?\d{1,6}(?:[.,]\d{1,6})?")
_TIME = re.compile(r"\+?(\d{1,9}(?:[.,]\d{1,6})?)\s?(ms|s|мс|с|сек|секунд[аы]?)?\.?")
_STRENGTHS = {
    "none": 0.0,
    "x-weak": 0.1,
    "weak": 0.25,
    "medium": 0.5,
    "strong": 0.9,
    "x-strong": 1.5,
}
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.3, "x-fast": 1.7}
_PITCHES = {"x-low": -5.0, "low": -2.5, "medium": 0.0, "default": 0.0, "high": 2.5, "x-high": 5.0}
_VOLUMES = {
    "silent": -100.0, "x-soft": -14.0, "soft": -7.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0,
}  # fmt: skip
VOLUME_RANGE = (-60.0, 12.0)
_PHONEME = re.compile("|".join(sorted(map(re.escape, PHONEMES), key=len, reverse=True)))
_SAME_SOUND = {
    "ɡ": "g",
    "t͡s": "ts",
    "t͡ɕ": "tɕ",
    "ʨ": "tɕ",
    "ʦ": "ts",
    "ɫ": "l",
    "ʒ": "ʐ",
    "ʃ": "ʂ",
    "ɕɕ": "ɕː",
}
_IGNORED = " .ˌˈ'‿͡|"  # between t and s a dot keeps them apart
MAX_PHONEMES = 200


def parse_time(written: str) -> float:
    """Seconds of `500ms`, `1.5s`, `2 с`; without a unit seconds.

    Raises:
        TextError: `bad_pause`, `pause_too_long`.
    """
    found = _TIME.fullmatch(written.strip())
    if not found:
        raise complaint(
            "bad_pause",
            f"{written[:40]!r} is no length of a pause; write 500ms or 1.5s",
            f"«{written[:40]}» — не длина паузы; пишите 500ms или 1.5s",
        )
    seconds = float(found[1].replace(",", ".")) / (1000 if found[2] in ("ms", "мс") else 1)
    if seconds > MAX_PAUSE_SECONDS:
        raise complaint(
            "pause_too_long",
            f"a pause of {seconds:g} s; at most {MAX_PAUSE_SECONDS:g} s",
            f"пауза {seconds:g} с; можно не больше {MAX_PAUSE_SECONDS:g} с",
            maximum=MAX_PAUSE_SECONDS,
        )
    return seconds


def parse_strength(written: str) -> float:
    """Seconds of `<break strength="…">`."""
    return _named("strength", "сила паузы", written, _STRENGTHS)


def parse_rate(written: str) -> float:
    """A factor: slow, 80%, 0.8; `+20%` is 1.2."""
    if written in _RATES:
        return _RATES[written]
    bare = written.removesuffix("%").strip()
    value = _number("rate", "скорость", written, bare)
    if written.endswith("%"):
        value = 1 + value / 100 if bare[0] in "+-" else value / 100
    return _checked("rate", "скорость", value, FOLLOWED_SPEEDS)


def parse_pitch(written: str) -> float:
    """Semitones: high, +2st, -10%."""
    if written in _PITCHES:
        return _PITCHES[written]
    bare = written.removesuffix("%").removesuffix("st").strip()
    value = _number("pitch", "высота", written, bare)
    if written.endswith("%"):
        ratio = 1 + value / 100 if bare[0] in "+-" else value / 100
        value = 12 * math.log2(ratio) if ratio > 0 else -math.inf
    return _checked("pitch", "высота", value, PITCH_RANGE_SEMITONES)


def parse_volume(written: str) -> float:
    """Decibels: soft, -6dB."""
    if written in _VOLUMES:
        return _VOLUMES[written]
    bare = re.sub(r"\s?(?:dB|дБ)$", "", written, flags=re.IGNORECASE)
    return _checked(
        "volume", "громкость", _number("volume", "громкость", written, bare), VOLUME_RANGE
    )


def parse_ipa(written: str) -> tuple[str, ...]:
    """Symbols of the inventory from IPA as `phonemes` prints it: zˈamək.

    Raises:
        TextError: `unknown_phoneme`, naming what was not understood.
    """
    text = " ".join(written.split())
    for same, ours in _SAME_SOUND.items():
        text = text.replace(same, ours)
    symbols: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in _IGNORED:
            position += 1
            continue
        found = _PHONEME.match(text, position)
        if not found or len(symbols) == MAX_PHONEMES:
            raise _unknown_phoneme(text[position : position + 5])
        symbols.append(found.group())
        position = found.end()
    if not symbols:
        raise _unknown_phoneme(written[:20])
    return tuple(symbols)


def _unknown_phoneme(rest: str) -> TextError:
    return complaint(
        "unknown_phoneme",
        f"no phoneme of ours begins {rest!r}; docs/phonemes.md lists them",
        f"среди фонем нет начала «{rest}»; их список — в docs/phonemes.ru.md",
    )


def _named(en: str, ru: str, written: str, table: dict[str, float]) -> float:
    if written not in table:
        raise bad_value(en, ru, written)
    return table[written]


def _number(en: str, ru: str, written: str, bare: str) -> float:
    if not _NUMBER.fullmatch(bare):
        raise bad_value(en, ru, written)
    return float(bare.replace(",", "."))


def bad_value(en: str, ru: str, written: str) -> TextError:
    """A value that is no such thing."""
    shown = written[:40]
    return complaint(
        "markup_bad_value", f"{shown!r} is no value of {en}", f"{ru}: «{shown}» не подходит"
    )


def _checked(en: str, ru: str, value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    if not low <= value <= high:
        raise complaint(
            "markup_out_of_range",
            f"{en} {value:g} is outside {low:g}..{high:g}",
            f"{ru} {value:g} вне пределов {low:g}..{high:g}",
            minimum=low,
            maximum=high,
        )
    return value
