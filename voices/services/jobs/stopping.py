"""A worker that was asked to stop: what it cannot finish in time goes back to its queue, untouched."""

import math
import mmap
import time

from voices.errors import Outage

# One float that the processes of a pool share with the parent that forks them: when to let go, by
# the machine's monotonic clock. Only the parent hears of a stop.
_let_go_at = memoryview(mmap.mmap(-1, 8)).cast("d")
_let_go_at[0] = math.inf


def stop_within(seconds: float) -> None:
    """Jobs that are not done by then are given back."""
    _let_go_at[0] = time.monotonic() + seconds


def stop_check() -> None:
    """Raises Outage: the time is up; another worker goes on with the job."""
    if time.monotonic() >= _let_go_at[0]:
        raise Outage(
            "worker_stopped",
            "the worker was stopped; another one goes on",
            "обработчик остановлен; продолжит другой",
        )
