"""A job's progress as it changes, for somebody who listens."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings

from voices.errors import NotFound, Unavailable
from voices.models import Job

POLL_SECONDS = 0.3
HEARTBEAT_SECONDS = 10.0
_listeners = BoundedSemaphore(settings.EVENT_LISTENERS)


@contextmanager
def _listening() -> Iterator[None]:
    """One of the few: each listener holds a thread of the web server.

    Raises:
        Unavailable: `too_many_listeners`.
    """
    listeners = _listeners
    if not listeners.acquire(blocking=False):
        raise Unavailable(
            "too_many_listeners",
            "too many listen to events now; poll the job instead",
            "событий сейчас слушает слишком много клиентов; опрашивайте задание",
        )
    try:
        yield
    finally:
        listeners.release()


def job_version(job: Job) -> str:
    """Changes with whatever an event tells."""
    progress = f"{job.progress_stage}.{job.progress_done}.{job.progress_total}"
    wished = f"{job.held or ''}{job.finishing or ''}"
    return f"{job.attempts}.{job.parts_ready}.{progress}.{job.last_step}.{job.shown_status}{wished}"


def job_events(*, find: Callable[[], Job], seen: str) -> Iterator[Job | None]:
    """The job at each change until it has ended; None now and then while nothing changes.

    Args:
        find: reads the job anew; what it raises ends the events.
        seen: version that the listener has already.
    """
    deadline = time.monotonic() + settings.EVENTS_SECONDS
    with _listening():
        told_at = 0.0  # at once, so that the listener knows that it is heard
        while True:
            try:
                job = find()
            except NotFound:  # removed meanwhile
                return
            if job_version(job) != seen:
                seen, told_at = job_version(job), time.monotonic()
                yield job
            elif time.monotonic() - told_at > HEARTBEAT_SECONDS:
                told_at = time.monotonic()
                yield None
            if not job.is_active or time.monotonic() > deadline:
                return
            time.sleep(POLL_SECONDS)
