"""Run jobs in a worker: claim, do, end. A call too many finds nothing to do."""

import logging
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from voiceclone import tracing
from voiceclone.logging import log_context
from voices import engine
from voices.dispatch import dispatch
from voices.errors import AppError, Broken, JobCancelled, JobPaused, Outage, Unavailable
from voices.kinds import KINDS
from voices.metrics import GPU_BYTES, JOB_SECONDS, JOB_WAIT_SECONDS
from voices.services.jobs.jobs import error_fields, job_claim_next, job_fail, job_requeue
from voices.services.jobs.leases import JobLease, leases_held
from voices.services.jobs.quotas import usage_work_add
from voices.services.speech.saying import speech_keep
from voices.services.speech.together import Said, jobs_beside, said_together
from voices.storage import storage_room_check

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 30.0
OUTAGE_ATTEMPTS = 1000  # one in half a minute: for eight hours

Work = Callable[[JobLease], None]


def job_run_next(*, queue: str) -> None:
    """Claim and do the job whose turn it is in the queue, if any waits, and those said with it; every
    outcome ends in its row.
    """
    job = job_claim_next(queue=queue)
    if job is None:
        return
    others = jobs_beside(job)
    if others:
        _do_together([JobLease(one) for one in (job, *others)])
    else:
        _do(JobLease(job), _work)


def _do_together(leases: list[JobLease]) -> None:
    """Say short texts in one batch; then each ends in its row as if it had been alone."""
    device_lost: SystemExit | None = None
    with leases_held(*leases):
        for lease, (work, seconds) in zip(leases, _said(leases), strict=True):
            try:
                _do(lease, work, spent_seconds=seconds)
            except SystemExit as error:  # the others are to be queued again too
                device_lost = error
    if device_lost is not None:
        raise device_lost


def _said(leases: list[JobLease]) -> list[tuple[Work, float]]:
    """What is left to do for each of them, and its share of the seconds that were spent."""
    started, lead = time.monotonic(), leases[0].job
    ids = {"request_id": lead.request_id, "job_id": str(lead.pk)}
    with log_context(**ids), tracing.span("texts together", traceparent=lead.traceparent):
        try:
            storage_room_check()
            said = said_together([lease.job for lease in leases])
        except Exception as error:
            if engine.is_device_lost(error):
                return [(partial(_keep, error, 0.0), 0.0)] * len(leases)
            # one of them must not cost the others their attempt: alone, each ends with its own error
            logger.warning("%d texts cannot be said together", len(leases), exc_info=True)
            return [(_work, 0.0) for lease in leases]
        share = (time.monotonic() - started) / len(leases)
        logger.info("%d texts said together, %.2f s each", len(leases), share)
        return [(partial(_keep, one, share), share) for one in said]


def _work(lease: JobLease) -> None:
    """What the job's kind does.

    Raises:
        Unavailable: `unknown_kind`, which workers of a newer version may know.
    """
    kind = KINDS.get(lease.job.kind)
    if kind is None:
        raise Unavailable(
            "unknown_kind",
            "no worker of this version knows this kind of work",
            "обработчики этой версии не знают такого вида работы",
        )
    kind.do(lease)


def _keep(said: Said | Exception, seconds: float, lease: JobLease) -> None:
    if isinstance(said, Exception):
        raise said
    audio, sentences = said
    lease.progress(len(sentences), len(sentences))
    speech_keep(lease, audio, sentences, seconds=seconds)


def _do(lease: JobLease, work: Work, *, spent_seconds: float = 0.0) -> None:
    """`spent_seconds` are the job's share of what was done for several before."""
    job, started = lease.job, time.monotonic() - spent_seconds
    if job.claim == 1 and job.started_at is not None and job.parent_id is None:
        JOB_WAIT_SECONDS.labels(job.queue).observe(
            (job.started_at - job.created_at).total_seconds()
        )
    ids = {"request_id": job.request_id, "job_id": str(job.pk)}
    with log_context(**ids), tracing.span(f"job {job.kind}", traceparent=job.traceparent, **ids):
        logger.info("%s starts, attempt %d", job.kind, job.attempts)
        try:
            outcome = _attempt(lease, work)
        finally:
            _work_count(lease)
        tracing.job_ended(outcome)
        seconds = time.monotonic() - started
        logger.info("%s %s after %.2f s", job.kind, outcome, seconds)
    kind = job.kind if job.kind in KINDS else "unknown"
    JOB_SECONDS.labels(job.queue, kind, outcome).observe(seconds)
    GPU_BYTES.set(engine.gpu_memory_bytes())


def _work_count(lease: JobLease) -> None:
    """Take what was given to the job since its claim from its owner's day, however that ended."""
    kind = KINDS.get(lease.job.kind)
    if kind is None or not kind.counts_work:
        return
    try:
        usage_work_add(job=lease.job, seconds=time.monotonic() - lease.began_at)
    except DatabaseError:
        logger.exception("seconds of work could not be counted")


def _attempt(lease: JobLease, work: Work) -> str:
    """Do the work; every outcome ends in the row, and is named."""
    try:
        with leases_held(lease):
            storage_room_check()
            work(lease)
    except JobCancelled:
        return "cancelled"  # or taken over
    except JobPaused:
        return "paused"
    except AppError as error:
        _end_with(lease, error)
    except (OperationalError, InterfaceError):
        logger.exception("the database was lost")
        _give_back(lease)
    except MemoryError:
        logger.exception("out of memory")
        _end_with(lease, Unavailable("out_of_memory", "not enough memory", "не хватило памяти"))
    except Exception as error:
        if engine.is_device_lost(error):
            logger.exception("the device is lost; this process makes room for a fresh one")
            _end_with(lease, Unavailable("device_lost", "the GPU failed", "видеокарта отказала"))
            raise SystemExit(1) from error  # the pool starts another
        logger.exception("job broke")
        _end_with(lease, _internal_error())
    else:
        return "succeeded"
    return "failed"


def _end_with(lease: JobLease, error: AppError) -> None:
    job, forgiven = lease.job, isinstance(error, Outage)
    tries = job.forgiven if forgiven else lease.attempt - job.forgiven
    if error.retryable and tries < (OUTAGE_ATTEMPTS if forgiven else settings.JOB_ATTEMPTS):
        logger.warning("attempt %d: %s; trying again", lease.attempt, error)
        pause = min(2.0 ** (tries + forgiven), LONGEST_PAUSE_SECONDS)
        cause = {**error_fields(error), "forgiven": job.forgiven + forgiven}
        if job_requeue(job=job, delay_seconds=pause, **cause):
            dispatch(job_id=job.pk, queue=job.queue, delay_seconds=pause)
        return
    job_fail(lease=lease, error=error)


def _give_back(lease: JobLease) -> None:
    """If the database answers again already; otherwise the lease runs out."""
    connection.close_if_unusable_or_obsolete()
    try:
        _end_with(lease, Outage("database_lost", "the database was lost", "база данных пропала"))
    except DatabaseError:
        logger.warning("the database does not answer; the reaper will queue the job again")


def _internal_error() -> Broken:
    return Broken(
        "internal_error",
        "something broke on our side; the operator's log has the details",
        "у нас что-то сломалось; подробности в журнале сервера",
    )
