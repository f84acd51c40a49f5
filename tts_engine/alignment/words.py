"""Words of a song with the times at which they are sung, and their JSON read back."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tts_engine.errors import RequestError, TextError
from tts_engine.text.symbols import VOWELS

MOST_WORDS = 10_000
SHORTEST_WORD_SECONDS = 0.01
ROUNDED = 0.002  # seconds
ROUNDING_SECONDS = 0.02  # of times in files, and of the last frame
_LETTERS = re.compile(r"[^\W_]")
_SYLLABLE = re.compile(r"[^аеёиоуыэюяaeiouy]*[аеёиоуыэюяaeiouy]", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class SungSound:
    """A phoneme or a syllable, when it is sung, seconds, and how surely it is heard there, 0 to 1."""

    text: str
    start: float
    end: float
    certainty: float


@dataclass(frozen=True, kw_only=True)
class SungWord:
    """A word as it was written, when it is sung, seconds, and how surely it is heard there, 0 to 1.

    `sounds` are its phonemes, without a gap between them; () where they are not known.
    """

    text: str
    start: float
    end: float
    certainty: float
    sounds: tuple[SungSound, ...] = ()

    @property
    def syllables(self) -> tuple[SungSound, ...]:
        """Its sounds by vowels: consonants go with the vowel after them, the last ones with the last."""
        groups: list[list[SungSound]] = [[]]
        for sound in self.sounds:
            if any(one.text in VOWELS for one in groups[-1]):
                groups.append([])
            groups[-1].append(sound)
        if len(groups) > 1 and not any(one.text in VOWELS for one in groups[-1]):
            last = groups.pop()
            groups[-1] += last
        texts = written_syllables(self.text, len(groups))
        return tuple(
            SungSound(
                text=texts[index] if texts else "".join(one.text for one in group),
                start=group[0].start,
                end=group[-1].end,
                certainty=sum(one.certainty for one in group) / len(group),
            )
            for index, group in enumerate(groups)
            if group
        )


@dataclass(frozen=True, kw_only=True)
class SungLine:
    """A line of the lyrics; without words when it is not sung."""

    text: str
    words: tuple[SungWord, ...]

    @property
    def certainty(self) -> float:
        """Of its words, longer ones counting more; 0 of none."""
        sizes = [len(word.text) for word in self.words]
        if not sizes:
            return 0.0
        return sum(w.certainty * n for w, n in zip(self.words, sizes, strict=True)) / sum(sizes)

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end


@dataclass(frozen=True, kw_only=True)
class AlignedLyrics:
    """All lines, and how long the song is."""

    lines: tuple[SungLine, ...]
    seconds: float

    @property
    def sung(self) -> tuple[SungLine, ...]:
        """Lines that have times."""
        return tuple(line for line in self.lines if line.words)


def check_lyrics(lyrics: str) -> None:
    """Whether there are words to be found, and not too many.

    Raises:
        TextError: `nothing_to_say`. RequestError: `too_many_words`.
    """
    if not _LETTERS.search(lyrics):
        raise TextError(
            "nothing_to_say", "the lyrics have no words", "в тексте песни нет ни одного слова"
        )
    words = len(lyrics.split())
    if words > MOST_WORDS:
        raise RequestError(
            "too_many_words",
            f"the lyrics have {words} words; at most {MOST_WORDS} can be laid over a song",
            f"в тексте {words} слов; на песню можно наложить не больше {MOST_WORDS}",
        )


def lyrics_from_dict(document: Mapping[str, Any], seconds: float) -> AlignedLyrics:
    """Lines as `formats.as_json` writes them, their times perhaps changed by a person.

    Args:
        document: {"lines": [{"text", "words": [{"text", "start", "end", "certainty"}]}]}; a certainty that is left
            out is 1: somebody has heard it.
        seconds: of the song.

    Raises:
        RequestError: `bad_times`, a word is none or overlaps the one before; `too_many_words`.
    """
    lines = document.get("lines")
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        raise _bad_times("lines is no list", "lines — не список")
    found = []
    count, last = 0, 0.0
    for row in lines:
        words = row.get("words") if isinstance(row, Mapping) else None
        if not isinstance(words, Sequence) or not isinstance(row.get("text"), str):
            raise _bad_times("a line has no text or words", "у строки нет text или words")
        sung = []
        for word in words:
            count += 1
            sung.append(_word(word, count, last, seconds))
            last = sung[-1].end
        found.append(SungLine(text=row["text"], words=tuple(sung)))
    if count > MOST_WORDS:
        check_lyrics("a " * count)
    return AlignedLyrics(lines=tuple(found), seconds=seconds)


def _word(row: Any, number: int, after: float, seconds: float) -> SungWord:
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str) or not row["text"]:
        raise _bad_times(f"word {number} has no text", f"у слова {number} нет text", word=number)
    start, end, certainty = (row.get(name, 1.0) for name in ("start", "end", "certainty"))
    if not all(_is_number(value) for value in (start, end, certainty)) or not 0 <= certainty <= 1:
        raise _bad_times(
            f"word {number}: start, end or certainty is no number",
            f"слово {number}: start, end или certainty — не число",
            word=number,
        )
    low, high = after - ROUNDING_SECONDS, seconds + ROUNDING_SECONDS
    if not low <= start <= end - SHORTEST_WORD_SECONDS <= high - SHORTEST_WORD_SECONDS:
        raise _bad_times(
            f"word {number} ({row['text'][:40]!r}) is at {start:g} to {end:g} s; expected at least "
            f"{SHORTEST_WORD_SECONDS:g} s between {after:g} and {seconds:g}",
            f"слово {number} («{row['text'][:40]}») стоит на {start:g}–{end:g} с; ожидается не меньше "
            f"{SHORTEST_WORD_SECONDS:g} с между {after:g} и {seconds:g}",
            word=number,
        )
    return SungWord(
        text=row["text"],
        start=float(start),
        end=float(end),
        certainty=float(certainty),
        sounds=_sounds(row.get("phonemes"), float(start), float(end)),
    )


def _sounds(rows: Any, start: float, end: float) -> tuple[SungSound, ...]:
    """Of a word whose times are as they were found; of one that was moved they are not known."""
    try:
        found = tuple(SungSound(**row) for row in rows or ())
        whole = (
            found and abs(found[0].start - start) < ROUNDED and abs(found[-1].end - end) < ROUNDED
        )
        in_order = all(start - ROUNDED <= one.start <= one.end <= end + ROUNDED for one in found)
        return found if whole and in_order and all(isinstance(o.text, str) for o in found) else ()
    except TypeError:  # a program wrote something else there
        return ()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _bad_times(en: str, ru: str, **details: Any) -> RequestError:
    return RequestError("bad_times", en, ru, **details)


def written_syllables(word: str, count: int) -> list[str]:
    """A written word in so many syllables, each up to its vowel letter, the last to the end; [] if it has others."""
    parts = _SYLLABLE.findall(word)
    if len(parts) != count:
        return [word] if count == 1 else []
    return [*parts[:-1], parts[-1] + word[len("".join(parts)) :]]
