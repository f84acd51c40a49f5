"""What a text may not hold, told before anything is loaded, and how much speech it may become."""

import unicodedata

from tts_engine.errors import TextError

ALLOWED_CONTROLS = frozenset("\n\r\t\f\v")  # the last two end a paragraph


def check_characters(text: str) -> None:
    """Refuse characters that no text has on purpose.

    Raises:
        TextError: `control_characters`, with the position of the first one.
    """
    for position, character in enumerate(text):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in ALLOWED_CONTROLS:
            raise TextError(
                "control_characters",
                f"the text has a control character U+{ord(character):04X} at {position}",
                f"в тексте управляющий символ U+{ord(character):04X} на месте {position}",
                position=position,
            )


def check_length(seconds: float, max_seconds: float | None) -> None:
    """Raises TextError: `speech_too_long`."""
    if max_seconds is not None and seconds > max_seconds:
        raise TextError(
            "speech_too_long",
            f"the speech is longer than {max_seconds / 60:g} min; divide the text",
            f"речь длиннее {max_seconds / 60:g} мин; разделите текст",
            maximum_seconds=max_seconds,
        )
