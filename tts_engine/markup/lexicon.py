"""A person's own dictionary: how certain words are said. It wins over everything but a typed `+`.

A reading is one of
    зв+онит          the same word with its stress
    дженерал моторс  other words to say in its place
    /dʐɨnʲɪrˈal/     sounds, as `python -m tts_engine phonemes` prints them
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tts_engine.errors import TextError
from tts_engine.markup.script import complaint
from tts_engine.markup.values import parse_ipa
from tts_engine.text.symbols import Spoken

MAX_WORD, MAX_READING, MAX_ENTRIES = 64, 200, 1_000
_ACUTE = re.compile(r"([аеёиоуыэюя])\u0301", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-zА-Яа-яЁё\d]")
_MARKED = re.compile(r"\+(?=[аеёиоуыэюя])", re.IGNORECASE)
FIRST_GIVEN = 0xE800  # private use, above those of SSML


@dataclass(frozen=True)
class Lexicon:
    """Words in lower case and how they are said."""

    entries: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, readings: Mapping[str, str]) -> "Lexicon":
        """Check and take a dictionary.

        Raises:
            TextError: `dictionary_bad_word`, `dictionary_bad_reading`, `dictionary_too_long`, `unknown_phoneme`.
        """
        if len(readings) > MAX_ENTRIES:
            raise complaint(
                "dictionary_too_long",
                f"the dictionary has {len(readings)} words; at most {MAX_ENTRIES}",
                f"в словаре {len(readings)} слов; можно не больше {MAX_ENTRIES}",
                maximum=MAX_ENTRIES,
            )
        checked = {check_word(word): check_reading(word, said) for word, said in readings.items()}
        return cls(tuple(checked.items()))

    @classmethod
    def read(cls, path: Path) -> "Lexicon":
        """A UTF-8 file, `word = reading` a line; `#` begins a comment line."""
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise complaint(
                "dictionary_unreadable",
                f"{path} cannot be read as UTF-8 text",
                f"{path} не читается как текст UTF-8",
            ) from error
        pairs = (line.partition("=") for line in lines if line.strip() and line.strip()[0] != "#")
        return cls.of({word.strip(): said.strip() for word, _, said in pairs})

    def apply(self, text: str) -> tuple[str, dict[str, Spoken]]:
        """Put readings in place of the words; sounds become private-use characters, returned too."""
        given: dict[str, Spoken] = {}
        if not self.entries:
            return text, given

        def say(found: re.Match[str]) -> str:
            reading = self._readings[_plain(found.group())]
            if reading.startswith("/"):
                mark = chr(FIRST_GIVEN + len(given) % 0x1000)
                given[mark] = Spoken(found.group(), parse_ipa(reading.strip("/")))
                return mark
            return _keep_capitals(found.group(), reading)

        return self._pattern.sub(say, text), given

    @cached_property
    def _readings(self) -> dict[str, str]:
        return {_plain(word): said for word, said in self.entries}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted(self._readings, key=len, reverse=True)
        any_word = "|".join(
            re.escape(word).replace("е", "[её]").replace(r"\ ", r"\s+") for word in words
        )
        return re.compile(rf"(?<![\w+])(?:{any_word})(?![\w\u0300-\u036f+])", re.IGNORECASE)


def check_word(word: str) -> str:
    """The word as it is stored; TextError `dictionary_bad_word`."""
    plain = _plain(word)
    if not plain or len(plain) > MAX_WORD or not _LETTER.search(plain) or "+" in plain:
        raise complaint(
            "dictionary_bad_word",
            f"{word[:MAX_WORD]!r} is no word for a dictionary: letters, at most {MAX_WORD}, without +",
            f"«{word[:MAX_WORD]}» не годится для словаря: нужны буквы, не больше {MAX_WORD}, без +",
        )
    return plain


def check_reading(word: str, reading: str) -> str:
    """The reading as it is stored; TextError `dictionary_bad_reading` or `unknown_phoneme`."""
    said = _ACUTE.sub(r"+\1", " ".join(reading.split()))
    if re.fullmatch(r"/[^/]+/", said):
        parse_ipa(said.strip("/"))
        return said
    if not _LETTER.search(said) or len(said) > MAX_READING or "/" in said:
        raise _bad_reading(word, reading)
    return said


def _bad_reading(word: str, reading: str) -> TextError:
    return complaint(
        "dictionary_bad_reading",
        f"{reading[:40]!r} is no reading of {word[:40]!r}: write зв+онит, other words, or /IPA/",
        f"«{reading[:40]}» не годится как чтение слова «{word[:40]}»: пишите зв+онит, другие слова или /МФА/",
    )


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("ё", "е").split())


def _keep_capitals(written: str, reading: str) -> str:
    """Capitals stay when only the stress changes, since they matter to abbreviations and names."""
    if _plain(_MARKED.sub("", reading)) != _plain(written):
        return reading
    letters = iter(written)
    kept = []
    for letter in reading:
        own = "" if letter == "+" else next(letters)
        kept.append(letter if letter in "+ёЁ" else own)
    return "".join(kept)
