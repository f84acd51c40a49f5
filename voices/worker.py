"""What a Celery worker does besides tasks: load the models, report itself, reap lost jobs."""

import ctypes
import logging
import os
import socket
from functools import partial
from threading import Event
from typing import Any

from celery import current_app
from celery.signals import (
    celeryd_init,
    task_postrun,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from django.conf import settings
from prometheus_client import start_http_server
from prometheus_client.multiprocess import mark_process_dead

from voiceclone import tracing
from voices import engine
from voices.errors import AppError
from voices.kinds import models_of
from voices.loops import Loop, each_tried
from voices.metrics import counted, stage_took
from voices.services.accounts.closing import accounts_close_further
from voices.services.jobs.leases import stop_within
from voices.services.jobs.rates import rates_prune
from voices.services.jobs.workers import (
    worker_clock_agrees,
    worker_engine_ready,
    worker_forget,
    worker_report,
)
from voices.services.upkeep.reaper import DatabaseClock, jobs_requeue_stuck, leases_renew
from voices.services.upkeep.retention import sweep_if_due

logger = logging.getLogger(__name__)

NAME_VARIABLE = "VOICECLONE_WORKER_NAME"  # the pool's children inherit it
_stop = Event()


@celeryd_init.connect
def name_worker(**_kwargs: Any) -> None:
    os.environ[NAME_VARIABLE] = f"{socket.gethostname()}:{os.getpid()}"


@worker_process_init.connect
def warm_models(**_kwargs: Any) -> None:
    """Load the models in the process that will use them, before anybody waits for it."""
    tracing.start("worker")
    engine.on_stage(stage_took)
    engine.on_stage(tracing.stage_took)
    families = models_of(_queues())
    if not families:
        return
    try:
        engine.warm_up(families)
    except AppError as error:
        logger.error("the models could not be loaded: %s", error)  # jobs will say so to people
        return
    worker_report(name=os.environ[NAME_VARIABLE], queues=_queues(), engine_ready=True)


@task_postrun.connect
def report_models(**_kwargs: Any) -> None:
    """Models that were missing at the start may have been loaded for a job."""
    families = models_of(_queues()) if NAME_VARIABLE in os.environ else set()
    if families and families <= engine.families_loaded():
        worker_engine_ready(name=os.environ[NAME_VARIABLE])


@task_postrun.connect
def give_memory_back(**_kwargs: Any) -> None:
    """What a long recording or text took; glibc would keep 100 MB of it for the next. It takes 2 ms."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@worker_process_shutdown.connect
def settle(pid: int | None = None, **_kwargs: Any) -> None:
    """Of a process that ends the counts stay, what it held does not; its last spans are sent."""
    tracing.stop()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(pid)


@worker_ready.connect
def start_keeper(**_kwargs: Any) -> None:
    _stop.clear()
    # in a thread of its own: much to remove must not silence the keeper
    sweeper = Loop("sweeper", _sweep, pause_seconds=settings.SWEEP_CHECK_SECONDS, stop=_stop)
    keep = partial(_keep, DatabaseClock(), sweeper)
    keeper = Loop("keeper", keep, pause_seconds=settings.REAPER_SECONDS, stop=_stop)
    sweeper.start()  # before the keeper, who reports one that is not alive
    keeper.start()
    if settings.WORKER_METRICS_PORT:
        start_http_server(settings.WORKER_METRICS_PORT, registry=counted())


@worker_shutting_down.connect
def let_go_in_time(**_kwargs: Any) -> None:
    """Celery would wait for what runs however long it takes, and then be killed with it."""
    stop_within(settings.WORKER_STOP_SECONDS)


@worker_shutdown.connect
def stop_keeper(**_kwargs: Any) -> None:
    _stop.set()
    worker_forget(name=os.environ[NAME_VARIABLE])


def _queues() -> list[str]:
    return sorted(current_app.amqp.queues.consume_from)


def _sweep() -> None:
    agrees = worker_clock_agrees(name=os.environ[NAME_VARIABLE])
    if agrees:
        sweep_if_due()
    elif agrees is not None:
        logger.error("this machine's clock is not the database's; nothing is swept")


def _keep(clock: DatabaseClock, sweeper: Loop) -> None:
    name = os.environ[NAME_VARIABLE]
    trouble = "" if sweeper.is_alive() else "the sweeper has ended"
    worker_report(name=name, queues=_queues(), trouble=trouble)
    if clock.has_jumped(worker=name):
        leases_renew()
    each_tried(jobs_requeue_stuck, rates_prune, accounts_close_further)
