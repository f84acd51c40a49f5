"""Work that is done again and again beside tasks, in threads that no error ends."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import InterfaceError, OperationalError, close_old_connections, connection

logger = logging.getLogger(__name__)


class Loop(Thread):
    """Does its work, waits, and does it again until it is told to stop."""

    def __init__(
        self, name: str, work: Callable[[], object], *, pause_seconds: float, stop: Event
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._pause_seconds, self._told_to_stop = work, pause_seconds, stop

    def run(self) -> None:
        while not self._told_to_stop.is_set():
            close_old_connections()
            try:
                self._work()
            except Exception:
                logger.exception("the %s failed; it goes on", self.name)
            self._told_to_stop.wait(self._pause_seconds)
        connection.close()


def each_tried(*duties: Callable[[], int | None]) -> int:
    """Do one after the other, also when one of them fails; returns the sum of what they count.

    Raises:
        OperationalError, InterfaceError: without the database none of them can be done.
    """
    count = 0
    for duty in duties:
        with failure_logged(duty):
            count += duty() or 0
    return count


@contextmanager
def failure_logged(what: object) -> Iterator[None]:
    """One of several things to do; raises as `each_tried`."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("%s failed; it will be tried again", what)
