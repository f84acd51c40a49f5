"""Long texts let others by, group of sentences by group of sentences, and nothing is made twice."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from django.core.files.storage import default_storage

from tests.conftest import RATE_HZ, hum
from tests.voices.asking import asked, owner_of
from tests.voices.own_voices import recording
from tests.voices.stored import recording_create, result_get
from voices import engine
from voices.errors import BadInput, JobCancelled
from voices.kinds import ENROLMENT
from voices.models import Job, Recording, Voice
from voices.selectors.jobs import job_list
from voices.selectors.quotas import jobs_waiting
from voices.services.jobs import leases
from voices.services.jobs.jobs import job_cancel, job_claim, job_create
from voices.services.jobs.leases import JobLease
from voices.services.upkeep import reaper
from voices.services.upkeep.operator import jobs_retry
from voices.services.upkeep.runner import job_run_next

SENTENCES = [f"Было{' давно' * (1 + n % 7)} и неправда" for n in range(75)]
TEXT = ". ".join(SENTENCES)
MIDDLE = ". ".join(SENTENCES[:26])
SHORT = "Привет"


@pytest.fixture(autouse=True)
def _workers(monkeypatch, messages, bank_voice):
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: None)
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)


@pytest.fixture
def said(humming_engine, monkeypatch):
    """What is said in order, as [characters of the text, first sentence, sentences]; and what is to
    happen meanwhile, by (characters, first sentence of the span, how many of it are said)."""
    usual, usual_short = engine.speak_span, engine.speak
    course, meanwhile = [], {}

    def speak_span(order, span):
        mark = (len(order.text), span[0])
        course.append([len(order.text), span[0], 0])
        mine = course[-1]
        for one in usual(order, span):
            mine[2] += 1
            happens = meanwhile.pop((*mark, mine[2]), None)
            if happens:
                happens()
            yield one

    def speak(order, *args, **kwargs):
        course.append([len(order.text), 0, 1])
        return usual_short(order, *args, **kwargs)

    monkeypatch.setattr(engine, "speak_span", speak_span)
    monkeypatch.setattr(engine, "speak", speak)
    return course, meanwhile


def work():
    """One worker process, until nothing waits."""
    for _ in range(100):
        if not Job.objects.filter(status=Job.Status.QUEUED).exists():
            return
        job_run_next(queue="speech")


def course_of(said):
    names = {len(TEXT): "A", len(MIDDLE): "b", len(SHORT): "s"}
    return " ".join(f"{names[length]}{first}+{count}" for length, first, count in said)


def heard(job):
    with default_storage.open(result_get(job=job).name) as stored:
        return sf.read(io.BytesIO(stored.read()), dtype="float32")[0]


def expected(*sentences):
    return np.concatenate([hum(sentence).waveform for sentence in sentences])


def test_another_owners_text_comes_after_the_group_that_is_being_said(said):
    course, meanwhile = said
    meanwhile[len(TEXT), 0, 3] = lambda: asked("b", MIDDLE, format="flac")
    long = asked("a", TEXT, format="flac")
    work()
    assert course_of(course) == (
        "A0+9 b0+1 A9+8 b1+8 A17+8 b9+8 A25+8 b17+8 A33+8 b25+1 A41+8 A49+24 A73+2"
    )
    for job, sentences in ((long, SENTENCES), (Job.objects.get(text=MIDDLE), SENTENCES[:26])):
        job.refresh_from_db()
        assert (job.status, job.attempts, job.forgiven) == (Job.Status.SUCCEEDED, 1, 0)
        np.testing.assert_allclose(heard(job), expected(*sentences), rtol=0, atol=1e-3)
    assert Job.objects.count() == 2
    assert not list(_files("parts"))


def _files(folder):
    return [path for path in Path(default_storage.path(folder)).rglob("*") if path.is_file()]


def test_a_short_text_goes_between_also_of_the_same_owner(said):
    course, meanwhile = said
    meanwhile[len(TEXT), 0, 3] = lambda: asked("a", SHORT)
    asked("a", TEXT)
    work()
    assert course_of(course)[: len("A0+9 s0+1 A9+16 A25+24")] == "A0+9 s0+1 A9+16 A25+24"


def test_long_texts_of_one_owner_follow_each_other(said):
    course, meanwhile = said
    meanwhile[len(TEXT), 0, 3] = lambda: asked("a", MIDDLE)
    asked("a", TEXT)
    work()
    assert course_of(course) == "A0+25 A25+24 A49+24 A73+2 b0+25 b25+1"


def test_many_texts_of_one_owner_give_way_to_one_of_another(said):
    course, meanwhile = said
    asked("a", TEXT)
    for _ in range(2):
        asked("a", TEXT + " ")
    meanwhile[len(TEXT), 0, 3] = lambda: asked("b", MIDDLE)
    job_run_next(queue="speech")
    order = []
    for _ in range(6):
        job_run_next(queue="speech")
        order.append(course[-1][0])
    assert order == [len(MIDDLE), len(TEXT)] * 3


def test_the_sentences_of_a_live_text_stay_over_a_pause(said):
    _, meanwhile = said
    seen = []

    def look():
        job.refresh_from_db()
        seen.append((job.status, job.shown_status, job.parts_ready, job.attempts))

    meanwhile[len(TEXT), 0, 3] = lambda: asked("b", MIDDLE)
    meanwhile[len(MIDDLE), 0, 1] = look
    job = asked("a", TEXT, live=True)
    job_run_next(queue="speech")
    begin = _files("parts")
    work()
    job.refresh_from_db()
    assert seen == [("queued", "running", 9, 1)]
    assert (job.status, job.parts_ready) == ("succeeded", 75)
    names = sorted(path.name for path in _files(f"parts/{job.pk}"))
    assert names == [f"{index:05d}" for index in range(75)]
    assert len(begin) == 9 + 1  # nine sentences, and the samples of the group


def test_a_stream_goes_on_where_it_was_paused(said, monkeypatch):
    _, meanwhile = said
    alone = asked("c", TEXT, stream=True, format="ogg")
    job_run_next(queue="speech")
    alone.refresh_from_db()
    meanwhile[len(TEXT), 0, 3] = lambda: asked("b", MIDDLE)
    job = asked("a", TEXT, stream=True, format="ogg")
    work()
    job.refresh_from_db()
    assert (job.status, job.claim > 1, job.attempts) == ("succeeded", True, 1)

    def sent(one):
        parts = [f"parts/{one.pk}/1/{index:05d}" for index in range(one.parts_ready)]
        content = b"".join(default_storage.open(name).read() for name in parts)
        return sf.read(io.BytesIO(content), dtype="float32")

    (first, rate), (second, _) = sent(alone), sent(job)
    np.testing.assert_array_equal(first, second)
    assert first.size / rate == pytest.approx(expected(*SENTENCES).size / RATE_HZ, rel=0.01)


def test_one_that_is_paused_counts_as_running(said, caller):
    _, meanwhile = said
    meanwhile[len(TEXT), 0, 3] = lambda: asked("b", MIDDLE)
    job = asked("a", TEXT)
    job_run_next(queue="speech")
    owner = owner_of("a")
    assert Job.objects.get(pk=job.pk).paused
    assert jobs_waiting(owner=owner) == 0
    assert [job_list(owner=owner, status=status).count() for status in ("running", "queued")] == [
        1, 0,
    ]  # fmt: skip
    shown = caller("a").get(f"/api/v1/jobs/{job.pk}/").json()
    assert (shown["status"], shown["progress"]["sentences_done"]) == ("running", 9)


def test_one_that_is_paused_can_be_cancelled(said):
    _, meanwhile = said
    meanwhile[len(TEXT), 0, 3] = lambda: asked("b", MIDDLE)
    job = asked("a", TEXT, live=True)
    job_run_next(queue="speech")
    job_cancel(owner=owner_of("a"), job_id=job.pk)
    assert not _files("parts")
    assert Job.objects.filter(parent__isnull=False).count() == 0


def test_a_worker_that_let_a_job_go_cannot_write_to_it(said):
    _, meanwhile = said
    held = []

    def hold():
        held.append(JobLease(Job.objects.get(pk=job.pk)))
        asked("b", MIDDLE)

    meanwhile[len(TEXT), 0, 3] = hold
    job = asked("a", TEXT)
    job_run_next(queue="speech")
    assert job_claim(job_id=job.pk).attempts == 1  # the same attempt, claimed anew
    with pytest.raises(JobCancelled):
        held[0].check()


def test_a_worker_of_an_attempt_before_the_retry_cannot_write_to_the_job(said):
    job = asked("a", SHORT)
    old = JobLease(job_claim(job_id=job.pk))
    Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED)
    assert jobs_retry(jobs=Job.objects.filter(pk=job.pk)) == 1
    new = JobLease(job_claim(job_id=job.pk))
    new.check()
    for forbidden in (old.check, old.extend):
        with pytest.raises(JobCancelled):
            forbidden()
    assert new.attempt != old.attempt  # nor to its files
    assert new.job.attempts - new.job.forgiven == 1  # it has all its attempts


@pytest.fixture
def measured(humming_engine, monkeypatch):
    """Contents of the recordings in the order they are measured, and what is to happen meanwhile, by how many
    were measured before."""
    usual, course, meanwhile = engine.analyse_reference, [], {}

    def analyse_reference(content):
        course.append(content)
        happens = meanwhile.pop(len(course) - 1, None)
        if happens:
            happens()
        return usual(content)

    monkeypatch.setattr(engine, "analyse_reference", analyse_reference)
    return course, meanwhile


def enrolled(name, count):
    """An enrolment that waits, of so many recordings."""
    owner = owner_of(name)
    voice = Voice.objects.create(**owner.fields, name=f"Голос {name} {count}")
    rows = [
        recording_create(voice, content=recording(at + 3), original_name=f"{at}.wav")
        for at in range(count)
    ]
    params = {"recordings": [str(row.pk) for row in rows]}
    return job_create(owner=owner, kind=ENROLMENT, voice=voice, params=params)


def test_an_enrolment_lets_others_by_between_recordings_and_measures_none_twice(measured, said):
    course, meanwhile = measured
    meanwhile[1] = lambda: asked("b", SHORT)
    job = enrolled("a", 4)
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.shown_status, job.progress_done, len(course)) == (
        "queued", "running", 2, 2,
    )  # fmt: skip
    assert not Recording.objects.exclude(speech_seconds=None).exists()
    job_run_next(queue="speech")
    assert [one.status for one in Job.objects.filter(kind="speech")] == ["succeeded"]
    work()
    job.refresh_from_db()
    assert (job.status, job.attempts, job.claim) == ("succeeded", 1, 2)
    assert len(course) == len(set(course)) == 4
    voice = Voice.objects.get(job=job)
    assert voice.status == Voice.Status.READY
    assert all(row.speech_seconds and row.profile for row in voice.recordings.all())


def test_enrolments_of_one_owner_follow_each_other(measured):
    course, meanwhile = measured
    meanwhile[1] = lambda: enrolled("a", 2)
    first = enrolled("a", 3)
    job_run_next(queue="speech")
    first.refresh_from_db()
    assert (first.status, len(course)) == ("succeeded", 3)


def test_an_enrolment_that_fails_after_a_pause_leaves_nothing(measured, said, monkeypatch):
    _, meanwhile = measured
    meanwhile[1] = lambda: asked("b", SHORT)
    job = enrolled("a", 3)
    job_run_next(queue="speech")

    def refuse(content):
        raise BadInput("silent", "silent", "тишина")

    monkeypatch.setattr(engine, "analyse_reference", refuse)
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert not Recording.objects.exists()
    assert not _files("recordings")
