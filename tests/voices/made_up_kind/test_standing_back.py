"""Work of a queue that stands back rests while people wait in the others, and is not starved for ever."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.voices.asking import asked, owner_of
from tests.voices.made_up_kind import echo
from tests.voices.made_up_kind.echo import ECHO, echo_job_create
from voices import kinds
from voices.models import Job, Voice
from voices.services.jobs import leases, pauses
from voices.services.jobs.turns import LONGEST_REST
from voices.services.upkeep import reaper
from voices.services.upkeep.runner import job_run_next
from voices.services.voices.versions import voice_version_add

TEXT = "раз два три"
QUEUE = ECHO.queue.name


@pytest.fixture(autouse=True)
def _row(monkeypatch, settings, tmp_path, messages, bank_voice):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setitem(kinds.KINDS, ECHO.name, ECHO)
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(pauses, "STINT_SECONDS", 0.0)


@pytest.fixture
def heard(monkeypatch):
    """Words in the order they are heard, and what is to happen meanwhile, by the word."""
    usual, course, meanwhile = echo.sound_of, [], {}

    def sound_of(word):
        course.append(word)
        meanwhile.pop(word, lambda: None)()
        return usual(word)

    monkeypatch.setattr(echo, "sound_of", sound_of)
    return course, meanwhile


def echoed(name, text=TEXT):
    owner = owner_of(name)
    voice = Voice.objects.create(**owner.fields, name=f"Голос {text}")
    voice_version_add(voice=voice, profile={"embedding": [1.0] + [0.0] * 255}, figures={})
    return echo_job_create(owner=owner, voice=voice, text=text)


def worked(job):
    job_run_next(queue=QUEUE)
    job.refresh_from_db()
    return job


def someone_waits():
    return asked("b", "Привет")


def they_are_served():
    Job.objects.exclude(kind=ECHO.name).update(status=Job.Status.CANCELLED)


def rested(job, time):
    Job.objects.filter(pk=job.pk).update(dispatched_at=Now() - time)


@pytest.mark.parametrize("queue", ["speech", "batch", "conversion"])
def test_it_pauses_when_somebody_waits_in_another_queue_and_goes_on_after(heard, queue):
    course, meanwhile = heard
    meanwhile["два"] = lambda: Job.objects.filter(pk=someone_waits().pk).update(queue=queue)
    job = echoed("a")
    assert (worked(job).status, job.shown_status, job.progress_done) == ("queued", "running", 2)
    assert worked(job).claim == 1, "it was taken while they still wait"
    they_are_served()
    assert (worked(job).status, job.claim, job.attempts) == ("succeeded", 2, 1)
    assert course == TEXT.split(), "nothing is made twice"


def test_one_that_waits_for_its_first_worker_rests_too():
    job = echoed("a")
    someone_waits()
    assert worked(job).status == "queued"
    they_are_served()
    assert worked(job).status == "succeeded"


def test_a_job_that_somebody_is_at_or_that_is_not_due_holds_nothing_up():
    Job.objects.filter(pk=someone_waits().pk).update(status=Job.Status.RUNNING)
    Job.objects.filter(pk=someone_waits().pk).update(dispatched_at=Now() + timedelta(seconds=30))
    assert worked(echoed("a")).status == "succeeded"


def test_it_is_taken_whoever_waits_when_it_has_rested_long(heard):
    job = echoed("a")
    someone_waits()
    rested(job, LONGEST_REST - timedelta(seconds=10))
    assert worked(job).claim == 0
    rested(job, LONGEST_REST)
    assert (worked(job).claim, job.progress_done) == (1, 1)
    assert worked(job).claim == 1, "a pause begins a new rest"


def test_a_stint_is_long_enough_to_be_worth_its_beginning(monkeypatch):
    monkeypatch.setattr(pauses, "STINT_SECONDS", 3600.0)
    job = echoed("a")
    someone_waits()
    rested(job, LONGEST_REST)
    assert worked(job).status == "succeeded"


def test_those_of_one_owner_follow_each_other_and_give_way_to_another(heard):
    course, meanwhile = heard
    meanwhile["раз"] = lambda: echoed("a", "пять шесть")
    job = echoed("a")
    assert worked(job).status == "succeeded"
    meanwhile["пять"] = lambda: echoed("c", "семь")
    job_run_next(queue=QUEUE)
    job_run_next(queue=QUEUE)
    job_run_next(queue=QUEUE)
    assert course == ["раз", "два", "три", "пять", "семь", "шесть"]
    assert not Job.objects.exclude(status=Job.Status.SUCCEEDED).exists()


def test_the_workers_hear_of_it_again_only_when_it_is_due(monkeypatch):
    sent = []
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: 0)
    monkeypatch.setattr(reaper, "dispatch", lambda **call: sent.append(call["queue"]))
    job = echoed("a")
    Job.objects.filter(pk=someone_waits().pk).update(dispatched_at=Now() - timedelta(minutes=1))
    rested(job, timedelta(minutes=1))
    reaper.jobs_requeue_stuck()
    assert sent == ["speech"]
    they_are_served()
    reaper.jobs_requeue_stuck()
    assert sent == ["speech", QUEUE]
