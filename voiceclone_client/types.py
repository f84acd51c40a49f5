"""What the service answers; `raw` has every field as it came."""

from dataclasses import dataclass, field
from typing import Any

ENDED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A voice of the bank or one's own; `name` or `slug` or `id` names it in other calls."""

    id: str
    slug: str | None
    name: str
    is_bank: bool
    status: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Voice":
        names = ("id", "slug", "name", "is_bank", "status")
        return cls(**{name: row[name] for name in names}, raw=row)


@dataclass(frozen=True, kw_only=True)
class VoiceVersion:
    """What an own voice sounded like from one change to the next; it speaks as the `active` one."""

    number: int
    kind: str
    active: bool
    created_at: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "VoiceVersion":
        names = ("number", "kind", "active", "created_at")
        return cls(**{name: row[name] for name in names}, raw=row)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A large file in parts of `part_bytes`; whole when none is `missing` and its `sha256` is known."""

    id: str
    name: str
    size_bytes: int
    part_bytes: int
    missing: list[int]
    sha256: str | None
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Upload":
        names = ("id", "name", "size_bytes", "part_bytes", "missing", "sha256")
        return cls(**{name: row[name] for name in names}, raw=row)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A piece of work; `done` of `total` sentences are made."""

    id: str
    status: str
    done: int
    total: int
    seconds: float | None
    expires_at: str | None
    raw: dict[str, Any] = field(repr=False)

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
class Batch:
    """Many texts asked for at once."""

    id: str
    status: str
    raw: dict[str, Any] = field(repr=False)

    @property
    def has_ended(self) -> bool:
        return self.status != "running"

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Batch":
        return cls(id=row["id"], status=row["status"], raw=row)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """How a sentence will be said."""

    source: str
    normalized: str
    stressed: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Sentence":
        names = ("source", "normalized", "stressed")
        return cls(**{name: row[name] for name in names}, raw=row)


@dataclass(frozen=True, kw_only=True)
class Detection:
    """Whether a file carries the service's watermark; None where it is too short to tell."""

    made_here: bool | None
    score: float
    threshold: float
    explanation: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Detection":
        names = ("made_here", "score", "threshold", "explanation")
        return cls(**{name: row[name] for name in names}, raw=row)
