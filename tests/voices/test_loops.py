"""Loops beside the tasks of a worker: no error of a bucket, a broker or a row ends them."""

import time
from threading import Event
from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError
from django.db import InterfaceError, OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from voices import worker
from voices.errors import Outage
from voices.loops import Loop, each_tried
from voices.models import Batch, Worker
from voices.services.jobs import batch_flow, leases
from voices.services.jobs.workers import worker_report
from voices.services.upkeep import reaper, retention

pytestmark = pytest.mark.django_db(transaction=True)

ERRORS = [
    Outage("storage_unavailable", "the files cannot be reached now", "файлы сейчас недоступны"),
    EndpointConnectionError(endpoint_url="http://s3"),
    RedisConnectionError("connection refused"),
    ResponseError("READONLY"),
    InterfaceError("connection already closed"),
    KeyError("x"),
    MemoryError(),
]


@pytest.fixture
def running(monkeypatch, settings):
    """A worker's loops, with short pauses; they are stopped afterwards."""
    settings.REAPER_SECONDS = settings.SWEEP_CHECK_SECONDS = 0.01
    settings.WORKER_METRICS_PORT = 0
    monkeypatch.setenv(worker.NAME_VARIABLE, "host:1")
    monkeypatch.setattr(worker, "_queues", lambda: ["speech"])
    started = []

    class Kept(Loop):
        def start(self):
            started.append(self)
            super().start()

    monkeypatch.setattr(worker, "Loop", Kept)
    yield lambda: worker.start_keeper() or started
    worker._stop.set()
    for loop in started:
        loop.join(10)


def written(write):
    """Beside the loops, which lock the table of a database in memory instead of waiting for each other."""
    for _ in range(100):
        try:
            return write()
        except OperationalError:
            time.sleep(0.05)
    return write()


def failing(monkeypatch, module, name, error):
    """Make a function fail; the event tells that it was tried again all the same."""
    tries, again = [], Event()

    def fail(*_args, **_kwargs):
        tries.append(1)
        if len(tries) > 2:
            again.set()
        raise error

    monkeypatch.setattr(module, name, fail)
    return again


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize(
    "name", ["sweep_if_due", "jobs_requeue_stuck", "rates_prune", "worker_report"]
)
def test_neither_loop_ends_with_an_error_of_its_work(running, monkeypatch, name, error):
    worker_report(name="host:1", queues=["speech"])
    again = failing(monkeypatch, worker, name, error)
    loops = running()
    assert again.wait(20)
    assert {loop.name for loop in loops if loop.is_alive()} == {"keeper", "sweeper"}


def test_the_lease_of_a_job_is_extended_after_any_error(monkeypatch, settings):
    settings.JOB_LEASE_SECONDS = 0.02

    class Lease:
        tried = Event()
        tries = 0

        @property
        def row(self):
            self.tries += 1
            if self.tries > 2:
                self.tried.set()
            raise InterfaceError("connection already closed")

    lease = Lease()
    with leases.leases_held(lease):
        assert lease.tried.wait(20)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loop_that_has_ended_shows_in_readyz(running, monkeypatch, client):
    reported = Event()

    def report(**facts):
        worker_report(**facts)
        if facts["trouble"]:
            reported.set()

    def end():
        raise SystemExit

    assert "upkeep" in client.get("/readyz").json()["checks"]
    monkeypatch.setattr(worker, "worker_report", report)
    monkeypatch.setattr(worker, "sweep_if_due", end)
    running()
    assert reported.wait(20)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["upkeep"] == "host:1: the sweeper has ended"
    written(lambda: Worker.objects.update(trouble=""))
    assert client.get("/readyz").json()["checks"]["upkeep"] == "ok"


def test_a_worker_that_has_just_started_reports_no_trouble(running, monkeypatch):
    reports, reported = [], Event()

    def report(*, trouble, **_facts):
        reports.append(trouble)
        reported.set()

    class Heard(worker.Loop):
        def start(self):
            super().start()
            if self.name == "keeper":
                assert reported.wait(20)

    monkeypatch.setattr(worker, "worker_report", report)
    monkeypatch.setattr(worker, "Loop", Heard)
    running()
    assert reports[0] == ""


def test_one_duty_that_fails_keeps_none_of_the_others_from_being_done(monkeypatch, caplog):
    done = []
    again = failing(monkeypatch, reaper, "_stale_parts_delete", ERRORS[0])
    monkeypatch.setattr(reaper, "webhooks_retry", lambda: done.append("webhooks"))
    monkeypatch.setattr(reaper, "_lost_jobs_requeue", lambda: 3)
    monkeypatch.setattr(reaper, "_missing_messages_send", lambda: 1)
    for _ in range(3):
        assert reaper.jobs_requeue_stuck() == 4
    assert again.is_set()
    assert done == ["webhooks"] * 3
    assert "will be tried again" in caplog.text


def test_without_the_database_the_rest_is_not_even_tried():
    def fail():
        raise InterfaceError("connection already closed")

    with pytest.raises(InterfaceError):
        each_tried(fail, lambda: pytest.fail("was tried"))


def test_a_metrics_port_that_is_taken_stops_neither_loop(running, monkeypatch, settings):
    def taken(*_args, **_kwargs):
        raise OSError("address already in use")

    settings.WORKER_METRICS_PORT = 9100
    monkeypatch.setattr(worker, "start_http_server", taken)
    again = failing(monkeypatch, worker, "rates_prune", ERRORS[0])
    with pytest.raises(OSError, match="in use"):
        running()
    assert again.wait(20)


def test_a_row_that_cannot_be_removed_keeps_the_rest_of_the_sweep_from_nothing(monkeypatch):
    tried = []

    def remove(job):
        def resist():
            tried.append(job)
            raise KeyError(job)

        return retention._removed(resist)

    monkeypatch.setattr(retention, "jobs_expired", lambda: ["first", "second"])
    monkeypatch.setattr(retention, "_job_removed", remove)
    assert retention.sweep().jobs == 0
    assert tried == ["first", "second"]


def test_a_batch_that_cannot_go_on_does_not_hold_the_others(monkeypatch):
    batches = [Batch.objects.create(visitor=uuid4(), source="texts").pk for _ in range(2)]
    tried = []

    def advance(*, batch_id):
        tried.append(batch_id)
        raise ValueError(batch_id)

    monkeypatch.setattr(batch_flow, "batch_advance", advance)
    batch_flow.batches_advance()
    assert tried == batches
