"""Hand out a streamed job's sentences as they are made."""

import time
from collections.abc import Callable, Generator
from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage

from voices.client_connection import client_watch
from voices.errors import NotFound, TimedOut, Unavailable
from voices.models import Job
from voices.owner import Owner
from voices.services.jobs.jobs import (
    job_cancel,
    job_cancelled,
    job_error,
    job_outage_check,
    job_part_files,
)
from voices.storage import files_delete, part_name

POLL_SECONDS = 0.03


def speech_stream(
    *, owner: Owner, job_id: UUID, on_end: Callable[[], object]
) -> Generator[bytes, None, None]:
    """Encoded sentences, each when it is there. Dropping the iterator cancels the job.

    Args:
        on_end: called when no more sentences come, whatever the reason.

    Raises:
        AppError: the job's own error, also before the first sentence.
    """
    sent, heard_at = 0, time.monotonic()
    has_left = client_watch()
    try:
        while True:
            job = Job.objects.filter(pk=job_id).first()
            if job is None:  # removed meanwhile, with its voice for instance
                raise job_cancelled()
            while sent < job.parts_ready:
                with default_storage.open(part_name(job.pk, job.attempts, sent)) as part:
                    yield part.read()
                sent, heard_at = sent + 1, time.monotonic()
            if job.status == Job.Status.SUCCEEDED:
                return
            if not job.is_active:
                raise job_error(job)
            if sent > job.parts_ready:
                raise _interrupted()
            if has_left():
                return
            job_outage_check(job)
            if time.monotonic() - heard_at > settings.WAIT_SECONDS:
                raise TimedOut("still_working", "no sentence for long", "долго нет предложения")
            time.sleep(POLL_SECONDS)
    finally:
        try:
            _end(owner, job_id)
        finally:
            on_end()


def _end(owner: Owner, job_id: UUID) -> None:
    with suppress(NotFound):  # deleted meanwhile
        job = job_cancel(owner=owner, job_id=job_id)
        files_delete(job_part_files(job))
        Job.objects.filter(pk=job_id).update(parts_ready=0)


def _interrupted() -> Unavailable:
    return Unavailable(
        "interrupted",
        "the worker was lost in mid-stream; ask again",
        "обработчик пропал посреди передачи; повторите запрос",
    )
