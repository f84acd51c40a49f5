"""SubRip subtitles."""

import pysubs2

from voices.batch_files.items import BatchText
from voices.errors import BadInput, TooLarge

LONGEST_SECONDS = 4 * 3600


def read_subtitles(text: str) -> list[BatchText]:
    """Subtitles by their time, markup dropped; those that begin together are one.

    Raises:
        BadInput: `damaged_subtitles`.
        TooLarge: `subtitles_too_long`.
    """
    try:
        file = pysubs2.SSAFile.from_string(text, format_="srt")
    except (pysubs2.exceptions.Pysubs2Error, ValueError, OverflowError) as error:
        raise _damaged() from error
    if not file.events and text.strip():
        raise _damaged()
    by_start: dict[int, tuple[int, list[str]]] = {}
    for event in sorted(file.events, key=lambda event: event.start):
        words = " ".join(event.plaintext.split())
        if not words:
            continue
        end, texts = by_start.get(event.start, (event.end, []))
        by_start[event.start] = (max(end, event.end), [*texts, words])
    if by_start and max(by_start) > LONGEST_SECONDS * 1000:
        raise TooLarge(
            "subtitles_too_long",
            f"subtitles may begin within {LONGEST_SECONDS} s at most",
            f"субтитры могут начинаться не позже {LONGEST_SECONDS} с",
            limit_seconds=LONGEST_SECONDS,
        )
    return [
        BatchText(text="\n".join(texts), start_seconds=start / 1000, end_seconds=end / 1000)
        for start, (end, texts) in by_start.items()
    ]


def _damaged() -> BadInput:
    return BadInput(
        "damaged_subtitles",
        "the subtitles cannot be read; expected SubRip: number, 00:00:01,000 --> 00:00:03,500, text",
        "субтитры не прочесть; ожидается SubRip: номер, 00:00:01,000 --> 00:00:03,500, текст",
    )
