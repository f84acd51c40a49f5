"""Markup for people who write no XML, typed on a Russian keyboard.

    ((пауза)) ((пауза 2 с)) ((500 мс))      a pause
    ((медленно)) ((быстро)) ((скорость 0,8)) from here on
    ((ниже)) ((выше)) ((высота +2))          semitones
    ((тихо)) ((громко)) ((громкость -6))     decibels
    ((обычно))                               back to the request's own
    ((голос nikolay)) ((основной голос))       another voice from here on
    nikolay:: Добрый день!                     another voice for one line

Double parentheses around anything else are ordinary text. What servers of Kokoro understand is understood
too: [pause:1.5s], [rate:0.8], and [voice:nikolay], which speaks at the usual pace again.
"""

import re
from dataclasses import replace

from tts_engine.markup.mixes import WEIGHT
from tts_engine.markup.script import Delivery, Item, Pause, Run, Script, Stop
from tts_engine.markup.values import parse_pitch, parse_rate, parse_time, parse_volume
from tts_engine.speech_settings import FOLLOWED_SPEEDS, PITCH_RANGE_SEMITONES

USUAL_PAUSE_SECONDS = 0.7
_DIRECTIVE = re.compile(
    rf"\(\(\s*((?:[^()\n]|{WEIGHT}){{1,200}}?)\s*\)\)"
    r"|\[(?:pause:(\d+(?:\.\d+)?s)|rate:\s*(\d+(?:\.\d+)?)|voice:\s*([^\[\]\n]{1,200}?))\s*\]",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    rf"[ \t]*(?:[—–-][ \t]*)?([^\s:()](?:[^:()\n]|{WEIGHT}){{0,199}}?)[ \t]*::(?=[ \t]|$)"
)
_PAUSE = re.compile(
    r"(?:пауза|pause)(?:\s+(.+))?|(\d[\d.,]*\s?(?:мс|сек|с|ms|s)\.?)", re.IGNORECASE
)
_VOICE = re.compile(r"(?:голос|voice)(?:\s*:\s*|\s+)(.+)", re.IGNORECASE)
_SETTING = re.compile(
    r"(скорость|темп|rate|высота|тон|pitch|громкость|volume)(?:\s*[:=]\s*|\s+)(\S.*)", re.IGNORECASE
)
_NAMED = {
    "быстро": ("speed", 1.25), "быстрее": ("speed", 1.25), "fast": ("speed", 1.25), "медленно": ("speed", 0.8),
    "медленнее": ("speed", 0.8), "slow": ("speed", 0.8), "выше": ("pitch", 2.0), "high": ("pitch", 2.0),
    "ниже": ("pitch", -2.0), "low": ("pitch", -2.0), "громко": ("volume", 4.0), "громче": ("volume", 4.0),
    "loud": ("volume", 4.0), "тихо": ("volume", -7.0), "тише": ("volume", -7.0), "soft": ("volume", -7.0),
}  # fmt: skip
_RESET = ("обычно", "обычный", "normal")
_RESET_VOICE = ("основной голос", "main voice")


def parse_notation(text: str) -> Script:
    """Read plain text with marks.

    Raises:
        TextError: `bad_pause`, `pause_too_long`, `markup_bad_value`, `markup_out_of_range`.
    """
    reader = _Reader()
    for line in re.sub(r"[\ue000-\uf8ff]", "", text).splitlines():
        reader.read_line(line)
    return Script(tuple(reader.items), {})


class _Reader:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.delivery = Delivery()

    def read_line(self, line: str) -> None:
        """One line; a speaker before `::` holds for this line only."""
        speaker = _SPEAKER.match(line)
        usual = self.delivery
        if speaker:
            self.delivery = replace(usual, voice=speaker[1])
            line = line[speaker.end() :]
        position = 0
        for found in _DIRECTIVE.finditer(line):
            if found[1] and not _is_known(found[1]):
                continue
            self._add(line[position : found.start()])
            position = found.end()
            if found[1]:
                self._obey(found[1])
            else:
                self._obey_kokoro(*found.groups()[1:])
        self._add(line[position:])
        if speaker:
            self.delivery = replace(self.delivery, voice=usual.voice)
            self.items.append(Stop(paragraph=True))
        else:
            self._add("\n")

    def _add(self, text: str) -> None:
        last = self.items[-1] if self.items else None
        if isinstance(last, Run) and last.delivery == self.delivery:
            self.items[-1] = replace(last, text=last.text + text)
        elif text.strip():
            self.items.append(Run(text, self.delivery))
        elif "\n" in text and last is not None:
            self.items.append(Stop(paragraph=True))

    def _obey_kokoro(self, pause: str | None, rate: str | None, voice: str | None) -> None:
        if pause:
            self.items.append(Pause(parse_time(pause)))
        elif rate:
            self.delivery = replace(self.delivery, speed=parse_rate(rate))
        else:
            self.delivery = replace(self.delivery, voice=voice, speed=1.0)

    def _obey(self, directive: str) -> None:
        pause, voice = _PAUSE.fullmatch(directive), _VOICE.fullmatch(directive)
        setting = _SETTING.fullmatch(directive)
        lowered = " ".join(directive.lower().split())
        if pause:
            written = pause[1] or pause[2]
            self.items.append(Pause(parse_time(written) if written else USUAL_PAUSE_SECONDS))
        elif lowered in _RESET:
            self.delivery = Delivery(voice=self.delivery.voice)
        elif lowered in _RESET_VOICE:
            self.delivery = replace(self.delivery, voice=None)
        elif voice:
            self.delivery = replace(self.delivery, voice=voice[1])
        elif setting:
            self._set(setting[1].lower(), setting[2])
        else:
            self._nudge(*_NAMED[lowered])

    def _set(self, name: str, value: str) -> None:
        value = value.strip()
        if name in ("скорость", "темп", "rate"):
            self.delivery = replace(self.delivery, speed=parse_rate(value))
        elif name in ("высота", "тон", "pitch"):
            self.delivery = replace(self.delivery, pitch_semitones=parse_pitch(value))
        else:
            self.delivery = replace(self.delivery, volume_db=parse_volume(value))

    def _nudge(self, what: str, value: float) -> None:
        """((быстро)) twice is faster still, within the limits."""
        if what == "speed":
            low, high = FOLLOWED_SPEEDS
            speed = min(max(self.delivery.speed * value, low), high)
            self.delivery = replace(self.delivery, speed=speed)
        elif what == "pitch":
            low, high = PITCH_RANGE_SEMITONES
            pitch = min(max(self.delivery.pitch_semitones + value, low), high)
            self.delivery = replace(self.delivery, pitch_semitones=pitch)
        else:
            self.delivery = replace(self.delivery, volume_db=value)


def _is_known(directive: str) -> bool:
    lowered = " ".join(directive.lower().split())
    if lowered in _NAMED or lowered in _RESET or lowered in _RESET_VOICE:
        return True
    return any(pattern.fullmatch(directive) for pattern in (_PAUSE, _VOICE, _SETTING))
