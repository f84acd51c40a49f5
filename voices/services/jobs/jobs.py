"""Jobs: created, claimed, ended, waited for. States move by filtered UPDATE only."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from voices.client_connection import client_watch
from voices.dispatch import dispatch
from voices.errors import (
    AppError,
    CallerLeft,
    Conflict,
    Outage,
    TimedOut,
    Unavailable,
    error_of_status,
)
from voices.kinds import KINDS, Kind, Queue
from voices.models import Job, Voice
from voices.models.stored_file import GIVEN
from voices.owner import Owner
from voices.selectors.health import workers_alive
from voices.selectors.jobs import job_get
from voices.services.jobs.endings import job_end
from voices.services.jobs.files import files_remove
from voices.services.jobs.hearing import voices_heard_record
from voices.services.jobs.leases import JobLease, job_claimed, lease_end
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.turns import jobs_due, queue_room_check, turn_next
from voices.storage import files_delete, part_name

logger = logging.getLogger(__name__)

FIRST_POLL_SECONDS, LAST_POLL_SECONDS = 0.02, 0.25
CANDIDATES = 8
NO_ERROR: dict[str, Any] = {
    "error_status": None, "error_code": "", "error_en": "", "error_ru": "", "error_details": {},
}  # fmt: skip
NO_WORKER_PATIENCE_SECONDS = 90  # a worker that starts loads its models first


@transaction.atomic
def job_create(
    *, owner: Owner, kind: Kind, voice: Voice | None, queue: Queue | None = None, **fields: Any
) -> Job:
    """Queue a job, in the queue of its kind unless in another; the workers hear of it when the transaction
    commits.

    Raises:
        QuotaExceeded: the owner may not have this much.
        Unavailable: `queue_full`.
    """
    name = (queue or kind.queue).name
    queue_room_check(queue=name, jobs=1)
    if not kind.free:
        characters = len(fields.get("text", "")) if kind.counts_characters else 0
        quota_take(owner=owner, jobs=1, characters=characters, counts_work=kind.counts_work)
    job = Job.objects.create(
        **owner.fields,
        kind=kind.name,
        queue=name,
        voice=voice,
        turn=turn_next(owner=owner, queue=name),
        dispatched_at=Now(),
        **{"voice_name": voice.name if voice else "", **fields},
    )
    voices_heard_record([job])
    transaction.on_commit(partial(dispatch, job_id=job.pk, queue=name))
    return job


def job_claim(*, job_id: UUID) -> Job | None:
    """Take a queued job, or None when another worker has it (redelivery) or it is gone."""
    waiting = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED, held=False)
    ours = {
        "status": Job.Status.RUNNING, "claim": F("claim") + 1, "lease_expires_at": lease_end(),
    }  # fmt: skip
    claimed = waiting.filter(paused=False).update(
        attempts=F("attempts") + 1,
        started_at=timezone.now(),
        progress_stage="",
        progress_done=0,
        seconds_left=None,
        parts_ready=0,
        last_step=None,
        worked_seconds=0.0,
        **ours,
        **NO_ERROR,
    ) or waiting.filter(paused=True).update(paused=False, **ours)
    return Job.objects.select_related("voice").filter(pk=job_id).first() if claimed else None


def job_claim_next(*, queue: str) -> Job | None:
    """Take the queued job whose turn it is, or None when none waits that may be taken now."""
    while True:
        ids = list(jobs_due(queue=queue).values_list("pk", flat=True)[:CANDIDATES])
        if not ids:
            return None
        for job_id in ids:  # one that another worker was quicker to take is passed over
            job = job_claim(job_id=job_id)
            if job is not None:
                return job


def job_fail(*, lease: JobLease, error: AppError) -> None:
    """End a running job with the reason its owner will read; what it half made is removed."""
    ended = job_end(rows=lease.row, status=Job.Status.FAILED, job=lease.job, **error_fields(error))
    if ended:
        logger.warning("job failed: %s: %s", error.code, error.en)
        job_leftovers_delete(job=lease.job)


def job_requeue(*, job: Job, delay_seconds: float = 0, **values: Any) -> bool:
    """Running to queued, if this attempt is still the job's; its streamed parts are dropped."""
    try:
        job.refresh_from_db(fields=["parts_ready"])
    except Job.DoesNotExist:  # deleted meanwhile
        return False
    requeued = job_claimed(job).update(
        status=Job.Status.QUEUED,
        lease_expires_at=None,
        dispatched_at=Now() + timedelta(seconds=delay_seconds),
        parts_ready=0,
        **values,
    )
    if requeued:
        files_delete(job_part_files(job))
    return bool(requeued)


def error_fields(error: AppError) -> dict[str, Any]:
    """Columns that keep an error."""
    return {
        "error_status": error.status,
        "error_code": error.code,
        "error_en": error.en,
        "error_ru": error.ru,
        "error_details": error.details,
    }


def job_error(job: Job) -> AppError:
    """The error a failed or cancelled job ended with."""
    if job.status == Job.Status.CANCELLED:
        return job_cancelled()
    kind = error_of_status(job.error_status or HTTPStatus.INTERNAL_SERVER_ERROR)
    return kind(job.error_code, job.error_en, job.error_ru, **job.error_details)


