"""Where every job ends, whatever its end, and what follows from that."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from voices.errors import JobCancelled
from voices.models import Job
from voices.services.jobs.batch_flow import batch_advance
from voices.services.jobs.leases import JobLease
from voices.services.jobs.webhooks import webhook_due

logger = logging.getLogger(__name__)


@transaction.atomic
def job_end(
    *, rows: QuerySet[Job], status: Job.Status, job: Job, done: int | None = None, **values: Any
) -> bool:
    """Move the job's row to a final state.

    Args:
        rows: the job's row on the condition that it may still end.
        done: how many sentences, recordings or the like were made, of as many.

    Returns:
        False when it had ended already, or is no longer ours.
    """
    if done is not None:
        values |= {"progress_done": done, "progress_total": done}
    ended = rows.update(
        status=status,
        finished_at=timezone.now(),
        lease_expires_at=None,
        seconds_left=None,
        **values,
    )
    if ended:
        transaction.on_commit(partial(_ended, job.pk, job.batch_id), robust=True)
    return bool(ended)


def job_succeed(lease: JobLease, *, done: int, **values: Any) -> None:
    """End a job that is done. Raises JobCancelled: it is no longer ours."""
    status = Job.Status.SUCCEEDED
    if not job_end(rows=lease.row, status=status, job=lease.job, done=done, **values):
        raise JobCancelled


def _ended(job_id: UUID, batch_id: UUID | None) -> None:
    webhook_due(job_id=job_id)
    if batch_id is not None:
        batch_advance(batch_id=batch_id)
