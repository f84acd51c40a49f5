"""What an operator does with other people's jobs."""

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from voices.dispatch import dispatch
from voices.models import Job
from voices.owner import Owner
from voices.services.jobs.endings import job_end
from voices.services.jobs.jobs import NO_ERROR, job_leftovers_delete
from voices.services.jobs.turns import turn_next

# A cancelled or failed enrolment has lost its recordings: there is nothing to try again with.
RETRIABLE_KINDS = (Job.Kind.SPEECH,)


def jobs_retry(*, jobs: QuerySet[Job]) -> int:
    """Queue failed and cancelled speech again, with all its attempts. Returns how many."""
    ended = jobs.filter(
        status__in=(Job.Status.FAILED, Job.Status.CANCELLED),
        kind__in=RETRIABLE_KINDS,
        batch=None,
        voice__isnull=False,
    )
    count = 0
    for job in ended.order_by("created_at"):
        owner = Owner(user_id=job.user_id, visitor=job.visitor)
        queued = Job.objects.filter(pk=job.pk, status=job.status, attempts=job.attempts).update(
            status=Job.Status.QUEUED,
            forgiven=F(
                "attempts"
            ),  # those begun so far do not count; their numbers are not used again
            paused=False,
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
