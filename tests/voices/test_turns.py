"""Whose job is next, when the service is full, and what is no fault of a job's."""

import errno
import os
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.conftest import delays_over
from tests.voices.asking import asked
from voices import engine
from voices.models import Job, Worker
from voices.services.jobs.jobs import job_claim_next
from voices.services.jobs.workers import worker_clock_agrees, worker_report
from voices.services.upkeep import reaper, runner
from voices.services.upkeep.reaper import DatabaseClock, jobs_requeue_stuck, leases_renew
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "messages")


@pytest.fixture(autouse=True)
def _empty_broker(monkeypatch):
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: 0)


def queue_up(name, count=1):
    return [asked(name) for _ in range(count)]


def served(count):
    names = []
    for _ in range(count):
        job = job_claim_next(queue="speech")
        names.append(job.user.username)
    return "".join(names)


def test_owners_take_turns(transactional_db):
    queue_up("a", 6)
    assert served(2) == "aa"
    queue_up("b", 1)
    queue_up("c", 3)
    assert served(8) == "abcacaca"
    assert job_claim_next(queue="speech") is None


def test_another_queue_is_not_touched(transactional_db):
    queue_up("a")
    assert job_claim_next(queue="batch") is None


def test_a_batch_in_hand_stands_beside_other_people_s(caller, settings):
    settings.BATCH_JOBS_AT_ONCE = 3
    for name in ("a", "b"):
        body = {"texts": ["Раз.", "Два.", "Три.", "Четыре."], "voice": "anna"}
        assert caller(name).post("/api/v1/batches/", body, format="json").status_code == 202
    claimed = [job_claim_next(queue="batch").user.username for _ in range(6)]
    assert "".join(claimed) == "ababab"
    assert job_claim_next(queue="batch") is None  # the fourth of each is held back


def test_a_full_queue_refuses_everybody_and_says_when_to_come_back(caller, settings):
    settings.QUEUE_JOBS_WAITING = 2
    queue_up("a", 2)
    body = {"text": "Привет.", "voice": "anna"}
    answer = caller("b").post("/api/v1/jobs/", body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "queue_full")
    assert int(answer["Retry-After"]) > 0
    texts = {"texts": ["Раз."], "voice": "anna"}
    assert caller("b").post("/api/v1/batches/", texts, format="json").status_code == 202


def fail_with(monkeypatch, error):
    def store(*_):
        raise error

    monkeypatch.setattr("voices.storage.AtomicFileSystemStorage._save", store)


def test_a_full_disk_costs_a_job_no_attempt_and_is_named(caller, messages, monkeypatch, settings):
    job = queue_up("a")[0]
    with monkeypatch.context() as full:
        fail_with(full, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        for _ in range(settings.JOB_ATTEMPTS + 2):
            delays_over()
            job_run_next(queue="speech")
    shown = caller("a").get(f"/api/v1/jobs/{job.pk}/").json()
    assert (shown["status"], shown["error"]["code"]) == ("queued", "storage_full")
    assert [delay for _, delay in messages] == [0, 2, 4, 8, 16, 30]
    assert job_claim_next(queue="speech") is None  # not before its time
    delays_over()
    job_run_next(queue="speech")
    shown = caller("a").get(f"/api/v1/jobs/{job.pk}/").json()
    assert (shown["status"], shown["error"]) == ("succeeded", None)


def test_no_work_is_begun_while_the_disk_is_full(monkeypatch, humming_engine):
    job = queue_up("a")[0]
    monkeypatch.setattr("voices.storage.ROOM_BYTES", 2**63)
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.error_code, humming_engine) == ("queued", "storage_full", [])


def test_a_database_lost_in_the_middle_does_not_fail_the_job(monkeypatch, settings):
    job = queue_up("a")[0]

    def lose(order, on_progress=None):
        raise OperationalError("terminating connection")

    with monkeypatch.context() as lost:
        lost.setattr(engine, "speak", lose)
        for _ in range(settings.JOB_ATTEMPTS + 1):
            delays_over()
            job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("queued", "database_lost")
    delays_over()
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert job.status == "succeeded"


def test_a_database_still_away_leaves_the_job_to_its_lease(monkeypatch):
    job = queue_up("a")[0]

    def lose(*_, **__):
        raise OperationalError("connection refused")

    monkeypatch.setattr(engine, "speak", lose)
    monkeypatch.setattr(runner, "job_requeue", lose)
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert job.status == "running"


def test_times_in_a_far_future_are_brought_back(settings):
    running, waiting = queue_up("a", 2)
    job_claim_next(queue="speech")
    later = timezone.now() + timedelta(days=1)
    Job.objects.filter(pk=running.pk).update(lease_expires_at=later)
    Job.objects.filter(pk=waiting.pk).update(dispatched_at=later)
    assert jobs_requeue_stuck() == 0
    running.refresh_from_db()
    assert running.lease_expires_at < timezone.now() + timedelta(
        seconds=settings.JOB_LEASE_SECONDS + 1
    )
    assert job_claim_next(queue="speech").pk == waiting.pk


def test_a_clock_that_jumps_ahead_takes_no_job_from_its_worker(monkeypatch):
    queue_up("a")
    job = job_claim_next(queue="speech")
    clock = DatabaseClock()
    worker_report(name="host:1", queues=["speech"])
    assert not clock.has_jumped(worker="host:1")
    worker_report(name="host:1", queues=["speech"])
    assert not clock.has_jumped(worker="host:1")
    hour = timedelta(hours=1)
    Worker.objects.update(seen_at=timezone.now() + hour)
    Job.objects.update(lease_expires_at=job.lease_expires_at - hour)
    assert clock.has_jumped(worker="host:1")
    leases_renew()
    assert jobs_requeue_stuck() == 0


def test_a_machine_whose_clock_is_wrong_sweeps_nothing(transactional_db):
    worker_report(name="host:1", queues=["speech"])
    assert worker_clock_agrees(name="host:1")
    Worker.objects.update(seen_at=timezone.now() - timedelta(days=40))
    assert not worker_clock_agrees(name="host:1")
