"""The jobs of a batch handed out a few at a time, and the batch ended with the last of them.

A thousand messages at once would let one person's batch stand before everybody else's; so only
BATCH_JOBS_AT_ONCE jobs of a batch are known to the workers, and each that ends lets the next one go.
"""

import logging
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone

from voices.dispatch import dispatch
from voices.kinds import KINDS
from voices.loops import failure_logged
from voices.models import Batch, Job
from voices.owner import Owner
from voices.services.jobs.turns import turn_next
from voices.services.jobs.webhooks import webhook_due

logger = logging.getLogger(__name__)


@transaction.atomic
def batch_advance(*, batch_id: UUID) -> None:
    """Let the next jobs go; end the batch when none is left. Safe to be called at any time."""
    batch = (
        Batch.objects.select_for_update().filter(pk=batch_id, status=Batch.Status.RUNNING).first()
    )
    if batch is None:
        return
    active = Job.objects.filter(batch=batch, status__in=Job.ACTIVE)
    out = active.exclude(dispatched_at=None).count()
    held = active.filter(dispatched_at=None).order_by("position")
    last = [kind.name for kind in KINDS.values() if kind.ends_batch]
    turn = list(held.exclude(kind__in=last)[: max(0, settings.BATCH_JOBS_AT_ONCE - out)])
    if not turn and not out:
        turn = list(held[:1])  # the track, when all that stands on it is there
    for job in turn:
        owner = Owner(user_id=job.user_id, visitor=job.visitor)
        Job.objects.filter(pk=job.pk).update(
            dispatched_at=Now(), turn=turn_next(owner=owner, queue=job.queue)
        )
        transaction.on_commit(partial(dispatch, job_id=job.pk, queue=job.queue))
    if not turn and not out:
        _end(batch)


def batches_advance() -> None:
    """For the reaper: batches whose turn was lost with a process."""
    waiting = Batch.objects.filter(status=Batch.Status.RUNNING).order_by("created_at")
    for batch_id in waiting.values_list("pk", flat=True)[:100]:
        with failure_logged(f"batch {batch_id}"):
            batch_advance(batch_id=batch_id)


def _end(batch: Batch) -> None:
    rows = Job.objects.filter(batch=batch).order_by().values("status").annotate(count=Count("pk"))
    counts = {row["status"]: row["count"] for row in rows}
    made, total = counts.get(Job.Status.SUCCEEDED, 0), sum(counts.values())
    if made == total and total:
        batch.status = Batch.Status.SUCCEEDED
    elif made:
        batch.status = Batch.Status.PARTLY
    elif counts.get(Job.Status.FAILED):
        batch.status = Batch.Status.FAILED
    else:
        batch.status = Batch.Status.CANCELLED
    batch.finished_at = timezone.now()
    batch.save(update_fields=["status", "finished_at"])
    transaction.on_commit(partial(webhook_due, batch_id=batch.pk), robust=True)
    logger.info("batch %s ended: %s", batch.pk, batch.status)
