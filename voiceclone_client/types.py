"""What the service answers; `raw` has every field as it came."""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

ENDED = ("succeeded", "failed", "cancelled")
R = TypeVar("R", bound="Row")


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something told by the service: the fields that a program needs most, under their own names."""

    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls: type[R], row: dict[str, Any]) -> R:
        return cls(raw=row, **{one.name: row[one.name] for one in fields(cls) if one.name != "raw"})


@dataclass(frozen=True, kw_only=True)
class Voice(Row):
    """A voice of the bank or one's own; `name` or `slug` or `id` names it in other calls."""

    id: str
    slug: str | None
    name: str
    is_bank: bool
    status: str


@dataclass(frozen=True, kw_only=True)
class VoiceVersion(Row):
    """What an own voice sounded like from one change to the next; it speaks as the `active` one."""

    number: int
    kind: str
    active: bool
    figures: dict[str, Any]
    created_at: str


@dataclass(frozen=True, kw_only=True)
class Dataset(Row):
    """Recordings to train a voice from; `figures` tell what came of the last preparation, None before the first."""

    id: str
    title: str
    state: str
    takes: dict[str, Any]
    figures: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Take(Row):
    """A recording of a dataset: a sentence read aloud, or a file, or a zip; `reasons` say why it is not accepted."""

    id: str
    state: str
    reasons: list[dict[str, str]]
    sentence: str | None
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Talk(Row):
    """A talk in another voice: `voice` has its `name`; `ended_at` is None as long as it goes on. What was said is not
    kept."""

    id: str
    voice: dict[str, Any]
    seconds: float
    started_at: str
    ended_at: str | None


@dataclass(frozen=True, kw_only=True)
class Reading(Row):
    """What to read aloud next, and how much of the language's sounds was read."""

    sentences: list[str]
    read: int
    coverage: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Upload(Row):
    """A large file in parts of `part_bytes`; whole when none is `missing` and its `sha256` is known."""

    id: str
    name: str
    size_bytes: int
    part_bytes: int
    missing: list[int]
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class Job(Row):
    """A piece of work; `done` of `total` sentences are made."""

    id: str
    status: str
    done: int
    total: int
    seconds: float | None
    expires_at: str | None

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Job":
        audio, progress = row["audio"], row["progress"]
        return cls(
            id=row["id"],
            status=row["status"],
            done=progress["sentences_done"],
            total=progress["sentences_total"],
            seconds=audio["seconds"] if audio else None,
            expires_at=row["expires_at"],
            raw=row,
        )


@dataclass(frozen=True, kw_only=True)
class Point(Row):
    """What a training measured at one of its steps; None is no finite number."""

    step: int
    values: dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Training(Row):
    """A voice that is trained, or was: `done` of `total` of its stage; each of the `checkpoints` has its number,
    figures and the addresses of its samples.
    """

    id: str
    status: str
    stage: str
    epoch: int
    epochs: int
    done: int
    total: int
    seconds_left: float | None
    checkpoints: list[dict[str, Any]]

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


@dataclass(frozen=True, kw_only=True)
class Comparison(Row):
    """One sentence by two versions of a voice: `a` and `b` are where they are heard, and, once `choice` is made, which
    version each is.
    """

    id: str
    text: str
    a: dict[str, Any] | None
    b: dict[str, Any] | None
    choice: str


@dataclass(frozen=True, kw_only=True)
class Batch(Row):
    """Many texts asked for at once."""

    id: str
    status: str

    @property
    def has_ended(self) -> bool:
        return self.status != "running"


@dataclass(frozen=True, kw_only=True)
class Sentence(Row):
    """How a sentence will be said."""

    source: str
    normalized: str
    stressed: str


@dataclass(frozen=True, kw_only=True)
class SpeakerJudgement(Row):
    """Who speaks, judged by ear: "person", "machine" or "unknown", then `reason` says why.

    `share` is that of machines among recordings that sound so, were there as many of people; `curve` has it for every
    second. None: too short, quiet, or no speech.
    """

    speaker: str
    reason: str
    share: float | None
    machine_from: float
    person_below: float
    curve: list[float | None]
    explanation: str


@dataclass(frozen=True, kw_only=True)
class Detection(Row):
    """Whether a file carries the service's watermark, None where it is too short to tell; and who speaks in it."""

    made_here: bool | None
    score: float
    threshold: float
    explanation: str
    judgement: SpeakerJudgement

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Detection":
        judgement = SpeakerJudgement.of(row["judgement"])
        plain = {name: row[name] for name in ("made_here", "score", "threshold", "explanation")}
        return cls(raw=row, judgement=judgement, **plain)
