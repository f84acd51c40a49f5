"""Times of words as files that players and editors read."""

from typing import Any

import pysubs2

FORMATS = ("json", "srt", "vtt", "lrc")
UNITS = ("sentence", "word")
MEDIA_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt", "lrc": "text/plain"}


def timestamps_text(sentences: list[dict[str, Any]], *, file_format: str, unit: str) -> str:
    """Sentences, or their words, as srt, vtt or lrc."""
    spans = sentences
    if unit == "word":
        spans = [word for sentence in sentences for word in sentence["words"]]
    if file_format == "lrc":
        return "".join(f"[{_minutes(span['start'])}]{_line(span['text'])}\n" for span in spans)
    file = pysubs2.SSAFile()
    for span in spans:
        event = pysubs2.SSAEvent(start=round(span["start"] * 1000), end=round(span["end"] * 1000))
        event.plaintext = _line(span["text"])
        file.events.append(event)
    return str(file.to_string(file_format))


def _line(text: str) -> str:
    return " ".join(text.split())


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
