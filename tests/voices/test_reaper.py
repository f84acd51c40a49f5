"""Lost messages, retries and leftovers."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from tests.conftest import delays_over
from tests.voices.asking import asked, owner_of
from voices import engine
from voices.errors import JobCancelled, Unavailable
from voices.models import Job
from voices.services.jobs.jobs import job_cancel, job_claim
from voices.services.jobs.leases import JobLease
from voices.services.upkeep import reaper, runner
from voices.services.upkeep.reaper import jobs_requeue_stuck
from voices.services.upkeep.runner import job_run_next
from voices.storage import file_store, part_name

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice")


@pytest.fixture
def sent(monkeypatch, messages):
    """What was sent again, with the jobs that it was sent for; nobody takes it."""
    again = []
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: 0)
    for module in (reaper, runner):
        monkeypatch.setattr(module, "dispatch", lambda **message: again.append(message) or True)
    return again


@pytest.fixture
def owner():
    return owner_of("alice")


@pytest.fixture
def job(sent):
    return asked()


def age(job, **ages):
    now = timezone.now()
    values = {name: now - timedelta(seconds=seconds) for name, seconds in ages.items()}
    Job.objects.filter(pk=job.pk).update(**values)


def test_a_fresh_job_is_left_alone(job, sent):
    assert jobs_requeue_stuck() == 0
    assert sent == []


def test_lost_messages_are_sent_again_and_no_others(job, sent, monkeypatch):
    age(job, dispatched_at=31)
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: 1)
    assert jobs_requeue_stuck() == 0
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: None)  # no broker
    assert jobs_requeue_stuck() == 0
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: 0)
    call_command("requeue_stuck_jobs")
    assert [message["job_id"] for message in sent] == [job.pk]


def test_a_message_that_came_twice_does_the_work_once(job, humming_engine):
    job_run_next(queue="speech")
    job_run_next(queue="speech")
    assert len(humming_engine) == 1


def test_a_fault_that_may_pass_is_tried_again_and_then_told(job, sent, monkeypatch, settings):
    def refuse(order, on_progress=None):
        raise Unavailable("device_busy", "the device is busy", "устройство занято")

    monkeypatch.setattr(engine, "speak", refuse)
    for _ in range(settings.JOB_ATTEMPTS):
        delays_over()
        job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Job.Status.FAILED, "device_busy")
    assert [message["delay_seconds"] for message in sent] == [2.0, 4.0]


def test_memory_that_ran_out_may_pass(job, monkeypatch):
    def refuse(order, on_progress=None):
        raise MemoryError

    monkeypatch.setattr(engine, "speak", refuse)
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED


def test_a_job_cancelled_in_the_middle_leaves_no_file(job, owner, monkeypatch, settings):
    def speak(order, on_progress=None):
        on_progress(1, 3)
        job_cancel(owner=owner, job_id=job.pk)
        on_progress(2, 3)  # throttled: nothing is written, the end notices
        on_progress(3, 3)
        raise AssertionError("the work went on")

    monkeypatch.setattr(engine, "speak", speak)
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert not list(settings.MEDIA_ROOT.rglob("*.mp3"))


def test_a_worker_that_lost_its_job_cannot_end_it(job):
    first = JobLease(job_claim(job_id=job.pk))
    age(job, lease_expires_at=1)
    jobs_requeue_stuck()
    second = JobLease(job_claim(job_id=job.pk))
    with pytest.raises(JobCancelled):
        first.check()
    second.check()


def test_parts_of_an_ended_stream_are_swept(job):
    Job.objects.filter(pk=job.pk).update(status="succeeded", attempts=1, parts_ready=1)
    name = file_store(part_name(job.pk, 1, 0), b"sound")
    age(job, finished_at=2 * 3600)
    jobs_requeue_stuck()
    assert not default_storage.exists(name)


def test_progress_is_written_at_most_a_few_times_a_second(job, django_assert_max_num_queries):
    lease = JobLease(job_claim(job_id=job.pk))
    with django_assert_max_num_queries(2):
        for done in range(1, 51):
            lease.progress(done, 50)
    job.refresh_from_db()
    assert (job.progress_done, job.progress_total) == (50, 50)
