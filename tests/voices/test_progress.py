"""Progress: what is done of a stage, and how long the rest takes at the pace that was measured."""

import pytest

from voices.models import Job
from voices.owner import Owner
from voices.services.accounts.api_keys import user_ensure
from voices.services.jobs import leases
from voices.services.jobs.jobs import job_claim, job_requeue
from voices.services.jobs.leases import JobLease

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when they are told to."""
    now = [100.0]
    monkeypatch.setattr(leases.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)
    return now


@pytest.fixture
def job(transactional_db):
    owner = Owner(user_id=user_ensure(username="alice").pk)
    row = {"kind": "speech", "queue": "speech", "text": "Привет."}
    return Job.objects.create(**owner.fields, **row)


def shown(caller, job):
    return caller("alice").get(f"/api/v1/jobs/{job.pk}/").json()["progress"]


def left_at(caller, lease, clock, seconds, *progress):
    clock[0] += seconds
    lease.progress(*progress)
    return shown(caller, lease.job)["seconds_left"]


def test_nothing_is_told_before_something_was_measured(caller, job, clock):
    lease = JobLease(job_claim(job_id=job.pk))
    assert left_at(caller, lease, clock, 5, 0, 4) is None
    assert left_at(caller, lease, clock, 5, 1, 4) == 30.0
    assert left_at(caller, lease, clock, 2, 2, 4) == 12.0
    assert left_at(caller, lease, clock, 0, 4, 4) == 0.0
    progress = shown(caller, job)
    told = ("stage", "unit", "done", "total", "sentences_done", "sentences_total")
    assert [progress[name] for name in told] == ["", "sentences", 4, 4, 4, 4]


def test_each_stage_has_a_pace_of_its_own(caller, job, clock):
    lease = JobLease(job_claim(job_id=job.pk))
    assert left_at(caller, lease, clock, 10, 1, 3, "separating") is None  # since when is not known
    assert left_at(caller, lease, clock, 10, 2, 3, "separating") == 10.0
    assert left_at(caller, lease, clock, 10, 0, 50, "converting") is None
    assert left_at(caller, lease, clock, 1, 10, 50, "converting") == 4.0
    progress = shown(caller, job)
    assert [progress[name] for name in ("stage", "done", "total")] == ["converting", 10, 50]


def test_after_a_pause_only_what_is_made_since_is_measured(caller, job, clock):
    lease = JobLease(job_claim(job_id=job.pk))
    left_at(caller, lease, clock, 60, 10, 20)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED, paused=True)
    assert shown(caller, job)["seconds_left"] is None
    clock[0] += 3600
    resumed = JobLease(job_claim(job_id=job.pk))
    assert left_at(caller, resumed, clock, 3, 11, 20) == 27.0


def test_a_new_attempt_begins_without_what_the_last_one_knew(caller, job, clock):
    lease = JobLease(job_claim(job_id=job.pk))
    left_at(caller, lease, clock, 9, 3, 4, "separating")
    assert job_requeue(job=lease.job)
    again = JobLease(job_claim(job_id=job.pk))
    assert left_at(caller, again, clock, 4, 0, 4) is None
    assert shown(caller, job)["stage"] == ""
