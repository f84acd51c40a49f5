"""A worker's hold on a running job, and its letting go in time when it was asked to stop."""

import logging
import math
import mmap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from voices.errors import JobCancelled, Outage
from voices.models import Job

logger = logging.getLogger(__name__)

PROGRESS_EVERY_SECONDS = 0.3
# One float that the processes of a pool share with the parent that forks them: when to let go, by
# the machine's monotonic clock. Only the parent hears of a stop.
_let_go_at = memoryview(mmap.mmap(-1, 8)).cast("d")
_let_go_at[0] = math.inf


def lease_end() -> Combinable:
    """By the database's clock, the one that all workers share."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def job_claimed(job: Job) -> QuerySet[Job]:
    """The job's row as long as nobody else has claimed it since, and it runs."""
    # a version that does not count claims counts attempts, while servers are renewed
    same = {"claim": job.claim, "attempts": job.attempts}
    return Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, **same)


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """A part of a job with a pace of its own. `done_before` was there when this worker took it up."""

    name: str
    begun_at: float
    done_before: int = 0

    def seconds_left(self, done: int, total: int) -> float | None:
        """By what was made since its beginning; None as long as that is nothing."""
        made = done - self.done_before
        if made <= 0 or total < done:
            return None
        return round((time.monotonic() - self.begun_at) / made * (total - done), 1)


class JobLease:
    """Held from claim to finish. Every write checks that the job is still ours: running, with the
    number of our claim. When it is not (cancelled, or given to another worker) JobCancelled is raised.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.attempt = job.attempts
        self.began_at = time.monotonic()
        self._written_at = 0.0
        self._written = (job.progress_stage, 0)
        self._done = 0
        self._stage = _Stage(
            name=job.progress_stage, begun_at=self.began_at, done_before=job.progress_done
        )

    @property
    def row(self) -> QuerySet[Job]:
        """The job's row as long as it is ours."""
        return job_claimed(self.job)

    def check(self) -> None:
        if not self.row.exists():
            raise JobCancelled

    def extend(self) -> None:
        self._write()

    def progress(
        self, done: int, total: int, stage: str = "", *, seconds_left: float | None = None
    ) -> None:
        """Write how much of a stage is done, and how long the rest of it will take at the pace so far;
        skipped when the last write is too fresh.

        Args:
            done: of `total` units of the job's kind; a new stage counts from 0.
            seconds_left: of the whole job, from work that measures that itself.

        Raises Outage when the worker has to stop and there is more to do.
        """
        if done < total:
            stop_check()
        if stage != self._stage.name:
            self._stage = _Stage(name=stage, begun_at=time.monotonic(), done_before=done)
            self._done = 0
        self._done = done = max(done, self._done)
        fresh = time.monotonic() - self._written_at < PROGRESS_EVERY_SECONDS
        if fresh and 0 < done < total and self._written == (stage, total):
            return
        self._written = (stage, total)
        self._write(
            progress_stage=stage,
            progress_done=done,
            progress_total=total,
            seconds_left=self._stage.seconds_left(done, total)
            if seconds_left is None
            else round(seconds_left, 1),
        )

    def part_ready(self, count: int) -> None:
        """A streamed sentence is stored; `count` of them so far."""
        self._write(parts_ready=count, progress_done=max(count, self._done))

    def reached(self, step: int) -> None:
        """The training has a point at this step."""
        self._write(last_step=step)

    def kept(self, count: int, **params: Any) -> None:
        """So many parts are stored, which a pause leaves, with what `params` is to know of them."""
        self.job.params.update(params)
        self._write(parts_ready=count, params=self.job.params)

    def saved(self) -> None:
        """All that was made so far can be gone on with: a worker that is lost from here on costs none of the
        job's tries, of which it has as many again.
        """
        self._write(forgiven=F("attempts") - 1)
        self.job.forgiven = self.attempt - 1

    def _write(self, **values: Any) -> None:
        if not self.row.update(lease_expires_at=lease_end(), **values):
            raise JobCancelled
        self._written_at = time.monotonic()


@contextmanager
def leases_held(*leases: JobLease) -> Iterator[None]:
    """Keep extending leases from a thread, also while one sentence takes long."""
    stop = Event()
    thread = Thread(target=_extend_until, args=(stop, leases), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _extend_until(stop: Event, leases: tuple[JobLease, ...]) -> None:
    while not stop.wait(settings.JOB_LEASE_SECONDS / 4):
        try:
            for lease in leases:
                lease.row.update(lease_expires_at=lease_end())
        except Exception:
            logger.exception("the lease could not be extended; trying again")
    connection.close()


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
