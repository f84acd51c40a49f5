"""From text to the symbols a synthesizer reads: sentences, words, stress, phonemes and pauses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tts_engine.errors import TextError
from tts_engine.stages import timed
from tts_engine.text.english import english_to_phonemes, spell_english
from tts_engine.text.held import HeldLetter, held_sound, shorten_held
from tts_engine.text.normalize import normalize_sentence
from tts_engine.text.phonemes import phrase_to_phonemes
from tts_engine.text.sentences import TextPiece, split_sentences
from tts_engine.text.symbols import (
    COMMA,
    DASH,
    ELLIPSIS,
    EXCLAMATION,
    FINAL_PAUSES,
    PERIOD,
    QUESTION,
    START,
    Spoken,
)

_TOKEN = re.compile(
    r"[а-яё+]+(?:-[а-яё+]+)*|[A-Za-z]+(?:'[A-Za-z]+)*|[.?!…,;:()\[\]—]|[\ue000-\uf8ff]",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"[\ue000-\uf8ff]")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_PAUSES = frozenset({COMMA, DASH, *FINAL_PAUSES})
_AS_COMMA = frozenset(";:()[]")
# Of neighbouring pauses the strongest stays.
_STRENGTH = (COMMA, DASH, PERIOD, ELLIPSIS, EXCLAMATION, QUESTION)


@dataclass(frozen=True)
class Word:
    """One spoken word.

    Attributes:
        text: as normalised.
        stressed: the same with `+` before each stressed vowel; Latin words as written.
        phonemes: inventory symbols.
        start: index of the first of them in `Sentence.tokens`.
    """

    text: str
    stressed: str
    phonemes: tuple[str, ...]
    start: int


@dataclass(frozen=True)
class Sentence:
    """One synthesis unit.

    Attributes:
        source: the text as given.
        normalized: what is said, in words and pause signs.
        words: the words in order.
        tokens: `^`, phonemes and pauses, the last is one of . ? ! …
        ends_paragraph: whether a paragraph ends after it.
        held: index in `tokens` of each sound that is held (Нееет), and its factor of the usual duration.
    """

    source: str
    normalized: str
    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    ends_paragraph: bool
    held: tuple[tuple[int, float], ...] = ()


class RussianFrontend:
    """Turns Russian text, with Latin words in it, into sentences of phonemes."""

    def sentences(self, text: str) -> list[Sentence]:
        """Split, normalise, stress and phonemise a text.

        Raises:
            TextError: `empty_text` when there is nothing but white space, `nothing_to_say` when
                nothing in it can be spoken.
        """
        if not text.strip():
            raise TextError("empty_text", "The text is empty.", "Текст пуст.")
        spoken = self.spoken(text)
        if not spoken:
            raise TextError(
                "nothing_to_say",
                "The text has nothing that can be spoken.",
                "В тексте нет ничего, что можно произнести.",
            )
        return spoken

    def spoken(self, text: str, given: Mapping[str, Spoken] | None = None) -> list[Sentence]:
        """The same without complaint when there is nothing to say.

        Args:
            text: any text.
            given: private-use characters of the text and the words they stand for; without an entry
                such a character is left out.
        """
        found = (self.sentence(piece, given or {}) for piece in split_sentences(text))
        return [sentence for sentence in found if sentence is not None]

    @timed("text")
    def sentence(self, piece: TextPiece, given: Mapping[str, Spoken]) -> Sentence | None:
        """One piece of a split text, about 10 ms of processor; None when there is nothing to say."""
        from tts_engine.text.stress import (
            stress_sentence,  # needs torch, of which others know nothing
        )

        text, letters = shorten_held(piece.text)
        normalized = normalize_sentence(text)
        texts = [
            COMMA if token in _AS_COMMA else token
            for token in _TOKEN.findall(normalized)
            if token in given or not _GIVEN.match(token)
        ]
        stressed = stress_sentence(texts)
        words, tokens = _assemble(texts, stressed, given)
        if not words:
            return None
        source, normalized = _shown(piece.text, given), _shown(normalized, given)
        held = _held_sounds(letters, words)
        return Sentence(
            source, normalized, tuple(words), tuple(tokens), piece.ends_paragraph, tuple(held)
        )


def _held_sounds(letters: tuple[HeldLetter, ...], words: list[Word]) -> Iterator[tuple[int, float]]:
    """Where held letters are heard; one whose word was read in other words (НЕЕЕ 5) is not held."""
    for letter in letters:
        same = [word for word in words if word.text.lower() == letter.word]
        if letter.occurrence < len(same):
            word = same[letter.occurrence]
            sound = held_sound(letter.letter, letter.word, word.phonemes)
            if sound is not None:
                yield word.start + sound, letter.factor


def _shown(text: str, given: Mapping[str, Spoken]) -> str:
    """Text for people: given words in their letters."""
    return _GIVEN.sub(lambda found: given[found[0]].text if found[0] in given else "", text)


def _assemble(
    texts: list[str], stressed: list[str], given: Mapping[str, Spoken]
) -> tuple[list[Word], list[str]]:
    """Words with their phonemes, and all tokens, of one sentence."""
    words: list[Word] = []
    tokens: list[str] = [START]
    phrase: list[tuple[str, str]] = []
    pauses: list[str] = []
    for text, mark in [*zip(texts, stressed, strict=True), (PERIOD, PERIOD)]:
        if text in _PAUSES:
            said = _say_phrase([stress for _, stress in phrase], given)
            _add_phrase(_named(phrase, given), said, words, tokens, pauses)
            phrase.clear()
            pauses.append(text)
        else:
            phrase.append((text, mark))
    if words:
        final = max(pauses, key=_STRENGTH.index)
        tokens.append(final if final in FINAL_PAUSES else PERIOD)
    return words, tokens


def _named(phrase: list[tuple[str, str]], given: Mapping[str, Spoken]) -> list[tuple[str, str]]:
    """Given words in their letters."""
    return [
        (given[text].text, given[text].text) if text in given else (text, mark)
        for text, mark in phrase
    ]


def _add_phrase(
    phrase: list[tuple[str, str]],
    said: list[tuple[str, ...]],
    words: list[Word],
    tokens: list[str],
    pauses: list[str],
) -> None:
    """Add the words gathered since the last pause; the pause before them is added first."""
    for (text, mark), phonemes in zip(phrase, said, strict=True):
        if not phonemes:
            continue
        if words and pauses:
            tokens.append(_inner_pause(pauses))
        pauses.clear()
        words.append(Word(text.replace("+", ""), mark, phonemes, len(tokens)))
        tokens.extend(phonemes)


def _inner_pause(pauses: list[str]) -> str:
    """Inside a sentence only , — … are pauses."""
    if DASH in pauses:
        return DASH
    return ELLIPSIS if ELLIPSIS in pauses else COMMA


def _say_phrase(marks: list[str], given: Mapping[str, Spoken]) -> list[tuple[str, ...]]:
    spoken: list[tuple[str, ...]] = []
    russian: list[str] = []
    for mark in marks:
        if _CYRILLIC.search(mark):
            russian.append(mark)
            continue
        spoken.extend(phrase_to_phonemes(russian, goes_on=True))
        russian.clear()
        if mark in given:
            spoken.append(given[mark].phonemes)
            continue
        latin = [spell_english(mark)] if len(mark) == 1 else english_to_phonemes(mark)
        spoken.append(tuple(symbol for word in latin for symbol in word))
    spoken.extend(phrase_to_phonemes(russian))
    return spoken


@lru_cache(maxsize=1)
def get_frontend() -> RussianFrontend:
    """The frontend of this process."""
    return RussianFrontend()
