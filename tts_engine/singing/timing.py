"""Syllables on notes to durations and F0: consonants before the beat, vowels take the rest, a curve that sings.

    note          |-------- note --------|
    phonemes   on |vowel              |co|            onset and coda keep nearly the lengths of speech
    F0             _/‾‾‾‾‾‾‾‾~~~~~~~~            glide into the note, vibrato after its first part

Numbers as singers' synthesizers have them (OpenUtau): glide of 80 ms that begins 40 ms before the note, vibrato of
175 ms and 25 cents over the last three quarters of a note.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from tts_engine.errors import RequestError
from tts_engine.singing.score import Note
from tts_engine.singing.syllables import Sung
from tts_engine.text.symbols import COMMA, PERIOD, START

Array = NDArray[np.float32]

GLIDE_SECONDS, GLIDE_BEFORE_SECONDS = 0.08, 0.04
VIBRATO_PERIOD_SECONDS, VIBRATO_CENTS = 0.175, 25.0
VIBRATO_FROM = 0.25  # of the note
SHORTEST_VIBRATO_SECONDS = 0.4
VIBRATO_FADE_SECONDS = 0.1
DRIFT_CENTS, DRIFT_SECONDS = 4.0, 0.12  # nobody holds a note quite still
CONSONANT_SECONDS = {"stop": 0.09, "fricative": 0.13, "sonorant": 0.09}
STOPS = frozenset(["b", "bʲ", "p", "pʲ", "d", "dʲ", "t", "tʲ", "g", "gʲ", "k", "kʲ", "ts", "tɕ"])
SONORANTS = frozenset(["m", "mʲ", "n", "nʲ", "l", "lʲ", "r", "rʲ", "j", "v", "vʲ"])
UNVOICED = frozenset(
    ["p", "pʲ", "t", "tʲ", "k", "kʲ", "f", "fʲ", "s", "sʲ", "ʂ", "ɕː", "x", "xʲ", "ts", "tɕ"]
)
MOST_CONSONANTS = 0.5  # of the time that a syllable has
LEAST_REST_SECONDS = 0.03  # a shorter one is no breath
JOINED_SECONDS = 0.12  # between notes that are sung in one go
SILENCE_SECONDS = 0.05  # at the ends of a line


@dataclass(frozen=True, kw_only=True)
class Style:
    """How it is sung.

    Attributes:
        vibrato: 0 none, 1 twice the usual depth; 0.5 is usual.
        seed: of the drift of pitch.
    """

    vibrato: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.vibrato <= 1:
            raise RequestError(
                "out_of_range",
                f"vibrato {self.vibrato} is outside 0 … 1",
                f"вибрато {self.vibrato} вне пределов 0 … 1",
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A line ready to be sung; tokens as the synthesizer takes them, frames whole and without gaps.

    Attributes:
        tokens, frames, token_hz: (L,) symbols, durations, and F0 (0 unvoiced) of each.
        f0_hz: (F,) of every frame, 0 where unvoiced.
        loudness: (F,) 0 to 1, from the notes.
        first_frame: of the line in the song.
        syllables: with the frame in the song at which each vowel begins.
        sounds: (symbol, its first frame in the song, the one after its last, its syllable); neither pauses nor silence.
    """

    tokens: tuple[str, ...]
    frames: tuple[int, ...]
    token_hz: tuple[float, ...]
    f0_hz: Array
    loudness: Array
    first_frame: int
    syllables: tuple[tuple[Sung, int], ...]
    sounds: tuple[tuple[str, int, int, Sung], ...]


def lay_out(syllables: Sequence[Sung], frames_per_second: float, style: Style) -> list[Line]:
    """Lines of a part in time; `ends_line` of the syllables tells where each ends."""
    lines, line = [], []
    free_from = 0.0
    for syllable in syllables:
        line.append(syllable)
        if syllable.ends_line:
            made = _line(line, frames_per_second, style, free_from)
            free_from = (made.first_frame + sum(made.frames)) / frames_per_second
            lines.append(made)
            line = []
    return lines


def _line(
    syllables: Sequence[Sung], frames_per_second: float, style: Style, free_from: float
) -> Line:
    """One line; it may begin before its first note, but not before `free_from`."""
    events = _events(syllables, free_from)
    first = int(np.floor(max(free_from, events[0][1] - SILENCE_SECONDS) * frames_per_second))
    ends = [round(event[2] * frames_per_second) for event in events]
    begins = [round(events[0][1] * frames_per_second), *ends[:-1]]
    lead = max(1, begins[0] - first)
    begins[0] = first + lead
    tail = max(1, round(SILENCE_SECONDS * frames_per_second))
    frames = [lead, *(max(1, end - begin) for begin, end in zip(begins, ends, strict=True)), tail]
    tokens = [START, *(event[0] for event in events), PERIOD]
    places = np.cumsum([0, *frames])
    f0_hz = _curve(
        [n for s in syllables for n in s.notes], first, int(places[-1]), frames_per_second, style
    )
    voiced = np.zeros(places[-1], bool)
    token_hz = [0.0]
    sounds = []
    for index, (symbol, _, _, syllable) in enumerate(events, start=1):
        begin, end = int(places[index]), int(places[index + 1])
        sounding = symbol not in UNVOICED and symbol != COMMA
        voiced[begin:end] = sounding
        token_hz.append(float(np.median(f0_hz[begin:end])) if sounding else 0.0)
        if syllable is not None:
            sounds.append((symbol, first + begin, first + end, syllable))
    token_hz.append(0.0)
    return Line(
        tokens=tuple(tokens),
        frames=tuple(frames),
        token_hz=tuple(token_hz),
        f0_hz=np.where(voiced, f0_hz, 0).astype(np.float32),
        loudness=_loudness(syllables, first, int(places[-1]), frames_per_second),
        first_frame=first,
        syllables=tuple(_vowels(sounds)),
        sounds=tuple(sounds),
    )


