"""Calls that take their time, waiting for a worker or at work themselves: each holds a thread of the web
server, so there are only so many.

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
            "too many calls wait for their answers now; try again later, or make a job of a text",
            "слишком много вызовов ждут ответа; повторите позже или создайте задание для текста",
            allowed=settings.WAITING_CALLS,
        )
        error.retry_after_seconds = RETRY_SECONDS
        raise error
    try:
        yield
    finally:
        places.release()
