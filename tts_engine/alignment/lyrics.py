"""When each word of a song is sung: the lyrics laid over what the recognizer hears in the vocals.

    song ─ separation ─ vocals ─ phonemes heard ─ the best path of the lyrics' phonemes through them ─ words in time

What is not in the lyrics (repeats, ad-libs, interludes) is passed over; lines that are not sung are told apart from
those that are. An hour takes no more memory than its posteriors.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tts_engine.alignment.words import AlignedLyrics, SungLine, SungWord, check_lyrics
from tts_engine.dataset.opening import open_recording
from tts_engine.dataset.transcripts import Laid, Listener, WordAt
from tts_engine.device import resolve_device
from tts_engine.errors import RequestError
from tts_engine.recognizer.inference import Recognizer
from tts_engine.weights import weights_folder

Told = Callable[[str, float, float], None]

HELD_SECONDS = 2.5  # a vowel of one word may be sung so long
FINAL = (".", "!", "?", "…")
NOT_SUNG = 0.2  # certainty of a line below which it is taken for one that is not sung
OF_THIS_SONG = (
    0.36  # mean certainty; of sung lines it is 0.44 to 0.72, of lines of other songs 0.11 to 0.41
)


def align_lyrics(
    source: Path,
    lyrics: str,
    *,
    separate: bool = True,
    device: str = "auto",
    told: Told = lambda stage, done, total: None,
) -> AlignedLyrics:
    """Find the words of a song.

    Args:
        source: the song, or with `separate=False` the voice alone.
        lyrics: lines as they are sung; Russian, English words may stand between.
        device: of `device.resolve_device`.
        told: is told stage, done and total; what it raises ends the work.

    Raises:
        AudioError: as `separation.separate_song` and `dataset.opening.open_recording`; `text_too_long_for_audio`.
        TextError: `nothing_to_say`, there are no words.
        RequestError: `too_many_words`, `lyrics_of_another_song`.
    """
    check_lyrics(lyrics)
    with TemporaryDirectory() as folder:
        voice = source
        if separate:
            from tts_engine.separation.inference import separate_song

            made = separate_song(
                source,
                Path(folder),
                device=device,
                told=lambda done, total: told("separation", done, total),
            )
            voice = made.vocals
        told("listening", 0, 1)
        copy = Path(folder) / "voice.flac"
        opened = open_recording(voice, copy)
        recognizer = Recognizer.load(weights_folder() / "recognizer", device=resolve_device(device))
        listener = Listener(recognizer, copy, longest_gap_seconds=HELD_SECONDS, differs=math.inf)
        told("listening", 1, 1)
        laid = listener.lay([(0.0, opened.seconds, by_lines(lyrics))])
    return checked(lines_of(laid, listener.certainty), opened.seconds)


def by_lines(lyrics: str) -> str:
    """The lyrics with an end to every line: no sentence goes on in the next."""
    lines = (line.rstrip(" ,;:—–-") for line in lyrics.splitlines())
    return "\n".join(line if line.endswith(FINAL) else f"{line}." for line in lines if line)


def lines_of(laid: Laid, certainty: Callable[[WordAt], float]) -> tuple[SungLine, ...]:
    """Lines of a text that was laid over a song, every word with how surely it is heard."""
    lines = []
    for index, sentence in enumerate(laid.sentences):
        own = [word for word in laid.words if word.sentence == index]
        lines.append(
            SungLine(
                text=sentence.source.strip().removesuffix("."),
                words=tuple(
                    SungWord(text=text, start=word.start, end=word.end, certainty=certainty(word))
                    for text, word in zip(
                        written(
                            sentence.source.strip().removesuffix("."),
                            [w.text for w in sentence.words],
                        ),
                        own,
                        strict=False,
                    )
                ),
            )
        )
    return tuple(lines)


def written(source: str, spoken: Sequence[str]) -> list[str]:
    """Words of a line with the signs that follow them; as they are said, where they were written otherwise."""
    edges, position = [], 0
    for word in spoken:
        at = source.casefold().find(word.casefold(), position)
        if at < 0:
            return list(spoken)
        edges.append(at)
        position = at + len(word)
    stops = [*edges[1:], len(source)]
    return [source[a:b].strip() for a, b in zip(edges, stops, strict=True)]


def checked(lines: Sequence[SungLine], seconds: float) -> AlignedLyrics:
    """Lines that are hardly heard lose their times.

    Raises:
        RequestError: `lyrics_of_another_song`, that goes for all of them.
    """
    mean = sum(line.certainty for line in lines) / max(1, len(lines))
    if mean < OF_THIS_SONG:
        raise RequestError(
            "lyrics_of_another_song",
            f"the words are not heard in the song (certainty {mean:.2f}, at least {OF_THIS_SONG} is expected); "
            "are these its lyrics?",
            f"этих слов в песне не слышно (уверенность {mean:.2f}, ожидается не меньше {OF_THIS_SONG}); "
            "это точно её текст?",
            certainty=round(mean, 2),
        )
    kept = [line if line.certainty >= NOT_SUNG else replace(line, words=()) for line in lines]
    return AlignedLyrics(lines=tuple(kept), seconds=seconds)
