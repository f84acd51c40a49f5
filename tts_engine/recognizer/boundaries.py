"""Where one sound ends and the next begins, as people hear it who label speech by hand.

The largest change of the sound between two phonemes is not always the boundary between them: in "дн" or "тк" it
is the burst, and the second sound began with its closure, some 50 ms earlier. How far the boundary lies from the
change depends on both sounds and on how far away their surest moments are, which a line for each pair of kinds
tells. The lines are learned from labelled utterances (`train check-alignment --learn`) by least absolute deviations.

*Source:* corrections of boundaries by the kinds of both phonemes, as in D. T. Toledano, L. A. Hernández Gómez,
L. Villarrubia Grande (2003), "Automatic phonetic segmentation", IEEE Trans. Speech Audio Process. 11.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tts_engine.text.symbols import VOWELS

Line = tuple[
    float, float, float
]  # frames: constant, per frame since the left peak, to the right one

NEAR_FRAMES = 8  # what is further from a peak is not told apart
FURTHEST_FRAMES = 6.0
LEAST_EXAMPLES = 15  # of a pair; rarer ones stay as they are
SOLVING_ROUNDS, SLOPE_PENALTY, LEVEL_PENALTY, LEAST_DEVIATION = 20, 20.0, 0.1, 0.3

KINDS = {
    "p": "ptk", "t": "ptk", "k": "ptk", "b": "bdg", "d": "bdg", "g": "bdg", "m": "mn", "n": "mn",
    "f": "s", "s": "s", "ʂ": "s", "ɕː": "s", "x": "s", "ts": "s", "tɕ": "s", "v": "z", "z": "z", "ʐ": "z",
    "l": "l", "r": "r", "j": "j",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Example:
    """A boundary that somebody has labelled, in frames of the mel.

    Attributes:
        pair: see `pair_of`.
        change: where the sound changes most.
        left, right: where the sounds before and after it are surest.
        label: where it is.
    """

    pair: str
    change: int
    left: int
    right: int
    label: float


def pair_of(left: str, right: str) -> str:
    """Kinds of two neighbouring phonemes, as "a-ptk"."""
    return f"{_kind(left)}-{_kind(right)}"


def _kind(phoneme: str) -> str:
    return "a" if phoneme in VOWELS else KINDS[phoneme.rstrip("ʲ")]


def moved(line: Line | None, change: int, left: int, right: int) -> int:
    """The boundary, a frame of left + 1 … right; without a line where the sound changes most."""
    if line is None:
        return change
    shift = float(np.dot(line, _told(change, left, right)))
    return int(np.clip(round(change + shift), left + 1, max(right, left + 1)))


def learn(examples: Iterable[Example]) -> dict[str, Line]:
    """A line for every pair of which there are enough examples."""
    grouped = defaultdict(list)
    for example in examples:
        grouped[example.pair].append(example)
    return {pair: _line(own) for pair, own in sorted(grouped.items()) if len(own) >= LEAST_EXAMPLES}


def _line(examples: list[Example]) -> Line:
    """Least absolute deviations by reweighted least squares, slopes kept small."""
    told = np.array([_told(e.change, e.left, e.right) for e in examples])  # (N, 3)
    wanted = np.array([e.label - e.change for e in examples])
    wanted = wanted.clip(-FURTHEST_FRAMES, FURTHEST_FRAMES)
    penalty = np.diag([LEVEL_PENALTY, SLOPE_PENALTY, SLOPE_PENALTY])
    weights = np.ones(len(examples))
    line = np.zeros(3)
    for _ in range(SOLVING_ROUNDS):
        weighted = told.T * weights
        line = np.linalg.solve(weighted @ told + penalty, weighted @ wanted)
        weights = 1 / np.maximum(np.abs(wanted - told @ line), LEAST_DEVIATION)
    constant, before, after = (round(float(value), 3) for value in line)
    return constant, before, after


def _told(change: int, left: int, right: int) -> tuple[float, float, float]:
    return 1.0, float(min(change - left, NEAR_FRAMES)), float(min(right - change, NEAR_FRAMES))


def as_rows(lines: Mapping[str, Line]) -> tuple[tuple[str, float, float, float], ...]:
    """As a config keeps them."""
    return tuple((pair, *line) for pair, line in lines.items())


def from_rows(rows: Iterable[tuple[str, float, float, float]]) -> dict[str, Line]:
    """From a config."""
    return {pair: (constant, before, after) for pair, constant, before, after in rows}
