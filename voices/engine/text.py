"""Text before it is said, in the web process. Reading it takes the models of stress, and with them torch; all else
here is light, and nothing here loads a model that speaks (docs/decisions/0017-reading-in-the-web-process.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Any

from voices.engine.errors import engine_errors

# a part is looked for in so much of the text: marks and line breaks stand between its sentences
WINDOW, MARKS_CHARACTERS = 2, 1000
_frontend_lock = Lock()  # espeak keeps state for the whole process


def characters_check(text: str) -> None:
    """Raises AppError: `control_characters` (400)."""
    from tts_engine.speaking.text_check import check_characters

    with engine_errors():
        check_characters(text)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Where a part of a text begins: its first sentence's number, and the place before which none of it stands."""

    sentence: int
    place: int


def phonemes(
    text: str,
    dictionary: dict[str, str] | None = None,
    *,
    part: Part | None = None,
    count: int | None = None,
) -> tuple[list[dict[str, Any]], Part | None]:
    """What will be said, sentence by sentence, and where each word stands in the text.

    Args:
        part: where to begin; None for the beginning.
        count: how many sentences; None for all.

    Returns:
        The sentences, and the part that follows them if there is one.

    Raises:
        AppError: nothing to say, wrong markup or dictionary (400).
    """
    with engine_errors(), _frontend_lock:
        from tts_engine.markup.lexicon import Lexicon
        from tts_engine.markup.locating import locate_words
        from tts_engine.markup.reading import Reading

        begin = part or Part(sentence=0, place=0)
        span = None if count is None else (begin.sentence, begin.sentence + count)
        reading = Reading(text, Lexicon.of(dictionary or {}), span)
        utterances = list(reading)
        words = [word for utterance in utterances for word in utterance.sentence.words]
        length = sum(len(utterance.sentence.source) for utterance in utterances)
        stop = begin.place + WINDOW * length + MARKS_CHARACTERS if reading.more else None
        places = locate_words(text, words, begin.place, stop)
        ends = [place[1] for place in places if place]
        following = Part(sentence=reading.span.stop, place=max(ends, default=begin.place))
        rows = iter(zip(words, places, strict=True))
        sentences = [_sentence(utterance, rows) for utterance in utterances]
        return sentences, following if reading.more else None


def _sentence(utterance: Any, placed_words: Iterator[tuple[Any, Any]]) -> dict[str, Any]:
    from tts_engine.text.symbols import phonemes_to_ipa

    sentence = utterance.sentence
    return {
        "source": sentence.source,
        "normalized": sentence.normalized,
        "stressed": " ".join(word.stressed for word in sentence.words),
        "voice": utterance.delivery.voice,
        "words": [
            {
                "text": word.text,
                "stressed": word.stressed,
                "phonemes": list(word.phonemes),
                "ipa": phonemes_to_ipa(word.phonemes),
                "start": place[0] if place else None,
                "end": place[1] if place else None,
            }
            for word, place in islice(placed_words, len(sentence.words))
        ],
        "tokens": list(sentence.tokens),
    }


def words_placed(text: str, words: list[str]) -> list[tuple[int, int] | None]:
    """Where each word that is said stands in the text; None for one that is not written there."""
    from tts_engine.markup.locating import locate_spelled

    return locate_spelled(text, words)


def voices_called(text: str) -> tuple[str, ...]:
    """Names of the voices that the text's markup calls for; no model is loaded.

    Raises:
        AppError: wrong markup (400).
    """
    with engine_errors():
        from tts_engine.markup.ssml import parse_script

        return parse_script(text).voices


def dictionary_check(dictionary: dict[str, str]) -> dict[str, str]:
    """Words and readings as they are kept.

    Raises:
        AppError: `dictionary_bad_word`, `dictionary_bad_reading`, `dictionary_too_long` (400).
    """
    with engine_errors():
        from tts_engine.markup.lexicon import Lexicon

        return dict(Lexicon.of(dictionary).entries)
