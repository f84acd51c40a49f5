"""Syllables of a part as phonemes: words read whole, then shared out among their notes.

A word's reading (stress, reduction, neighbours) needs the whole line, so lines are read by the front end as any
text and its phonemes given back to the syllables: consonants go with the vowel after them, the last ones with the last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tts_engine.errors import RequestError
from tts_engine.singing.score import Note, Part
from tts_engine.text.english import english_to_phonemes
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import VOWELS, phonemes_only

LINE_REST_SECONDS = 0.35  # a longer rest ends a line
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass
class Sung:
    """A syllable with its phonemes and the notes that it is sung on."""

    text: str
    notes: list[Note]
    begins_word: bool
    onset: tuple[str, ...] = ()
    nucleus: str = ""
    coda: tuple[str, ...] = ()
    ends_line: bool = False

    @property
    def start_seconds(self) -> float:
        return self.notes[0].start_seconds

    @property
    def end_seconds(self) -> float:
        return self.notes[-1].end_seconds


def sung_syllables(part: Part) -> list[Sung]:
    """Syllables of a part in order, with phonemes.

    Raises:
        RequestError: `lyrics_unreadable`, a syllable has no letter that can be sung, or all of them no vowel.
    """
    found: list[Sung] = []
    for line in _lines(_with_notes(part)):
        words = list(_words(line))
        readings = read_words(["".join(s.text for s in word) for word in words])
        waiting: tuple[str, ...] = ()  # of a word without vowels, said with the next
        for word, phonemes in zip(words, readings, strict=True):
            waiting = _share_out(word, (*waiting, *phonemes))
        sung = [syllable for syllable in line if syllable.nucleus]
        if sung:
            sung[-1].coda = (*sung[-1].coda, *waiting)
            sung[-1].ends_line = True
        found += sung
    if not found:
        raise RequestError(
            "lyrics_unreadable",
            f"the lyrics of part {part.name!r} have no vowel that can be sung",
            f"в словах партии «{part.name}» нет ни одной гласной, которую можно спеть",
        )
    return found


def _with_notes(part: Part) -> list[Sung]:
    """Notes by the syllable that they hold; what comes before the first is not sung."""
    found: list[Sung] = []
    for note in part.notes:
        if note.syllable:
            if not _LETTERS.search(note.syllable):
                raise RequestError(
                    "lyrics_unreadable",
                    f"{note.syllable!r} at {note.start_seconds:.2f} s is no syllable that can be sung",
                    f"«{note.syllable}» на {note.start_seconds:.2f} с — не слог, который можно спеть",
                )
            found.append(Sung(text=note.syllable, notes=[note], begins_word=note.begins_word))
        elif found:
            rest = note.start_seconds - found[-1].end_seconds
            if rest < LINE_REST_SECONDS:
                found[-1].notes.append(note)
    return found


def _lines(syllables: Sequence[Sung]) -> Iterator[list[Sung]]:
    line: list[Sung] = []
    for syllable in syllables:
        if line and syllable.start_seconds - line[-1].end_seconds > LINE_REST_SECONDS:
            yield line
            line = []
        line.append(syllable)
    if line:
        yield line


def _words(line: Sequence[Sung]) -> Iterator[list[Sung]]:
    word: list[Sung] = []
    for syllable in line:
        if word and syllable.begins_word:
            yield word
            word = []
        word.append(syllable)
    if word:
        yield word


def read_words(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Phonemes of each word as it is said in its line; one by one where the front end joins or splits some."""
    clean = [re.sub(r"[^\w+'-]|[\d_]", "", word) for word in words]
    if not all(re.search(r"[A-Za-z]", word) is None for word in clean):
        return [_read_word(word) for word in clean]
    said = [word for s in get_frontend().spoken(" ".join(clean)) for word in s.words]
    if len(said) == len(words):
        return [tuple(phonemes_only(word.phonemes)) for word in said]
    return [_read_word(word) for word in clean]


def _read_word(word: str) -> tuple[str, ...]:
    if re.search(r"[A-Za-z]", word):
        return tuple(p for said in english_to_phonemes(word) for p in said)
    return tuple(phonemes_only(t for s in get_frontend().spoken(word) for t in s.tokens))


def _share_out(word: Sequence[Sung], phonemes: Sequence[str]) -> tuple[str, ...]:
    """Give a word's phonemes to its syllables; what has no vowel to be sung on is returned.

    A word of more vowels than syllables says the rest on its last; one of fewer holds its last vowel.
    """
    places = [index for index, phoneme in enumerate(phonemes) if phoneme in VOWELS]
    if not places:
        return tuple(phonemes)
    sung = list(word)
    while len(sung) > len(places):  # two notes for one vowel
        last = sung.pop()
        sung[-1].notes.extend(last.notes)
    start = 0
    for index, syllable in enumerate(sung):
        vowel = places[index]
        syllable.onset = tuple(phonemes[start:vowel])
        syllable.nucleus = phonemes[vowel]
        start = vowel + 1
    sung[-1].coda = tuple(phonemes[start:])
    return ()
