"""Text before it is said: light enough for the web process, no model is loaded."""

from threading import Lock
from typing import Any

from voices.engine.errors import engine_errors

_frontend_lock = Lock()  # espeak keeps state for the whole process


def characters_check(text: str) -> None:
    """Raises AppError: `control_characters` (400)."""
    from tts_engine.text_check import check_characters

    with engine_errors():
        check_characters(text)


def phonemes(text: str, dictionary: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What will be said, sentence by sentence, and where each word stands in the text.

    Raises:
        AppError: nothing to say, wrong markup or dictionary (400).
    """
    with engine_errors(), _frontend_lock:
        from tts_engine.markup.lexicon import Lexicon
        from tts_engine.markup.locating import locate_words
        from tts_engine.markup.reading import read_script
        from tts_engine.text.symbols import phonemes_to_ipa

        utterances = read_script(text, Lexicon.of(dictionary or {}))
        words = [word for utterance in utterances for word in utterance.sentence.words]
        places = iter(locate_words(text, words))
        return [
            {
                "source": utterance.sentence.source,
                "normalized": utterance.sentence.normalized,
                "stressed": " ".join(word.stressed for word in utterance.sentence.words),
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
                    for word, place in ((word, next(places)) for word in utterance.sentence.words)
                ],
                "tokens": list(utterance.sentence.tokens),
            }
            for utterance in utterances
        ]


def voices_called(text: str) -> tuple[str, ...]:
    """Names of the voices that the text's markup calls for; no model is loaded.

    Raises:
        AppError: wrong markup (400).
    """
    with engine_errors():
        from tts_engine.markup.parsing import parse_script

        return parse_script(text).voices


def dictionary_check(dictionary: dict[str, str]) -> dict[str, str]:
    """Words and readings as they are kept.

    Raises:
        AppError: `dictionary_bad_word`, `dictionary_bad_reading`, `dictionary_too_long` (400).
    """
    with engine_errors():
        from tts_engine.markup.lexicon import Lexicon

        return dict(Lexicon.of(dictionary).entries)
