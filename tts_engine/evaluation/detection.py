"""How well machines are told from people whom training did not hear: `evaluate --detection`.

Equal error rates for synthesizers that training knew and for those it did not, apart, by what the sound went through
and by length; and at the shipped limits how many people are called machines, how many machines people. What is judged
is a piece of up to 8 s, or its beginning.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts_engine.detection.calibration import equal_error_rate
from tts_engine.detection.inference import MACHINE, PERSON, SpeakerJudge
from tts_engine.detection.material import PERSON as PEOPLE
from tts_engine.detection.material import TEST, TRAIN, Material, Piece
from tts_engine.detection.treatments import PLAIN, TREATMENTS, noisy, reverberated, treat
from tts_engine.detection.windows import RATE_HZ
from tts_engine.types import Waveform

NOISE, ROOM = "noise 20 dB", "room"
WAYS = (*TREATMENTS, NOISE, ROOM)
SECONDS = (3.0, 5.0, 8.0)
QUICK_PEOPLE, QUICK_PIECES = 300, 5  # pieces of people; of each machine
QUICK_WAYS = 2  # beside the plain one

HEADER = "{:28} {:>6} {:>9} {:>9} {:>11} {:>11} {:>11}".format(
    "", "pieces", "EER, %", "machine,%", "unsure, %", "person, %", "median share"
)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A piece as it was heard."""

    piece: Piece
    way: str
    logit: float
    share: float
    answer: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table; `eer` is against all people heard in the same way, None for people."""

    name: str
    pieces: int
    eer: float | None
    called_machine: float
    unsure: float
    called_person: float
    share: float

    def line(self) -> str:
        """As it is printed."""
        eer = "" if self.eer is None else f"{100 * self.eer:.1f}"
        return (
            f"{self.name:28} {self.pieces:6d} {eer:>9} {100 * self.called_machine:9.1f} "
            f"{100 * self.unsure:11.1f} {100 * self.called_person:11.1f} {self.share:11.2f}"
        )


def trials(judge: SpeakerJudge, material: Material, *, quick: bool) -> Iterator[Trial]:
    """Every held-out piece in every way, and plain ones in every length; quick: some pieces, each in a few ways."""
    pieces = material.select(TEST)
    if quick:
        people = [piece for piece in pieces if not piece.is_machine]
        machines = [piece for piece in pieces if piece.is_machine]
        few = people[:: max(1, len(people) // QUICK_PEOPLE)]
        pieces = [*few, *_spread(machines, QUICK_PIECES)]
    for number, piece in enumerate(pieces):
        plain = material.waveform(piece)
        turned = [WAYS[(number + turn) % len(WAYS)] for turn in range(1, 1 + QUICK_WAYS)]
        for way in dict.fromkeys([PLAIN, *turned]) if quick else WAYS:
            yield _trial(judge, piece, way, _sent(plain, way, number))
        for seconds in SECONDS[:1] if quick else SECONDS:
            if plain.size >= seconds * RATE_HZ * 0.95:
                yield _trial(judge, piece, f"{seconds:g} s", plain[: int(seconds * RATE_HZ)])


def _spread(pieces: Sequence[Piece], most: int) -> list[Piece]:
    """At most so many of each source, spread over them."""
    by_source: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_source[piece.source].append(piece)
    return [piece for own in by_source.values() for piece in own[:: max(1, -(-len(own) // most))]]


def rows_of(found: Sequence[Trial]) -> Iterator[Row]:
    """By synthesizer as recorded and in all ways, then known and unknown by way and length."""
    ways = tuple(dict.fromkeys(trial.way for trial in found))
    treated = [trial for trial in found if trial.way in WAYS]
    for name, chosen in (
        ("people, plain", [t for t in treated if t.way == PLAIN]),
        ("people, all ways", treated),
    ):
        yield _row(name, [t for t in chosen if not t.piece.is_machine], ())
    yield from _by_group("all ways", treated)
    for source in sorted({t.piece.source for t in found if t.piece.is_machine}):
        own = [t for t in treated if t.piece.source == source]
        word = "known" if own[0].piece.known else "unknown"
        yield _row(f"{source} ({word})", own, _people(treated))
    for way in ways:
        chosen = [t for t in found if t.way == way]
        yield _row(f"people, {way}", _people(chosen), ())
        yield from _by_group(way, chosen)


def _by_group(name: str, chosen: Sequence[Trial]) -> Iterator[Row]:
    for word, known in (("known", True), ("unknown", False)):
        machines = [t for t in chosen if t.piece.is_machine and t.piece.known is known]
        if machines:
            yield _row(f"{word} machines, {name}", machines, _people(chosen))


def _people(chosen: Sequence[Trial]) -> list[Trial]:
    return [trial for trial in chosen if not trial.piece.is_machine]


def _row(name: str, own: Sequence[Trial], people: Sequence[Trial]) -> Row:
    answers = [trial.answer for trial in own]
    eer = None
    if people:
        eer = equal_error_rate(
            np.array([t.logit for t in people]), np.array([t.logit for t in own])
        )
    return Row(
        name=name,
        pieces=len(own),
        eer=eer,
        called_machine=answers.count(MACHINE) / max(1, len(own)),
        called_person=answers.count(PERSON) / max(1, len(own)),
        unsure=sum(answer not in (MACHINE, PERSON) for answer in answers) / max(1, len(own)),
        share=float(np.median([t.share for t in own])) if own else float("nan"),
    )


def _trial(judge: SpeakerJudge, piece: Piece, way: str, waveform: Waveform) -> Trial:
    logit = judge.logit(waveform)
    share = judge.share(logit)
    return Trial(
        piece=piece,
        way=way,
        logit=logit,
        share=share,
        answer=judge.answer(share),
    )


def _sent(waveform: Waveform, way: str, number: int) -> Waveform:
    if way == NOISE:
        return noisy(waveform, np.random.default_rng(number), snr_db=20.0)
    if way == ROOM:
        return reverberated(waveform, np.random.default_rng(number))
    return treat(waveform, way)


def heard_in_training(material: Material) -> Mapping[str, tuple[int, int, float]]:
    """Of each source: people or voices, pieces, minutes that training heard."""
    voices: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    minutes: dict[str, float] = defaultdict(float)
    for piece in material.select(TRAIN):
        voices[piece.source].add(piece.speaker)
        counts[piece.source] += 1
        minutes[piece.source] += piece.samples / 16_000 / 60
    return {name: (len(voices[name]), counts[name], minutes[name]) for name in sorted(counts)}


def print_detection(folder: Path, weights: Path, quick: bool) -> None:
    """Measure and print the table."""
    material, judge = Material(folder), SpeakerJudge.load(weights / "detection")
    sys.stdout.write("heard in training:\n")
    for name, (voices, pieces, minutes) in heard_in_training(material).items():
        sys.stdout.write(f"  {name}: {voices} voices, {pieces} pieces, {minutes:.0f} minutes\n")
    people = {piece.speaker for piece in material.select(TEST) if piece.source == PEOPLE}
    sys.stdout.write(
        f"measured on {len(people)} other people; a machine is said to speak from a share of "
        f"{judge.config.machine_from:.3f} on, a person below {judge.config.person_below:.3f}\n{HEADER}\n"
    )
    found = list(trials(judge, material, quick=quick))
    for row in rows_of(found):
        sys.stdout.write(row.line() + "\n")
