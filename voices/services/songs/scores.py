"""Scores as people give them: files, notes that were drawn or changed, shipped examples, or those of an earlier job."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from voices import engine
from voices.errors import BadInput, NotFound
from voices.kinds import SINGING
from voices.models import Job
from voices.models.stored_file import NOTES, SCORE
from voices.owner import Owner
from voices.selectors.jobs import job_get
from voices.selectors.voices import voices_alike
from voices.services.jobs.waiting import waiting_place
from voices.services.voices.uploads import upload_shown_name


@dataclass(frozen=True, kw_only=True)
class GivenScore:
    """Exactly one of: a file, notes as JSON, the name of an example, the id of an earlier song."""

    file: File | None = None
    notes: dict[str, Any] | None = None
    example: str | None = None
    song: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ReadScore:
    """A score, what it is called, and the file that it was read from."""

    document: engine.ScoreDocument
    name: str
    file: File | None = None

    def as_files(self) -> dict[str, File]:
        """What a job keeps of it, by role."""
        content = json.dumps(self.document, ensure_ascii=False).encode()
        kept: dict[str, File] = {NOTES: ContentFile(content, name="notes.json")}
        if self.file is not None:
            self.file.seek(0)
            kept[SCORE] = self.file
        return kept


def score_taken(*, owner: Owner, given: GivenScore) -> ReadScore:
    """Read what was given.

    Raises:
        BadInput: `score_required`, `several_scores`, `empty_score`, and as `engine.score_read`.
        NotFound: `unknown_example`, `unknown_job`, `song_gone`. Unavailable: `too_many_waiting`.
    """
    ways = [given.file is not None, given.notes is not None, given.example, given.song]
    if sum(map(bool, ways)) > 1:
        raise BadInput(
            "several_scores",
            "send one of score, notes, example and song",
            "пришлите что-то одно: score, notes, example или song",
        )
    if given.file is not None:
        return _of_file(given.file)
    if given.notes is not None:
        document = engine.song_document(given.notes)
        return ReadScore(document=document, name=document["title"])
    if given.example:
        document = score_of_example(given.example)
        return ReadScore(document=document, name=document["title"])
    if given.song is not None:
        job = song_get(owner=owner, job_id=given.song)
        return ReadScore(document=score_of_song(job), name=job.name)
    raise BadInput(
        "score_required",
        "send the notes: a file in score, or notes, example or song",
        "пришлите ноты: файл в поле score либо notes, example или song",
    )


@waiting_place()
def _of_file(file: File) -> ReadScore:
    name = upload_shown_name(file)
    if not file.size:
        raise BadInput(
            "empty_score",
            "the file with the score is empty (0 bytes)",
            "файл с нотами пуст (0 байт)",
        )
    if file.size > engine.SCORE_BYTES:
        raise engine.score_too_large()
    return ReadScore(document=engine.score_read(file.read(), name), name=name, file=file)


def score_of_example(name: str) -> engine.ScoreDocument:
    """Raises NotFound: `unknown_example`."""
    try:
        return engine.score_example(name)
    except KeyError:
        listed = ", ".join(engine.SONG_EXAMPLES)
        raise NotFound(
            "unknown_example",
            f"no example {name[:40]!r}; there are {listed}",
            f"нет примера «{name[:40]}»; есть {listed}",
            known=list(engine.SONG_EXAMPLES),
        ) from None


def song_get(*, owner: Owner, job_id: UUID) -> Job:
    """An earlier song of which the notes are still there.

    Raises:
        NotFound: `unknown_job`, also when it belongs to somebody else; `song_gone`.
    """
    job = job_get(owner=owner, job_id=job_id, kind=SINGING.name)
    if not job.files.filter(role=NOTES).exists():
        raise NotFound("song_gone", "this job has no notes", "у этого задания нет нот")
    return job


def score_of_song(job: Job) -> engine.ScoreDocument:
    """The score that a song is sung from."""
    with default_storage.open(job.files.get(role=NOTES).name) as stored:
        return dict(json.loads(stored.read()))


def score_suits(
    *, owner: Owner, document: engine.ScoreDocument, part: int | None
) -> dict[UUID, dict[str, Any] | None]:
    """How each voice that the owner may use suits a score, the best first.

    Raises:
        AppError: as `engine.song_suits`.
    """
    profiles = {
        voice.pk: voice.active_version.profile
        for voice in voices_alike(owner=owner)
        if voice.active_version is not None
    }
    return engine.song_suits(document, part, profiles)


def song_suits(*, owner: Owner, reference: str) -> dict[UUID, dict[str, Any] | None]:
    """The same of a song of theirs, by its id, or of an example.

    Raises:
        NotFound: `unknown_job`, `song_gone`, `unknown_example`.
    """
    try:
        job = song_get(owner=owner, job_id=UUID(reference))
    except ValueError:
        return score_suits(owner=owner, document=score_of_example(reference), part=None)
    part = job.params["settings"].get("part")
    return score_suits(owner=owner, document=score_of_song(job), part=part)