def job_cancelled() -> Conflict:
    """What is said of a job that was cancelled or removed."""
    return Conflict("job_cancelled", "the job was cancelled", "задание отменено")


def job_cancel(*, owner: Owner, job_id: UUID) -> Job:
    """Stop a job that waits or runs; its worker notices at the next sentence. Others stay as they are.

    Raises:
        NotFound: no such job of this owner.
    """
    job = job_get(owner=owner, job_id=job_id)
    unfinished = Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE)
    if job_end(rows=unfinished, status=Job.Status.CANCELLED, job=job):
        job_leftovers_delete(job=job)
    return job_get(owner=owner, job_id=job_id)


def job_delete(*, owner: Owner, job_id: UUID) -> None:
    """Remove a finished job with its audio.

    Raises:
        NotFound: no such job of this owner.
        Conflict: it still waits or runs.
    """
    job = job_get(owner=owner, job_id=job_id)
    names = [*job.files.values_list("name", flat=True), *job_part_files(job)]
    deleted, _ = Job.objects.filter(pk=job.pk).exclude(status__in=Job.ACTIVE).delete()
    if not deleted:
        raise Conflict("job_active", "cancel the job first", "сначала отмените задание")
    files_delete(names)


def job_part_files(job: Job) -> list[str]:
    return [part_name(job.pk, job.attempts, index) for index in range(job.parts_ready)]


def job_leftovers_delete(*, job: Job) -> None:
    """Remove what an unfinished job made: files, streamed parts, and what its kind undoes. What it was given
    to work on stays with it, so that it can be tried again, and what its kind has outlast a failure."""
    job.refresh_from_db()
    files_delete(job_part_files(job))
    chunks_delete(Job.objects.filter(parent=job))
    made = job.files.exclude(role__in=GIVEN)
    kind = KINDS.get(job.kind)
    if kind is not None and job.status == Job.Status.FAILED:
        for role in kind.outlasting:
            made = made.exclude(role__startswith=role)
    files_remove(made)
    files_delete(jobs_undo([job]))


def jobs_undo(jobs: Sequence[Job]) -> list[str]:
    """Undo what the kinds of these jobs have half made; returns names of files to be deleted."""
    of_kind: dict[str, list[Job]] = {}
    for job in jobs:
        of_kind.setdefault(job.kind, []).append(job)
    return [
        name for kind, some in of_kind.items() if kind in KINDS for name in KINDS[kind].undone(some)
    ]


def chunks_delete(rows: QuerySet[Job]) -> None:
    """Remove chunks of texts that have ended; whoever is at one of them notices."""
    chunks = list(rows)
    Job.objects.filter(pk__in=[chunk.pk for chunk in chunks]).delete()
    files_delete([part_name(chunk.pk, chunk.attempts, 0) for chunk in chunks if chunk.attempts])


def job_answer(*, owner: Owner, job_id: UUID, kept: bool) -> Job:
    """`job_wait` for a call that made the job for nothing but its answer: when there will be none, as the
    client has hung up or the storage is away, the job is cancelled, unless it is to be `kept` for one
    who will ask again.
    """
    try:
        return job_wait(job_id=job_id)
    except (CallerLeft, Outage):
        if not kept:
            job_cancel(owner=owner, job_id=job_id)
        raise


def job_wait(*, job_id: UUID) -> Job:
    """Wait until the job has succeeded, and return it.

    Raises:
        AppError: the job's own error; Conflict when it was cancelled; TimedOut, the job goes on;
            Unavailable when no worker lives; CallerLeft, the job goes on.
    """
    has_left = client_watch()
    started, pause = time.monotonic(), FIRST_POLL_SECONDS
    while True:
        job = Job.objects.with_result().filter(pk=job_id).select_related("voice").first()
        if job is None:
            raise job_cancelled()
        if job.status == Job.Status.SUCCEEDED:
            return job
        if not job.is_active:
            raise job_error(job)
        if has_left():
            logger.info("the client has hung up")
            raise CallerLeft("job_cancelled", "the client has hung up", "клиент отключился")
        job_outage_check(job)
        _check_patience(job, waited=time.monotonic() - started)
        time.sleep(pause)
        pause = min(pause * 1.3, LAST_POLL_SECONDS)


def job_outage_check(job: Job) -> None:
    """Raises Outage, where a job waits until what the service stands on is there again.

    One failure may pass by itself; the second comes seconds later.
    """
    if job.status == Job.Status.QUEUED and job.forgiven > 1 and job.error_code:
        raise Outage(job.error_code, job.error_en, job.error_ru, **job.error_details)


def _check_patience(job: Job, *, waited: float) -> None:
    patience = settings.WAIT_SECONDS
    if waited > patience:
        raise TimedOut(
            "still_working",
            f"not finished after {patience} s; the job goes on and can be asked for later",
            f"не готово за {patience} с; задание продолжается, его можно запросить позже",
            job=str(job.pk),
        )
    queued = job.status == Job.Status.QUEUED
    if queued and waited > NO_WORKER_PATIENCE_SECONDS and not workers_alive(queue=job.queue):
        raise Unavailable(
            "no_worker",
            "no worker is running; the job waits for one",
            "ни один обработчик не запущен; задание ждёт его",
            job=str(job.pk),
        )
