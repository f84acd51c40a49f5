"""Splits a text into paragraphs and synthesis units."""

from dataclasses import dataclass

from razdel import sentenize


@dataclass(frozen=True)
class TextPiece:
    """A sentence or a part of a very long one."""

    text: str
    ends_paragraph: bool


def split_sentences(text: str) -> list[TextPiece]:
    """Sentences of a text in order."""
    pieces: list[TextPiece] = []
    for paragraph in text.splitlines():
        found = [sentence.text for sentence in sentenize(paragraph) if sentence.text.strip()]
        pieces.extend(TextPiece(part, index + 1 == len(found)) for index, part in enumerate(found))
    return pieces
