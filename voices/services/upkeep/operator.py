"""What an operator does with other people's jobs."""

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from voices.dispatch import dispatch
from voices.kinds import KINDS
from voices.models import Job
from voices.owner import Owner
from voices.services.jobs.endings import job_end
from voices.services.jobs.jobs import NO_ERROR, job_leftovers_delete
from voices.services.jobs.turns import turn_next


def jobs_retry(*, jobs: QuerySet[Job]) -> int:
    """Queue again what has failed or was cancelled, with all its attempts, where there is still something to
    work on. Returns how many.
    """
    ended = jobs.filter(
        status__in=(Job.Status.FAILED, Job.Status.CANCELLED),
        kind__in=[kind.name for kind in KINDS.values() if kind.retriable],
        batch=None,
    ).exclude(voice__isnull=True, heard__isnull=False)
    count = 0
    for job in ended.order_by("created_at"):
        owner = Owner(user_id=job.user_id, visitor=job.visitor)
        queued = Job.objects.filter(pk=job.pk, status=job.status, attempts=job.attempts).update(
            status=Job.Status.QUEUED,
            forgiven=F(
                "attempts"
            ),  # those begun so far do not count; their numbers are not used again
            paused=False,
            held=False,
            finishing=False,
            turn=turn_next(owner=owner, queue=job.queue),
            dispatched_at=Now(),
            finished_at=None,
            parts_ready=0,
            **NO_ERROR,
        )
        if queued:
            dispatch(job_id=job.pk, queue=job.queue)
            count += 1
    return count


def jobs_cancel(*, jobs: QuerySet[Job]) -> int:
    """Stop what waits or runs. Returns how many."""
    count = 0
    for job in jobs.filter(status__in=Job.ACTIVE):
        unfinished = Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE)
        if job_end(rows=unfinished, status=Job.Status.CANCELLED, job=job):
            job_leftovers_delete(job=job)
            count += 1
    return count
