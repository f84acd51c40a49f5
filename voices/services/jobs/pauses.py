"""Long work lets others by: given back to its queue with what is made, it goes on when its turn comes."""

import time
from typing import NoReturn

from django.db import transaction
from django.db.models.functions import Now

from voices.dispatch import dispatch
from voices.errors import JobCancelled, JobPaused
from voices.kinds import stands_back
from voices.models import Job
from voices.services.jobs.leases import JobLease
from voices.services.jobs.turns import STINT_SECONDS, jobs_to_let_by, people_wait, turn_given_up


def somebody_waits(lease: JobLease) -> bool:
    """Whether the job should be paused as soon as what it has made is stored."""
    job = lease.job
    if not stands_back(job.queue):
        return jobs_to_let_by(job=job).exists()
    if time.monotonic() - lease.began_at < STINT_SECONDS:
        return False
    return people_wait() or jobs_to_let_by(job=job).exists()


def rest_is_asked_for(lease: JobLease) -> bool:
    """Whether the job's owner wants it to rest. Raises JobCancelled: the job is no longer ours."""
    held = lease.row.values_list("held", flat=True).first()
    if held is None:
        raise JobCancelled
    return held


def end_is_asked_for(lease: JobLease) -> bool:
    """Whether the job's owner wants it to end with what it has made. Raises JobCancelled: the job is no longer ours."""
    finishing = lease.row.values_list("finishing", flat=True).first()
    if finishing is None:
        raise JobCancelled
    return finishing


def job_pause(lease: JobLease) -> NoReturn:
    """Put the job behind those that it lets by; its parts and chunks stay.

    Raises:
        JobPaused: always, to unwind the work.
        JobCancelled: the job is no longer ours.
    """
    job = lease.job
    with transaction.atomic():
        lease.extend()  # and locks the row
        job.refresh_from_db(fields=["user", "visitor"])  # a visitor may have signed in meanwhile
        paused = lease.row.update(
            status=Job.Status.QUEUED,
            paused=True,
            turn=turn_given_up(job=job),
            worked_seconds=worked_seconds(lease),
            lease_expires_at=None,
            dispatched_at=Now(),
        )
    if not paused:
        raise JobCancelled
    dispatch(job_id=job.pk, queue=job.queue)
    raise JobPaused


def worked_seconds(lease: JobLease) -> float:
    """What a worker has given to the job since this attempt began, its pauses not counted."""
    return lease.job.worked_seconds + time.monotonic() - lease.began_at
