"""Calls that wait for a worker: each holds a thread of the web server, so there are only so many.

The others are for what is answered at once: progress, pages, probes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings

from voices.errors import Unavailable

RETRY_SECONDS = 3  # a sentence takes less
_places = BoundedSemaphore(settings.WAITING_CALLS)


@contextmanager
def waiting_place() -> Iterator[None]:
    """One of the places; taken before anything is made, so that a refused call leaves nothing behind.

    Raises:
        Unavailable: `too_many_waiting`.
    """
    places = _places
    if not places.acquire(blocking=False):
        error = Unavailable(
            "too_many_waiting",
            "too many calls wait for their audio now; make a job instead, or try again later",
            "слишком много вызовов ждут звук; создайте задание или повторите позже",
            allowed=settings.WAITING_CALLS,
        )
        error.retry_after_seconds = RETRY_SECONDS
        raise error
    try:
        yield
    finally:
        places.release()
