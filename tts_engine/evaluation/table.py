"""The rows of the quality table.

The set "recorded" holds words of held-out recordings, spoken by every voice: its error rates stand
beside those of "real, same words", the recordings themselves. The other sets have no recordings.

PER     phoneme error rate by the recognizer, percent; JUDGE: by the second recognizer
REF     GE2E cosine to the reference (a bank voice's own d-vector)
SIM     GE2E cosine to another recording of the same person
OTHER   mean GE2E cosine to the other people of the group
REF2, SIM2, OTHER2: the same by the second encoder
MOS     DNSMOS overall; DMOS: DistillMOS
PAUSE   longest pause inside an utterance, seconds; EDGE: longest silence before or after it
CLIP    samples at full scale, percent
RTF     computing time over audio time

Rows "copied" measure what the vocoder makes of a recording's own mel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tts_engine.evaluation.columns import cells, column, columns_of, known_mean, titles
from tts_engine.evaluation.listening import Utterance
from tts_engine.evaluation.measures import cosine
from tts_engine.evaluation.subjects import Person, Subject, Vector

ALL_SETS = "all"
RECORDED = "recorded"  # words of held-out recordings, to be compared with them; not part of "all"
LONGEST = ("pause_seconds", "edge_seconds")  # a mean row has the longest, not the mean


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line; NaN, what could not be measured, is printed as a dash."""

    voice: str
    sentence_set: str
    clips: int
    phoneme_error_percent: float = column("PER", 1)
    judge_error_percent: float = column("JUDGE", 1)
    reference_similarity: float = column("REF", 2)
    similarity: float = column("SIM", 2)
    other_similarity: float = column("OTHER", 2)
    reference_similarity2: float = column("REF2", 2)
    similarity2: float = column("SIM2", 2)
    other_similarity2: float = column("OTHER2", 2)
    mos: float = column("MOS", 2)
    mos2: float = column("DMOS", 2)
    pause_seconds: float = column("PAUSE", 2)
    edge_seconds: float = column("EDGE", 2)
    clipped_percent: float = column("CLIP", 2)
    real_time_factor: float = column("RTF", 3)

    def cells(self) -> list[str]:
        """Measures as text in the order of COLUMNS."""
        return cells(self)

    def line(self) -> str:
        """The row as text under HEADER."""
        shown = "".join(f"{cell:>7}" for cell in self.cells())
        return f"{self.voice:<24}{self.sentence_set:<11}{self.clips:>6}{shown}"


COLUMNS, TITLES = columns_of(Row), titles(Row)
OF_TRAINING = ("PER", "REF", "SIM", "OTHER")  # judged by networks that taught what is measured
HEADER = f"{'voice':<24}{'set':<11}{'clips':>6}" + "".join(f"{title:>7}" for title in TITLES)


def make_row(
    voice: str,
    utterances: Sequence[Utterance],
    subject: Subject | None = None,
    sentence_set: str = ALL_SETS,
) -> Row:
    """Gather utterances of one voice; similarities only with a subject to compare with."""
    phonemes = sum(u.phonemes for u in utterances)
    person = subject.person if subject else Person()
    person2 = subject.person2 if subject else Person()
    vectors = [u.embedding for u in utterances if u.embedding is not None]
    vectors2 = [u.embedding2 for u in utterances if u.embedding2 is not None]
    return Row(
        voice=voice,
        sentence_set=sentence_set,
        clips=len(utterances),
        phoneme_error_percent=_percent(sum(u.errors for u in utterances), phonemes),
        judge_error_percent=_percent(sum(u.judge_errors for u in utterances), phonemes),
        **similarities(vectors, person),
        **{f"{name}2": value for name, value in similarities(vectors2, person2).items()},
        mos=known_mean([u.mos for u in utterances]),
        mos2=known_mean([u.mos2 for u in utterances]),
        pause_seconds=max(u.silences.longest_pause for u in utterances),
        edge_seconds=max(u.silences.longest_edge for u in utterances),
        clipped_percent=100 * known_mean([u.clipped for u in utterances]),
        real_time_factor=sum(u.seconds_spent for u in utterances)
        / sum(u.seconds for u in utterances),
    )


def similarities(vectors: Sequence[Vector], person: Person) -> dict[str, float]:
    """Mean cosines to a person and to others, by the names of the columns; NaN without any."""
    known = {
        "reference_similarity": [] if person.reference is None else [person.reference],
        "similarity": [] if person.recording is None else [person.recording],
        "other_similarity": person.others,
    }
    return {
        name: known_mean([cosine(vector, theirs) for vector in vectors for theirs in those])
        for name, those in known.items()
    }


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
            name: max(values) if name in LONGEST else known_mean(values)
            for name, values in columns.items()
        },
    )


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")
