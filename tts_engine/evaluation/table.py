"""The rows of the quality table.

The set "recorded" holds words of held-out recordings, spoken by every voice: its error rates stand
beside those of "real, same words", the recordings themselves. The other sets have no recordings.

PER     phoneme error rate by the recognizer, percent; JUDGE: by the second recognizer
REF     GE2E cosine to the reference (a bank voice's own d-vector)
SIM     GE2E cosine to another recording of the same person
OTHER   mean GE2E cosine to the other people of the group
MOS     DNSMOS overall
PAUSE   longest pause inside an utterance, seconds; EDGE: longest silence before or after it
CLIP    samples at full scale, percent
RTF     computing time over audio time
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tts_engine.evaluation.listening import Utterance
from tts_engine.evaluation.measures import cosine
from tts_engine.evaluation.subjects import Subject

ALL_SETS = "all"
RECORDED = "recorded"  # words of held-out recordings, to be compared with them; not part of "all"
LONGEST = ("pause_seconds", "edge_seconds")  # a mean row has the longest, not the mean


def _column(title: str, digits: int) -> float:
    return field(metadata={"title": title, "digits": digits})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line; NaN, what could not be measured, is printed as a dash."""

    voice: str
    sentence_set: str
    clips: int
    phoneme_error_percent: float = _column("PER", 1)
    judge_error_percent: float = _column("JUDGE", 1)
    reference_similarity: float = _column("REF", 2)
    similarity: float = _column("SIM", 2)
    other_similarity: float = _column("OTHER", 2)
    mos: float = _column("MOS", 2)
    pause_seconds: float = _column("PAUSE", 2)
    edge_seconds: float = _column("EDGE", 2)
    clipped_percent: float = _column("CLIP", 2)
    real_time_factor: float = _column("RTF", 3)

    def cells(self) -> list[str]:
        """Measures as text in the order of COLUMNS."""
        values = [(getattr(self, c.name), c.metadata["digits"]) for c in COLUMNS]
        return ["-" if np.isnan(value) else f"{value:.{digits}f}" for value, digits in values]

    def line(self) -> str:
        """The row as text under HEADER."""
        cells = "".join(f"{cell:>7}" for cell in self.cells())
        return f"{self.voice:<24}{self.sentence_set:<11}{self.clips:>6}{cells}"


COLUMNS = tuple(column for column in dataclasses.fields(Row) if "title" in column.metadata)
TITLES = tuple(column.metadata["title"] for column in COLUMNS)
HEADER = f"{'voice':<24}{'set':<11}{'clips':>6}" + "".join(f"{title:>7}" for title in TITLES)


def make_row(
    voice: str,
    utterances: Sequence[Utterance],
    subject: Subject | None = None,
    sentence_set: str = ALL_SETS,
) -> Row:
    """Gather utterances of one voice; similarities only with a subject to compare with."""
    phonemes = sum(u.phonemes for u in utterances)
    vectors = [u.embedding for u in utterances if u.embedding is not None]
    measured: dict[str, float] = dict.fromkeys(
        ("reference_similarity", "similarity", "other_similarity"), np.nan
    )
    if subject is not None:
        measured["reference_similarity"] = _mean(
            [cosine(vector, subject.profile.embedding) for vector in vectors]
        )
        measured["other_similarity"] = _mean(
            [cosine(vector, other) for vector in vectors for other in subject.others]
        )
        if subject.recording is not None:
            measured["similarity"] = _mean([cosine(v, subject.recording) for v in vectors])
    return Row(
        voice=voice,
        sentence_set=sentence_set,
        clips=len(utterances),
        phoneme_error_percent=_percent(sum(u.errors for u in utterances), phonemes),
        judge_error_percent=_percent(sum(u.judge_errors for u in utterances), phonemes),
        mos=_mean([u.mos for u in utterances]),
        pause_seconds=max(u.silences.longest_pause for u in utterances),
        edge_seconds=max(u.silences.longest_edge for u in utterances),
        clipped_percent=100 * _mean([u.clipped for u in utterances]),
        real_time_factor=sum(u.seconds_spent for u in utterances)
        / sum(u.seconds for u in utterances),
        **measured,
    )


def rows_by_set(subject: Subject, utterances: Sequence[Utterance]) -> list[Row]:
    """A row for each set that was spoken, then one for all of the fixed ones."""
    sets = dict.fromkeys(u.sentence_set for u in utterances)
    rows = [
        make_row(subject.name, [u for u in utterances if u.sentence_set == name], subject, name)
        for name in sets
    ]
    fixed = [u for u in utterances if u.sentence_set != RECORDED]
    return [*rows, make_row(subject.name, fixed, subject)]


def mean_row(voice: str, rows: Sequence[Row], sentence_set: str = ALL_SETS) -> Row:
    """Mean of every column without what was not measured; the longest of all silences."""
    columns = {c.name: [getattr(row, c.name) for row in rows] for c in COLUMNS}
    return Row(
        voice=voice,
        sentence_set=sentence_set,
        clips=sum(row.clips for row in rows),
        **{
            name: max(values) if name in LONGEST else _mean(values)
            for name, values in columns.items()
        },
    )


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
