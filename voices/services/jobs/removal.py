"""Jobs removed with all that hangs on them, in any state and in the same few queries however many.

Whoever works on one of them notices at its next write, as the row is gone, and leaves nothing behind.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, Model, QuerySet

from voices.models import Batch, Job, StoredFile
from voices.models.stored_file import NOT_COUNTED, RESULT
from voices.services.jobs.batch_flow import batch_advance
from voices.services.jobs.jobs import job_part_files, jobs_undo
from voices.storage import files_delete, part_name

AT_ONCE = 5_000  # jobs in one transaction


@dataclass(frozen=True, kw_only=True)
class Removed:
    """How much it was."""

    jobs: int = 0
    results: int = 0
    size_bytes: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(
            jobs=self.jobs + other.jobs,
            results=self.results + other.results,
            size_bytes=self.size_bytes + other.size_bytes,
        )


def jobs_remove(rows: QuerySet[Job], *, at_once: int = AT_ONCE) -> Removed:
    """Remove at most so many of the jobs with their sounds, and batches of which no job is left."""
    if not rows.exists():
        return Removed()
    with transaction.atomic():
        # locked, so that none of them ends between the look for its files and its removal
        locked = rows.filter(parent=None).select_for_update(of=("self",)).order_by("pk")
        jobs = list(locked.defer("text")[:at_once])
        ids = [job.pk for job in jobs]
        files = list(StoredFile.objects.filter(job__in=ids))
        chunks = list(Job.objects.filter(parent__in=ids).values_list("pk", "attempts"))
        names = [file.name for file in files]
        names += [part_name(pk, attempts, 0) for pk, attempts in chunks if attempts]
        names += jobs_undo(jobs)
        names += [name for job in jobs for name in job_part_files(job)]
        rows_delete(Job, [*ids, *(pk for pk, _ in chunks)])
        _batches_settle({job.batch_id for job in jobs if job.batch_id is not None})
    files_delete(names)
    return Removed(
        jobs=len(jobs),
        results=sum(file.role == RESULT for file in files),
        size_bytes=sum(file.size_bytes for file in files if file.role not in NOT_COUNTED),
    )


def _batches_settle(touched: set[UUID]) -> None:
    if not touched:
        return
    emptied = Batch.objects.filter(pk__in=touched, jobs=None).values_list("pk", flat=True)
    rows_delete(Batch, list(emptied))
    left = Batch.objects.filter(pk__in=touched, status=Batch.Status.RUNNING)
    for batch_id in left.values_list("pk", flat=True):
        transaction.on_commit(partial(batch_advance, batch_id=batch_id), robust=True)


def rows_delete(model: type[Model], ids: list[UUID]) -> None:
    """Rows and those that refer to them. The ORM's own delete would fetch all and go by hundreds."""
    if not ids:
        return
    for relation in model._meta.related_objects:
        referring: Any = relation.related_model
        rows = referring._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if relation.on_delete is SET_NULL:
            rows.update(**{relation.field.name: None})
        elif relation.on_delete is CASCADE and referring is not Job:
            rows._raw_delete(rows.db)  # chunks are among the ids, of batches no job is left
    gone = model._base_manager.filter(pk__in=ids)
    gone._raw_delete(gone.db)
