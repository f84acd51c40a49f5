"""Bring back jobs whose worker or message was lost.

kombu's filesystem transport forgets the message of a killed worker, and any broker can lose its
memory, so the rows are what counts: a running job whose lease has run out, and a queued one that
nobody took for long, are handed out again. Handing out twice does no harm: a job is claimed once.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from voices.dispatch import dispatch
from voices.errors import Broken
from voices.models import Job
from voices.services.batch_flow import batches_advance
from voices.services.idempotency import idempotency_prune
from voices.services.jobs import job_fail, job_part_files
from voices.services.leases import JobLease
from voices.services.webhooks import webhooks_retry
from voices.storage import files_delete

logger = logging.getLogger(__name__)

REDISPATCH_AFTER_SECONDS = 30
MAX_DOUBLINGS = 6
PARTS_KEPT = timedelta(hours=1)


def jobs_requeue_stuck() -> int:
    """Run by every worker every few seconds and by the command; returns jobs brought back."""
    _stale_parts_delete()
    batches_advance()
    idempotency_prune()
    webhooks_retry()
    return _lost_jobs_requeue() + _unheard_jobs_dispatch()


def job_requeue(*, job: Job) -> bool:
    """Running to queued, if this attempt is still the job's; its streamed parts are dropped."""
    job.refresh_from_db(fields=["parts_ready"])
    requeued = Job.objects.filter(
        pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts
    ).update(
        status=Job.Status.QUEUED,
        lease_expires_at=None,
        dispatched_at=timezone.now(),
        dispatches=0,
        parts_ready=0,
    )
    if requeued:
        files_delete(job_part_files(job))
    return bool(requeued)


def _lost_jobs_requeue() -> int:
    now = timezone.now()
    lost = Job.objects.filter(status=Job.Status.RUNNING, lease_expires_at__lt=now)
    count = 0
    for job in lost[:100]:
        if job.attempts >= settings.JOB_ATTEMPTS:
            job_fail(lease=JobLease(job), error=_worker_lost(job.attempts))
        elif job_requeue(job=job):
            logger.warning("job %s lost its worker and is queued again", job.pk)
            dispatch(job_id=job.pk, queue=job.queue)
            count += 1
    return count


def _unheard_jobs_dispatch() -> int:
    now = timezone.now()
    waiting = Job.objects.filter(
        status=Job.Status.QUEUED,
        dispatched_at__lt=now - timedelta(seconds=REDISPATCH_AFTER_SECONDS),
    ).order_by("dispatched_at")
    count = 0
    for job in waiting[:200]:
        patience = REDISPATCH_AFTER_SECONDS * 2 ** min(job.dispatches, MAX_DOUBLINGS)
        if job.dispatched_at and now - job.dispatched_at < timedelta(seconds=patience):
            continue
        ours = Job.objects.filter(
            pk=job.pk, status=Job.Status.QUEUED, dispatched_at=job.dispatched_at
        ).update(dispatched_at=now, dispatches=F("dispatches") + 1)
        if ours:
            dispatch(job_id=job.pk, queue=job.queue)
            count += 1
    return count


def _stale_parts_delete() -> None:
    ended = Job.objects.filter(parts_ready__gt=0, finished_at__lt=timezone.now() - PARTS_KEPT)
    for job in ended[:100]:
        files_delete(job_part_files(job))
        Job.objects.filter(pk=job.pk).update(parts_ready=0)


def _worker_lost(attempts: int) -> Broken:
    return Broken(
        "worker_lost",
        f"the worker was lost {attempts} times at this job; it is given up",
        f"обработчик {attempts} раза терялся на этом задании; оно снято",
    )
