"""The life of a job's row: claimed once, brought back when its worker is lost, cancelled for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.voices.asking import asked
from voices.errors import JobCancelled
from voices.models import Job
from voices.owner import Owner
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.jobs import job_cancel, job_claim
from voices.services.jobs.leases import JobLease
from voices.services.upkeep import reaper, runner

pytestmark = pytest.mark.usefixtures("bank_voice")


@pytest.fixture
def job(messages):
    return asked()


def test_only_one_worker_gets_a_job(job):
    assert job_claim(job_id=job.pk) is not None
    assert job_claim(job_id=job.pk) is None


def test_a_cancelled_job_is_not_claimed(job):
    job_cancel(owner=Owner(user_id=job.user_id), job_id=job.pk)
    assert job_claim(job_id=job.pk) is None
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED


def test_a_job_that_is_no_longer_ours_does_not_succeed(job):
    lease = JobLease(job_claim(job_id=job.pk))
    Job.objects.filter(pk=job.pk).update(status=Job.Status.CANCELLED)
    with pytest.raises(JobCancelled):
        job_succeed(lease, done=1)
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED


def test_a_lost_worker_gives_its_job_back(job, monkeypatch):
    sent = []
    monkeypatch.setattr(reaper, "dispatch", lambda **message: sent.append(message) or True)
    job_claim(job_id=job.pk)
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert reaper._lost_jobs_requeue() == 1
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED
    assert [message["job_id"] for message in sent] == [job.pk]


def test_a_job_that_keeps_killing_workers_fails(job, monkeypatch, settings):
    monkeypatch.setattr(reaper, "dispatch", lambda **_: True)
    for _ in range(settings.JOB_ATTEMPTS):
        job_claim(job_id=job.pk)
        Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        reaper._lost_jobs_requeue()
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert job.error_code


def test_a_gpu_that_fails_costs_the_process_and_not_the_job(job, monkeypatch):
    def fail(_lease):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr("voices.services.speech.saying.speech_work", fail)
    monkeypatch.setattr(runner, "dispatch", lambda **_: None)
    monkeypatch.setattr("voices.engine.models.is_loaded", lambda: True)
    with pytest.raises(SystemExit):
        runner.job_run_next(queue=job.queue)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.QUEUED, 1)