def _vowels(sounds: Sequence[tuple[str, int, int, Sung]]) -> Iterator[tuple[Sung, int]]:
    """Each syllable with the frame at which its vowel begins."""
    last = None
    for symbol, begin, _, syllable in sounds:
        if symbol == syllable.nucleus and syllable is not last:
            yield syllable, begin
            last = syllable


Placed = tuple[
    str, float, float, "Sung | None"
]  # symbol, begin and end in seconds, of which syllable


def _events(syllables: Sequence[Sung], free_from: float) -> list[Placed]:
    """Phonemes with their times, one after another; a vowel over several notes stands once for each."""
    events: list[Placed] = []
    free = free_from  # from here on nothing is said yet
    for index, syllable in enumerate(syllables):
        following = syllables[index + 1] if index + 1 < len(syllables) else None
        start, end = syllable.start_seconds, syllable.end_seconds
        onset = _within(syllable.onset, start - free)
        if events and start - sum(onset) - free > LEAST_REST_SECONDS:
            events.append((COMMA, free, start - sum(onset), None))
        events += _placed(syllable, syllable.onset, onset, start - sum(onset))
        joined = following is not None and following.start_seconds - end < JOINED_SECONDS
        if following is not None and joined:
            end = following.start_seconds
        behind = (*syllable.coda, *(following.onset if following is not None and joined else ()))
        lengths = _within(behind, MOST_CONSONANTS * (end - start))
        events += _vowel(syllable, start, end - sum(lengths))
        coda = lengths[: len(syllable.coda)]
        events += _placed(syllable, syllable.coda, coda, end - sum(lengths))
        free = end - sum(lengths[len(coda) :])
    return events


def _placed(
    syllable: Sung, phonemes: Sequence[str], lengths: Sequence[float], begin: float
) -> list[Placed]:
    """Consonants one after another."""
    ends = np.cumsum([begin, *lengths]).tolist()
    return [(p, a, b, syllable) for p, (a, b) in zip(phonemes, pairwise(ends), strict=True)]


def _within(phonemes: Sequence[str], room: float) -> list[float]:
    """Lengths of speech, shortened to the room there is, seconds."""
    usual = [_usual(phoneme) for phoneme in phonemes]
    total = sum(usual)
    factor = min(1.0, max(0.0, room) / total) if total else 1.0
    return [seconds * factor for seconds in usual]


def _vowel(syllable: Sung, begin: float, end: float) -> list[Placed]:
    edges = [note.start_seconds for note in syllable.notes[1:] if begin < note.start_seconds < end]
    times = [begin, *edges, end]
    return [(syllable.nucleus, a, b, syllable) for a, b in pairwise(times)]


def _usual(phoneme: str) -> float:
    kind = "stop" if phoneme in STOPS else "sonorant" if phoneme in SONORANTS else "fricative"
    return CONSONANT_SECONDS[kind]


def _curve(
    notes: Sequence[Note], first: int, frames: int, frames_per_second: float, style: Style
) -> Array:
    """F0 of every frame of a line, unvoiced ones too."""
    times = (first + np.arange(frames) + 0.5) / frames_per_second
    starts = np.array([note.start_seconds for note in notes])
    pitch = np.array([note.midi for note in notes])
    index = np.clip(
        np.searchsorted(starts, times + GLIDE_BEFORE_SECONDS, side="right") - 1, 0, None
    )
    steps = pitch[index]
    sigma = GLIDE_SECONDS * frames_per_second / 4  # a smoothed step takes four of them
    smooth = gaussian_filter1d(steps.astype(np.float64), sigma, mode="nearest")
    for note in notes:
        smooth += _vibrato(note, times, style)
    drift = np.random.default_rng(style.seed + first).normal(size=frames)
    drift = gaussian_filter1d(drift, DRIFT_SECONDS * frames_per_second, mode="nearest")
    smooth += DRIFT_CENTS / 100 * drift / max(1e-9, float(drift.std()))
    return np.asarray(440 * 2 ** ((smooth - 69) / 12), dtype=np.float32)


def _vibrato(note: Note, times: NDArray[Any], style: Style) -> NDArray[Any]:
    """Semitones that the vibrato of a note adds, (F,)."""
    if note.seconds < SHORTEST_VIBRATO_SECONDS or style.vibrato == 0:
        return np.zeros_like(times)
    begin = note.start_seconds + VIBRATO_FROM * note.seconds
    since, left = times - begin, note.end_seconds - times
    depth = np.clip(np.minimum(since, left) / VIBRATO_FADE_SECONDS, 0, 1)
    cents = 2 * style.vibrato * VIBRATO_CENTS
    return cents / 100 * depth * np.sin(2 * np.pi * since / VIBRATO_PERIOD_SECONDS)


def _loudness(
    syllables: Sequence[Sung], first: int, frames: int, frames_per_second: float
) -> Array:
    """From the notes, smooth from one to the next, (F,)."""
    times = (first + np.arange(frames) + 0.5) / frames_per_second
    notes = [note for syllable in syllables for note in syllable.notes]
    middles = np.array([note.start_seconds + note.seconds / 2 for note in notes])
    return np.interp(times, middles, [note.loudness for note in notes]).astype(np.float32)
