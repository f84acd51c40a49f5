"""Bring back jobs whose worker or message was lost.

kombu's filesystem transport forgets the message of a killed worker, and any broker can lose its
memory, so the rows are what counts: a running job whose lease has run out is queued again, and a
queue in which more jobs wait than messages gets the missing ones. One too many does no harm: a job
is claimed once. Time is the database's: no worker's own clock can take a job from another.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from voices.dispatch import dispatch, messages_waiting
from voices.errors import Broken
from voices.loops import each_tried
from voices.models import Job, Worker
from voices.services.jobs.batch_flow import batches_advance
from voices.services.jobs.idempotency import idempotency_prune
from voices.services.jobs.jobs import chunks_delete, job_fail, job_part_files, job_requeue
from voices.services.jobs.leases import JobLease, lease_end
from voices.services.jobs.turns import jobs_due
from voices.services.jobs.webhooks import webhooks_retry
from voices.storage import files_delete

logger = logging.getLogger(__name__)

UNHEARD = timedelta(seconds=5)  # a younger job's message may be on its way
MESSAGES_AT_ONCE = 200
LONGEST_WAIT = timedelta(minutes=1)  # no job is put off for longer
JUMP_SECONDS = 5.0
PARTS_KEPT = timedelta(hours=1)


def jobs_requeue_stuck() -> int:
    """Run by every worker every few seconds and by the command; returns jobs brought back."""
    return each_tried(
        _stale_parts_delete,
        _left_chunks_delete,
        batches_advance,
        idempotency_prune,
        webhooks_retry,
        _far_times_mend,
        _lost_jobs_requeue,
        _missing_messages_send,
    )


class DatabaseClock:
    """Notices that the database's clock was set, or that the machine slept."""

    def __init__(self) -> None:
        self._ahead_seconds: float | None = None

    def has_jumped(self, *, worker: str) -> bool:
        """Since the last call. `worker` has just reported itself, by that clock."""
        now = Worker.objects.values_list("seen_at", flat=True).get(name=worker)
        before, self._ahead_seconds = self._ahead_seconds, now.timestamp() - time.monotonic()
        return before is not None and abs(self._ahead_seconds - before) > JUMP_SECONDS


def leases_renew() -> None:
    """All begin anew: after a jump of the clock those of living workers look run out."""
    logger.warning("the clock of the database has jumped; all leases begin anew")
    Job.objects.filter(status=Job.Status.RUNNING).update(lease_expires_at=lease_end())


def _lost_jobs_requeue() -> int:
    lost = Job.objects.filter(status=Job.Status.RUNNING, lease_expires_at__lt=Now())
    count = 0
    for job in lost[:100]:
        tries = job.attempts - job.forgiven
        if tries >= settings.JOB_ATTEMPTS:
            job_fail(lease=JobLease(job), error=_worker_lost(tries))
        elif job_requeue(job=job):
            logger.warning("job %s lost its worker and is queued again", job.pk)
            dispatch(job_id=job.pk, queue=job.queue)
            count += 1
    return count


def _missing_messages_send() -> int:
    unheard = Job.objects.filter(status=Job.Status.QUEUED, dispatched_at__lt=Now() - UNHEARD)
    count = 0
    for queue in unheard.order_by().values_list("queue", flat=True).distinct():
        waiting = jobs_due(queue=queue).filter(dispatched_at__lt=Now() - UNHEARD)
        known = messages_waiting(queue=queue)
        if known is None:
            continue
        for job in waiting[known : known + MESSAGES_AT_ONCE]:
            dispatch(job_id=job.pk, queue=queue)
            count += 1
    return count


def _far_times_mend() -> None:
    """A clock that was set back leaves times in a future that may be long in coming."""
    longest_lease = Now() + timedelta(seconds=2 * settings.JOB_LEASE_SECONDS)
    running = Job.objects.filter(status=Job.Status.RUNNING)
    running.filter(lease_expires_at__gt=longest_lease).update(lease_expires_at=lease_end())
    waiting = Job.objects.filter(status=Job.Status.QUEUED)
    waiting.filter(dispatched_at__gt=Now() + LONGEST_WAIT).update(dispatched_at=Now())


def _stale_parts_delete() -> None:
    ended = Job.objects.filter(parts_ready__gt=0, finished_at__lt=timezone.now() - PARTS_KEPT)
    ended = ended.filter(parent=None)  # a chunk's part goes with its parent
    for job in ended[:100]:
        files_delete(job_part_files(job))
        Job.objects.filter(pk=job.pk).update(parts_ready=0)


def _left_chunks_delete() -> None:
    """Of texts that ended while a process was lost."""
    chunks = Job.objects.filter(parent__isnull=False)
    chunks_delete(chunks.exclude(parent__status__in=Job.ACTIVE))


def _worker_lost(attempts: int) -> Broken:
    return Broken(
        "worker_lost",
        f"the worker was lost {attempts} times at this job; it is given up",
        f"обработчик {attempts} раза терялся на этом задании; оно снято",
    )
