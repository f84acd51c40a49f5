"""Long work rests when its owner says so, and goes on from what it has made when told to.

One that waits is not taken meanwhile; one that runs is asked between two of its steps (`rest_is_asked_for`
of voices/services/jobs/pauses.py) and goes back to its queue with what it has saved.
"""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from voices.dispatch import dispatch
from voices.errors import Conflict
from voices.models import Job
from voices.owner import Owner
from voices.selectors.jobs import job_get


def job_hold(*, owner: Owner, job_id: UUID) -> Job:
    """Have a job rest; one that rests already goes on doing so.

    Raises:
        NotFound: no such job of this owner.
        Conflict: `job_ended`.
    """
    job = job_get(owner=owner, job_id=job_id)
    if not Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE).update(held=True):
        raise _ended()
    return job_get(owner=owner, job_id=job_id)


def job_release(*, owner: Owner, job_id: UUID) -> Job:
    """Let it go on; the rest as `job_hold`."""
    job = job_get(owner=owner, job_id=job_id)
    unfinished = Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE)
    with transaction.atomic():
        if not unfinished.update(held=False):
            raise _ended()
        unfinished.filter(status=Job.Status.QUEUED).update(dispatched_at=Now())
        transaction.on_commit(lambda: dispatch(job_id=job.pk, queue=job.queue))
    return job_get(owner=owner, job_id=job_id)


def job_finish(*, owner: Owner, job_id: UUID) -> Job:
    """Have it end with what it has made: its worker does so after this step, or whoever takes it up next.

    Raises:
        As `job_hold`.
    """
    job = job_get(owner=owner, job_id=job_id)
    if not Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE).update(finishing=True, held=False):
        raise _ended()
    return job_get(owner=owner, job_id=job_id)


def _ended() -> Conflict:
    return Conflict("job_ended", "the job has ended", "задание уже закончено")
