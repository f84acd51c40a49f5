"""When words and sounds are heard, as plain rows."""

from dataclasses import replace
from typing import Any


def timing_row(timing: Any) -> dict[str, Any]:
    """A SentenceTiming as JSON; seconds to the millisecond."""
    return row_placed(row_from_zero(timing), timing.start_seconds)


def row_from_zero(timing: Any) -> dict[str, Any]:
    """The same as if the sentence began at 0, and not rounded."""
    from tts_engine.text.symbols import phonemes_to_ipa

    edges = replace(timing, start_seconds=0.0).edges_seconds
    words = []
    for word in timing.sentence.words:
        stop = word.start + len(word.phonemes)
        sounds = [
            {"ipa": phonemes_to_ipa((phoneme,)), "start": edges[at], "end": edges[at + 1]}
            for at, phoneme in enumerate(word.phonemes, start=word.start)
        ]
        words.append(
            {"text": word.text, "start": edges[word.start], "end": edges[stop], "phonemes": sounds}
        )
    return {
        "text": timing.sentence.source,
        "start": words[0]["start"] if words else edges[0],
        "end": words[-1]["end"] if words else edges[-1],
        "words": words,
    }


def row_placed(row: dict[str, Any], start_seconds: float) -> dict[str, Any]:
    """A row, or a word or sound of it, that begins so much later; seconds to the millisecond."""
    placed = {
        **row,
        "start": round(start_seconds + row["start"], 3),
        "end": round(start_seconds + row["end"], 3),
    }
    for within in {"words", "phonemes"} & row.keys():
        placed[within] = [row_placed(one, start_seconds) for one in row[within]]
    return placed
