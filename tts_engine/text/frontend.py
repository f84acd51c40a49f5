"""From text to the symbols a synthesizer reads: sentences, words, stress, phonemes and pauses."""

import re
from dataclasses import dataclass
from functools import lru_cache

from tts_engine.errors import TextError
from tts_engine.text.english import english_to_phonemes, spell_english
from tts_engine.text.normalize import normalize_sentence
from tts_engine.text.phonemes import phrase_to_phonemes
from tts_engine.text.sentences import split_sentences
from tts_engine.text.stress import stress_sentence
from tts_engine.text.symbols import (
    COMMA,
    DASH,
    ELLIPSIS,
    EXCLAMATION,
    FINAL_PAUSES,
    PERIOD,
    QUESTION,
    START,
)

_TOKEN = re.compile(
    r"[а-яё+]+(?:-[а-яё+]+)*|[A-Za-z]+(?:'[A-Za-z]+)*|[.?!…,;:()\[\]—]", re.IGNORECASE
)
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
    """

    source: str
    normalized: str
    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    ends_paragraph: bool


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
        spoken: list[Sentence] = []
        for piece in split_sentences(text):
            sentence = self._sentence(piece.text, ends_paragraph=piece.ends_paragraph)
            if sentence is not None:
                spoken.append(sentence)
        if not spoken:
            raise TextError(
                "nothing_to_say",
                "The text has nothing that can be spoken.",
                "В тексте нет ничего, что можно произнести.",
            )
        return spoken

    def _sentence(self, source: str, *, ends_paragraph: bool) -> Sentence | None:
        normalized = normalize_sentence(source)
        texts = [COMMA if token in _AS_COMMA else token for token in _TOKEN.findall(normalized)]
        stressed = stress_sentence(
            [token.lower() if _CYRILLIC.search(token) else token for token in texts]
        )
        words, tokens = _assemble(texts, stressed)
        if not words:
            return None
        return Sentence(source, normalized, tuple(words), tuple(tokens), ends_paragraph)


def _assemble(texts: list[str], stressed: list[str]) -> tuple[list[Word], list[str]]:
    """Words with their phonemes, and all tokens, of one sentence."""
    words: list[Word] = []
    tokens: list[str] = [START]
    phrase: list[tuple[str, str]] = []
    pauses: list[str] = []
    for text, mark in [*zip(texts, stressed, strict=True), (PERIOD, PERIOD)]:
        if text in _PAUSES:
            _add_phrase(phrase, words, tokens, pauses)
            pauses.append(text)
        else:
            phrase.append((text, mark))
    if words:
        final = max(pauses, key=_STRENGTH.index)
        tokens.append(final if final in FINAL_PAUSES else PERIOD)
    return words, tokens


def _add_phrase(
    phrase: list[tuple[str, str]], words: list[Word], tokens: list[str], pauses: list[str]
) -> None:
    """Say the words gathered since the last pause; the pause before them is added first."""
    for (text, mark), phonemes in zip(
        phrase, _say_phrase([mark for _, mark in phrase]), strict=True
    ):
        if not phonemes:
            continue
        if words and pauses:
            tokens.append(_inner_pause(pauses))
        pauses.clear()
        words.append(Word(text.replace("+", ""), mark, phonemes, len(tokens)))
        tokens.extend(phonemes)
    phrase.clear()


def _inner_pause(pauses: list[str]) -> str:
    """Inside a sentence only , — … are pauses."""
    if DASH in pauses:
        return DASH
    return ELLIPSIS if ELLIPSIS in pauses else COMMA


def _say_phrase(marks: list[str]) -> list[tuple[str, ...]]:
    spoken: list[tuple[str, ...]] = []
    russian: list[str] = []
    for mark in marks:
        if _CYRILLIC.search(mark):
            russian.append(mark)
            continue
        spoken.extend(phrase_to_phonemes(russian))
        russian.clear()
        latin = [spell_english(mark)] if len(mark) == 1 else english_to_phonemes(mark)
        spoken.append(tuple(symbol for word in latin for symbol in word))
    spoken.extend(phrase_to_phonemes(russian))
    return spoken


@lru_cache(maxsize=1)
def get_frontend() -> RussianFrontend:
    """The frontend of this process."""
    return RussianFrontend()
