"""When words and sounds are heard, as plain rows."""

from typing import Any


def timing_row(timing: Any) -> dict[str, Any]:
    """A SentenceTiming as JSON; seconds to the millisecond."""
    from tts_engine.text.symbols import phonemes_to_ipa

    edges = [round(edge, 3) for edge in timing.edges_seconds]
    words = []
    for word in timing.sentence.words:
        stop = word.start + len(word.phonemes)
        sounds = [
            {"ipa": phonemes_to_ipa((phoneme,)), "start": edges[at], "end": edges[at + 1]}
            for at, phoneme in enumerate(word.phonemes, start=word.start)
        ]
        words.append(
            {
                "text": word.text,
                "start": edges[word.start],
                "end": edges[stop],
                "phonemes": sounds,
            }
        )
    return {
        "text": timing.sentence.source,
        "start": words[0]["start"] if words else edges[0],
        "end": words[-1]["end"] if words else edges[-1],
        "words": words,
    }
