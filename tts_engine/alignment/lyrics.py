"""When each word of a song is sung: the lyrics laid over what the recognizer hears in the vocals.

    song ─ separation ─ vocals ─ sounds heard ─ the best path of the lyrics' phonemes through them ─ words in time

The ear was taught what sounds in every step (`recognizer.song_train`), so that a vowel is heard as long as it is held.

What is not in the lyrics (repeats, ad-libs, interludes) is passed over; lines that are not sung are told apart from
those that are. An hour takes no more memory than its posteriors.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from tts_engine.alignment.words import (
    AlignedLyrics,
    SungLine,
    SungSound,
    SungWord,
    check_lyrics,
)
from tts_engine.dataset.opening import open_recording
from tts_engine.dataset.transcripts import Laid, Listener, WordAt
from tts_engine.device import resolve_device
from tts_engine.errors import AudioError, RequestError
from tts_engine.recognizer.inference import Recognizer
from tts_engine.weights import weights_folder

Told = Callable[[str, float, float], None]

REST_SECONDS = 4.0  # within a word, or a vowel that is not recognized
FINAL = (".", "!", "?", "…")
NOT_SUNG = 0.2  # certainty of a line below which it is taken for one that is not sung
TELLING = 6  # sounds of a line by which alone it can be told whether it is sung
LEAST_SUNG = 0.2  # of the sounds of the lyrics, in lines that are sung
SURE = 0.35  # certainty of a line that others are laid between
OF_THIS_SONG = 0.33  # how lyrics fit, see `fit_of`
CHANCE_NATS = (
    2.0  # a sound that is not sung loses at least, also where the words read alike from their end
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
        listener = song_listener(load_song_ear(device), copy)
        told("listening", 1, 1)
        found, _ = lyrics_heard(listener, lyrics, opened.seconds)
    return found


def load_song_ear(device: str) -> Recognizer:
    """The recognizer that hears sounds as long as they are sung, on a device of `device.resolve_device`."""
    return Recognizer.load(weights_folder() / "song_recognizer", device=resolve_device(device))


def song_listener(recognizer: Recognizer, copy: Path) -> Listener:
    """What is heard in a working copy of the voice: words may have rests, and no line is taken out for differing."""
    return Listener(recognizer, copy, longest_gap_seconds=REST_SECONDS, differs=math.inf)


def lyrics_heard(listener: Listener, lyrics: str, seconds: float) -> tuple[AlignedLyrics, Laid]:
    """The words of a voice that is heard already, in so many seconds; and as they were laid first, all of its lines.

    Raises:
        AudioError: `text_too_long_for_audio`. TextError: `nothing_to_say`. RequestError: `lyrics_of_another_song`.
    """
    whole = [(0.0, seconds, by_lines(lyrics))]
    laid = listener.lay(whole)
    check_fit(fit_of(laid, listener.backwards().lay(whole)))
    found = laid_again(listener, lines_of(listener, laid), seconds)
    kept = [
        line if certainty >= NOT_SUNG else replace(line, words=())
        for line, certainty in zip(found, judged(found), strict=True)
    ]
    check_sung(sum(sounds_of(line) for line in kept) / sum(sounds_of(line) for line in found))
    return AlignedLyrics(lines=tuple(kept), seconds=seconds), laid


def laid_again(
    listener: Listener, laid: Sequence[SungLine], seconds: float
) -> tuple[SungLine, ...]:
    """Lines where they are sung: what stands between those that are heard surely is laid a second time.

    A line that is not sung takes its time from others. Between two sure lines, those that are hardly heard are left
    out and the rest is laid again into the room between them.
    """
    lines = list(laid)
    certainties = judged(lines)
    anchors = [i for i, line in enumerate(lines) if line.certainty >= SURE]
    for before, after in pairwise([-1, *anchors, len(lines)]):
        between = range(before + 1, after)
        kept = [index for index in between if certainties[index] >= NOT_SUNG]
        if not kept or len(kept) == len(between):
            continue  # the first pass has laid them as well as they can be
        start = lines[before].end if before >= 0 else 0.0
        stop = lines[after].start if after < len(lines) else seconds
        text = by_lines("\n".join(lines[i].text for i in kept))
        try:
            again = lines_of(listener, listener.lay([(start, stop, text)]))
        except AudioError:  # no room for all of them: they stay as they were
            continue
        for index, line in zip(kept, again, strict=True):
            lines[index] = max(lines[index], line, key=lambda one: one.certainty)
    return tuple(lines)


def judged(lines: Sequence[SungLine]) -> list[float]:
    """Certainty of each line, by which it is sung or not; one of a word or two is told by its neighbours as well.

    Four sounds, two of them perhaps drowned in music, say little.
    """
    found = []
    for index, line in enumerate(lines):
        around = lines[max(0, index - 1) : index + 2] if sounds_of(line) < TELLING else [line]
        sizes = [sounds_of(one) for one in around]
        total = sum(one.certainty * size for one, size in zip(around, sizes, strict=True))
        found.append(total / sum(sizes) if sum(sizes) else line.certainty)
    return found


def by_lines(lyrics: str) -> str:
    """The lyrics with an end to every line: no sentence goes on in the next."""
    lines = (line.rstrip(" ,;:—–-") for line in lyrics.splitlines())
    return "\n".join(line if line.endswith(FINAL) else f"{line}." for line in lines if line)


def lines_of(listener: Listener, laid: Laid) -> tuple[SungLine, ...]:
    """Lines of a text that was laid over a song, words and sounds with certainties."""
    lines = []
    for index, sentence in enumerate(laid.sentences):
        own = [word for word in laid.words if word.sentence == index]
        text = sentence.source.strip().removesuffix(".")
        texts = written(text, [word.text for word in sentence.words])
        words = (_word(listener, *pair) for pair in zip(texts, own, strict=False))
        lines.append(SungLine(text=text, words=tuple(words)))
    return tuple(lines)


def _word(listener: Listener, text: str, word: WordAt) -> SungWord:
    certainties = listener.certainties(word)
    sounds = zip(word.phonemes, pairwise(word.edges), certainties, strict=True)
    return SungWord(
        text=text,
        start=word.start,
        end=word.end,
        certainty=listener.certainty(word),
        sounds=tuple(
            SungSound(text=sound, start=start, end=end, certainty=certainty)
            for sound, (start, end), certainty in sounds
        ),
    )


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


def fit_of(laid: Laid, turned: Laid) -> float:
    """How lyrics fit a song: 1 if nothing else is heard in the places of their words, 0 no better than by chance.

    Args:
        laid: over the song.
        turned: over the song heard from its end. Its sounds and its music are the same, and these words are none of it.
    """
    return 1 - laid.lost / max(turned.lost, CHANCE_NATS * turned.sounds)


def sounds_of(line: SungLine) -> int:
    """Phonemes of its words; none of a line that is not sung."""
    return sum(len(word.sounds) for word in line.words)


def check_sung(share: float) -> None:
    """Raises RequestError: `lyrics_of_another_song`, so small a share of the sounds is in lines that are sung.

    In a song of minutes there is always some place where a few words lose little.
    """
    if share < LEAST_SUNG:
        raise RequestError(
            "lyrics_of_another_song",
            f"hardly a line is heard in the song ({share:.0%} of the lyrics, at least {LEAST_SUNG:.0%} is expected); "
            "are these its lyrics?",
            f"в песне не слышно почти ни одной строки ({share:.0%} текста, ожидается не меньше {LEAST_SUNG:.0%}); "
            "это точно её текст?",
            sung=round(share, 2),
        )


def check_fit(fit: float) -> None:
    """Raises RequestError: `lyrics_of_another_song`."""
    if fit < OF_THIS_SONG:
        raise RequestError(
            "lyrics_of_another_song",
            f"the words are not heard in the song (they fit it by {fit:.2f}, at least {OF_THIS_SONG:.2f} is expected, "
            "1 is best); are these its lyrics?",
            f"этих слов в песне не слышно (совпадение {fit:.2f}, ожидается не меньше {OF_THIS_SONG:.2f}, лучшее — 1); "
            "это точно её текст?",
            fit=round(fit, 2),
        )
