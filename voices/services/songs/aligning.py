"""The words of a song found in it: from a wish to a job, in the worker to times, and those changed by their owner."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import BadInput, Conflict
from voices.kinds import ALIGNING
from voices.models import Job, StoredFile
from voices.models.stored_file import SOURCE, WORDS
from voices.owner import Owner
from voices.selectors.jobs import job_file, job_get
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.leases import JobLease
from voices.services.sounds.making import files_finish, told_of
from voices.services.sounds.sources import Given, Intake, given_fetch, voice_fetch
from voices.storage import deleted_on_failure, files_delete, made_name


@dataclass(frozen=True, kw_only=True)
class AlignmentWish:
    """A song, its words line by line, and whether there is music to be taken off the voice first."""

    given: Given
    lyrics: str
    voice_only: bool = False
    webhook_url: str = ""


def alignment_job_prepare(*, owner: Owner, wish: AlignmentWish) -> Callable[[], Job]:
    """Check the wish, store the song, and give what queues it.

    Raises:
        BadInput: `song_required`, `several_songs`, `empty_file`, `nothing_to_say`, `too_many_words`.
        Conflict: `upload_incomplete`. NotFound: `unknown_upload`, `unknown_job`, `song_gone`.
        TooLarge, QuotaExceeded, Outage: nothing is stored.
    """
    if not wish.given.has_song:
        raise BadInput(
            "song_required",
            "send a song in the field audio, or name one in upload or song",
            "пришлите песню в поле audio или укажите её в upload или song",
        )
    engine.lyrics_check(wish.lyrics)
    intake = Intake(owner, wish.given)
    intake.store()

    def make() -> Job:
        return intake.job_create(
            ALIGNING,
            voice=None,
            webhook_url=wish.webhook_url,
            text="\n".join(wish.lyrics.splitlines()),  # forms end lines otherwise
            params={"settings": {"voice_only": wish.voice_only}},
        )

    return make


def alignment_work(lease: JobLease) -> None:
    """Find the words, in the worker; a song that was separated before, or sung here, is not separated.

    Raises:
        AppError: the job fails with it. JobCancelled: the job is gone; nothing is left behind.
    """
    job = lease.job
    lease.progress(0, 1, "fetching")
    with TemporaryDirectory(prefix="alignment-") as name:
        folder = Path(name)
        given = folder / "given"
        given.mkdir()
        source, separate = given_fetch(job, given)[SOURCE], not job.params["settings"]["voice_only"]
        if separate and (voice := voice_fetch(job, folder)):
            source, separate = voice, False
        found = engine.lyrics_align(source, job.text, separate=separate, told=told_of(lease))
        files = _written(found, found["seconds"], folder)
        files_finish(
            lease, files, seconds=found["seconds"], song_seconds=found["seconds"], **_counted(found)
        )


def _written(document: Mapping[str, Any], seconds: float, folder: Path) -> dict[str, Path]:
    """Files of all formats, by role."""
    made = {}
    for kind, suffix in engine.LYRICS_FORMATS.items():
        made[kind] = folder / f"words.{suffix}"
        made[kind].write_bytes(engine.lyrics_file(document, seconds, kind))
    return made


def _counted(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a job tells of its words."""
    lines = document["lines"]
    return {
        "words": sum(len(line["words"]) for line in lines),
        "not_sung": [line["text"] for line in lines if not line["words"]],
    }


def alignment_get(*, owner: Owner, job_id: UUID) -> Job:
    """Raises NotFound, also when it belongs to somebody else."""
    return job_get(owner=owner, job_id=job_id, kind=ALIGNING.name)


def alignment_lyrics(job: Job) -> dict[str, Any] | None:
    """Lines with the times of their words; None as long as they are not found."""
    if job.status != Job.Status.SUCCEEDED:
        return None
    with default_storage.open(job_file(job, WORDS).name) as stored:
        return dict(json.loads(stored.read()))


def alignment_change(*, owner: Owner, job_id: UUID, lines: list[Any]) -> Job:
    """Replace the times by those that a person has set; all files are written anew.

    Raises:
        NotFound: `unknown_job`. Conflict: `not_aligned`, there are no times yet.
        BadInput: `bad_times`, `too_many_words`. Then all is as it was.
    """
    job = alignment_get(owner=owner, job_id=job_id)
    if job.status != Job.Status.SUCCEEDED:
        raise Conflict(
            "not_aligned",
            f"there are no times to change; the job is {job.status}",
            f"изменять пока нечего; состояние задания: {job.status}",
            status=job.status,
        )
    document, seconds = {"lines": lines}, job.params["song_seconds"]
    with TemporaryDirectory(prefix="alignment-") as name, deleted_on_failure() as kept:
        written = _written(document, seconds, Path(name))
        replaced = _replace(job, written, _counted(document), kept)
    files_delete(replaced)
    return alignment_get(owner=owner, job_id=job_id)


@transaction.atomic
def _replace(
    job: Job, written: Mapping[str, Path], counted: dict[str, Any], kept: list[str]
) -> list[str]:
    """New files in the place of the old ones, whose names are returned."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    edits = locked.params.get("edits", 0) + 1
    old = StoredFile.objects.filter(job=locked, role__in=written)
    names = list(old.values_list("name", flat=True))
    old.delete()
    for role, path in written.items():
        name = made_name(locked.pk, locked.attempts, f"{role}-{edits}{path.suffix}")
        stored = file_keep(
            path.read_bytes(), name=name, role=role, format=path.suffix[1:], seconds=None
        )
        kept.append(name)
        file_save_for(locked, stored)
    locked.params = {**locked.params, **counted, "edits": edits}
    locked.save(update_fields=["params"])
    return names
