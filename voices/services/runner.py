"""Run one job in a worker: claim it, do it, end it. Safe to be called twice for the same job."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.conf import settings

from voiceclone.logging import log_context
from voices.dispatch import dispatch
from voices.errors import AppError, Broken, JobCancelled, Unavailable
from voices.models import Job
from voices.services.consent import consent_work
from voices.services.enrolment import enrolment_work
from voices.services.jobs import job_claim, job_fail
from voices.services.leases import JobLease
from voices.services.previews import preview_work
from voices.services.reaper import job_requeue
from voices.services.speech import speech_work
from voices.services.tracks import track_work

logger = logging.getLogger(__name__)

WORK: dict[str, Callable[[JobLease], None]] = {
    Job.Kind.SPEECH: speech_work,
    Job.Kind.ENROLMENT: enrolment_work,
    Job.Kind.TRACK: track_work,
    Job.Kind.PREVIEW: preview_work,
    Job.Kind.CONSENT: consent_work,
}


def job_run(*, job_id: UUID) -> None:
    """Claim and do the job; every outcome ends in its row."""
    job = job_claim(job_id=job_id)
    if job is None:
        return
    lease = JobLease(job)
    with log_context(job_id=str(job_id)):
        logger.info("%s starts, attempt %d", job.kind, job.attempts)
        try:
            with lease.held():
                WORK[job.kind](lease)
        except JobCancelled:
            logger.info("job was cancelled or taken over")
        except AppError as error:
            _end_with(lease, error)
        except MemoryError:
            logger.exception("out of memory")
            _end_with(lease, Unavailable("out_of_memory", "not enough memory", "не хватило памяти"))
        except Exception:
            logger.exception("job broke")
            _end_with(lease, _internal_error())


def _end_with(lease: JobLease, error: AppError) -> None:
    if error.retryable and lease.attempt < settings.JOB_ATTEMPTS:
        logger.warning("attempt %d: %s; trying again", lease.attempt, error)
        if job_requeue(job=lease.job):
            dispatch(job_id=lease.job.pk, queue=lease.job.queue, delay_seconds=2.0**lease.attempt)
        return
    job_fail(lease=lease, error=error)


def _internal_error() -> Broken:
    return Broken(
        "internal_error",
        "something broke on our side; the operator's log has the details",
        "у нас что-то сломалось; подробности в журнале сервера",
    )
