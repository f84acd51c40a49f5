"""Remove what has expired: rows with their files, and files that no row knows.

Run by the workers once an hour, whichever comes first, and by `manage.py sweep`. A row goes before
its files, so a crash in between leaves files without a row; those are found a day later.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from voices.errors import AppError
from voices.loops import failure_logged
from voices.models import Batch, Job, StoredFile, Voice
from voices.owner import Owner
from voices.selectors.retention import (
    SWEPT_AT_ONCE,
    batches_expired,
    jobs_expired,
    jobs_held_long,
    jobs_over_size,
    phrases_expired,
    recordings_never_heard,
    talks_expired,
    uploads_abandoned,
    visitors_days,
    visitors_words,
    voices_never_made,
    voices_unused,
)
from voices.services.jobs.files import files_remove
from voices.services.jobs.hearing import voices_heard_mend
from voices.services.jobs.jobs import job_cancel, job_delete
from voices.services.jobs.rates import HOUR_SECONDS, rate_take
from voices.services.jobs.uploads import upload_remove
from voices.services.speech.batches import batch_delete
from voices.services.voices.voices import voice_delete
from voices.storage import files_delete, store

logger = logging.getLogger(__name__)

ORPHAN_AGE = timedelta(days=1)  # of what no job is at any more
NAMES_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many of each were removed."""

    jobs: int
    batches: int
    voices: int
    files: int


def sweep_if_due() -> Swept | None:
    """Once an hour over all workers."""
    allowed = rate_take(what="sweep", who="workers", allowed=1, seconds=HOUR_SECONDS) is None
    return sweep() if allowed else None


def sweep() -> Swept:
    """Remove what has expired by now; a great backlog takes several runs."""
    voices_heard_mend()
    jobs = sum(_job_removed(job) for job in jobs_expired()[:SWEPT_AT_ONCE])
    batches = sum(
        _removed(partial(batch_delete, owner=_owner(batch), batch_id=batch.pk))
        for batch in batches_expired()[:SWEPT_AT_ONCE]
    )
    voices = sum(
        _removed(partial(voice_delete, owner=_owner(voice), voice_id=voice.pk))
        for voice in [*voices_unused()[:SWEPT_AT_ONCE], *voices_never_made()[:SWEPT_AT_ONCE]]
    )
    jobs += sum(_job_removed(job) for job in list(jobs_over_size()))
    _small_rows_delete()
    swept = Swept(jobs=jobs, batches=batches, voices=voices, files=_orphans_delete())
    logger.info("swept: %s", swept)
    return swept


def _small_rows_delete() -> None:
    files_remove(StoredFile.objects.filter(recording__in=recordings_never_heard()))
    for upload in uploads_abandoned()[:SWEPT_AT_ONCE]:
        upload_remove(upload)
    for job in jobs_held_long()[:SWEPT_AT_ONCE]:
        _removed(partial(job_cancel, owner=_owner(job), job_id=job.pk))
    phrases_expired().delete()
    talks_expired().delete()
    visitors_days().delete()
    visitors_words().delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def _job_removed(job: Job) -> bool:
    if job.batch_id is not None:  # a batch without some of its sounds serves nobody
        return _removed(partial(batch_delete, owner=_owner(job), batch_id=job.batch_id))
    return _removed(partial(job_delete, owner=_owner(job), job_id=job.pk))


def _removed(remove: Callable[[], object]) -> bool:
    with failure_logged("removing what has expired"):
        try:
            remove()
        except AppError as error:  # somebody removed or used it meanwhile
            logger.info("not swept: %s", error)
        else:
            return True
    return False


def _owner(row: Job | Batch | Voice) -> Owner:
    return Owner(user_id=row.user_id, visitor=row.visitor)


def _orphans_delete() -> int:
    """Files under our folders that no row names."""
    count = 0
    for folder in (
        "results",
        "parts",
        "recordings",
        "previews",
        "spoken",
        "uploads",
        "takes",
        "datasets",
        "checkpoints",
        "weights",
        "songs",
    ):
        batch: list[str] = []
        for name in store().older_than(folder, timezone.now() - ORPHAN_AGE):
            batch.append(name)
            if len(batch) == NAMES_AT_ONCE:
                count += _unknown_delete(batch)
                batch = []
        count += _unknown_delete(batch)
    return count


def _unknown_delete(names: list[str]) -> int:
    known = {*StoredFile.objects.filter(name__in=names).values_list("name", flat=True)}
    of_jobs = {name: _job_of(name) for name in names if name not in known}
    active = Job.objects.filter(pk__in=filter(None, of_jobs.values()), status__in=Job.ACTIVE)
    alive = {*active.values_list("pk", flat=True)}
    orphans = [name for name, job in of_jobs.items() if job not in alive]
    files_delete(orphans)
    return len(orphans)


def _job_of(name: str) -> UUID | None:
    """The job that has made a file: however long it takes or waits, what it has made so far stays."""
    for folder in name.split("/")[1:]:
        with suppress(ValueError):
            return UUID(folder)
    return None
