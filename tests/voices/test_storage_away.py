"""A call whose sound waits for the storage: refused soon, not after minutes."""

import pytest

from tests.voices.asking import asked, owner_of
from voices.errors import Outage
from voices.models import Job
from voices.services.jobs.jobs import job_answer, job_wait
from voices.services.speech.streaming import speech_stream

AWAY = {
    "error_status": 503, "error_code": "storage_unavailable",
    "error_en": "the storage cannot be reached", "error_ru": "хранилище недоступно",
}  # fmt: skip


@pytest.fixture
def waiting(messages, bank_voice, settings):
    """A job that was given back for want of the storage, twice."""
    settings.WAIT_SECONDS = 5
    job = asked("alice", "Раз.", stream=True)
    Job.objects.filter(pk=job.pk).update(forgiven=2, **AWAY)
    return owner_of("alice"), job


def test_the_wait_ends_with_the_outage_s_name(waiting):
    with pytest.raises(Outage) as caught:
        job_wait(job_id=waiting[1].pk)
    assert (caught.value.code, caught.value.status) == ("storage_unavailable", 503)
    assert caught.value.retry_after_seconds == 10


@pytest.mark.parametrize(("kept", "status"), [(False, "cancelled"), (True, "queued")])
def test_what_nobody_will_fetch_is_not_made(waiting, kept, status):
    owner, job = waiting
    with pytest.raises(Outage):
        job_answer(owner=owner, job_id=job.pk, kept=kept)
    assert Job.objects.get(pk=job.pk).status == status


def test_a_stream_ends_likewise(waiting):
    owner, job = waiting
    with pytest.raises(Outage):
        next(speech_stream(owner=owner, job_id=job.pk, on_end=int))
    assert Job.objects.get(pk=job.pk).status == "cancelled"
