"""A long text said by several workers: one result as of one worker, whatever happens to them."""

import io
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from django.core.files.storage import default_storage
from django.utils import timezone

from tests.conftest import delays_over, hum
from tests.voices.asking import asked, owner_of
from tests.voices.stored import result_get
from voices import engine
from voices.errors import BadInput, TooLarge, Unavailable
from voices.models import Job
from voices.selectors.export import tables_of
from voices.selectors.health import jobs_by_state
from voices.selectors.jobs import job_list
from voices.selectors.quotas import jobs_waiting
from voices.services.jobs import leases
from voices.services.jobs.jobs import job_cancel, job_delete
from voices.services.speech import chunks
from voices.services.upkeep import reaper
from voices.services.upkeep.reaper import jobs_requeue_stuck
from voices.services.upkeep.runner import job_run_next

SENTENCES = [f"Было{' давно' * (1 + n % 7)} и неправда" for n in range(75)]
TEXT = ". ".join(SENTENCES)
CHUNKS = 4  # 25, 24, 24 and 2 sentences


@pytest.fixture(autouse=True)
def _workers(monkeypatch, messages, humming_engine, bank_voice):
    monkeypatch.setattr(reaper, "messages_waiting", lambda **_: None)
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)  # a lost lease is noticed at once


@pytest.fixture
def owner():
    return owner_of("alice")


@pytest.fixture
def job():
    return asked_at_length()


def asked_at_length(text=TEXT, **wish):
    return asked("alice", text, text_limit=50_000, **{"format": "flac", **wish})


@pytest.fixture
def during(monkeypatch):
    """`during(happens)` has happens(span, done) called after each sentence; returns the spans begun."""
    usual, begun = engine.speak_span, []

    def begin(happens=lambda span, done: None):
        def speak_span(order, span):
            begun.append(list(span))
            for done, one in enumerate(usual(order, span), start=1):
                yield one
                happens(span, done)

        monkeypatch.setattr(engine, "speak_span", speak_span)
        return begun

    return begin


def once(what, *, at):
    """Called the first time that the sentence is reached."""
    reached = []

    def happens(span, done):
        if (span[0], done) == at and not reached:
            reached.append(at)
            what()

    return happens


def state(job):
    job.refresh_from_db()
    return job.status


def heard(job):
    with default_storage.open(result_get(job=job).name) as stored:
        return sf.read(io.BytesIO(stored.read()), dtype="float32")[0]


def whole(job):
    """Made, once, in order, and nothing is left of the chunks."""
    assert state(job) == Job.Status.SUCCEEDED
    expected = np.concatenate([hum(sentence).waveform for sentence in SENTENCES])
    np.testing.assert_allclose(heard(job), expected, rtol=0, atol=1e-3)
    assert (job.progress_done, job.progress_total) == (75, 75)
    assert job.parts_ready == (75 if job.params["live"] else 0)
    assert nothing_left(job)
    return True


def nothing_left(job):
    kept = {path.split("/")[1] for path in files()}
    return Job.objects.count() == 1 and kept <= {str(job.pk)}


def files():
    """Names of all stored parts."""
    root = Path(default_storage.path("parts"))
    return [f"parts/{path.relative_to(root)}" for path in root.rglob("*") if path.is_file()]


def parts(job):
    names = [f"parts/{job.pk}/{job.attempts}/{index:05d}" for index in range(job.parts_ready)]
    return [default_storage.open(name).read() for name in names]


def lose(*jobs):
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        lease_expires_at=timezone.now() - timedelta(seconds=1)
    )
    jobs_requeue_stuck()
    time.sleep(
        0.002
    )  # SQLite's clock counts milliseconds: what was sent in this one is not yet due


def chunk(number):
    return Job.objects.get(position=number, parent__isnull=False)


def test_one_worker_says_all_of_it_in_order(job, during, messages):
    begun = during()
    job_run_next(queue="batch")
    assert whole(job)
    assert begun == [[0, 25], [25, 49], [49, 73], [73, 75]]
    assert len(messages) == CHUNKS  # the job, and the chunks for which there may be others


def test_others_help_and_what_is_heard_is_the_same(owner, during):
    alone = asked_at_length(live=True)
    job_run_next(queue="batch")
    alone.refresh_from_db()
    expected = heard(alone), parts(alone)
    job_delete(owner=owner, job_id=alone.pk)

    job = asked_at_length(live=True)
    seen = []

    def watch(span, done):
        job.refresh_from_db()
        seen.append((job.progress_done, job.parts_ready))
        if (span[0], done) in ((0, 3), (0, 7)):
            job_run_next(queue="batch")  # the second chunk, and the third

    begun = during(watch)
    job_run_next(queue="batch")
    assert whole(job)
    assert begun == [[0, 25], [25, 49], [49, 73], [73, 75]]
    np.testing.assert_array_equal(heard(job), expected[0])
    assert parts(job) == expected[1]
    assert seen == sorted(seen)
    assert all(ready <= done for done, ready in seen[:7])
    assert seen[6 + 48][1] <= 7  # while others were ahead, no part was out of its turn


def test_short_texts_are_not_cut(humming_engine):
    short = asked_at_length("Очень длинное предложение, " * 100)
    job_run_next(queue="batch")
    assert state(short) == Job.Status.SUCCEEDED
    assert len(humming_engine) == 1


def test_a_cancelled_text_takes_its_chunks_along(job, owner, during):
    def cancel():
        job_run_next(queue="batch")
        job_cancel(owner=owner, job_id=job.pk)

    begun = during(once(cancel, at=(0, 4)))
    job_run_next(queue="batch")
    assert state(job) == Job.Status.CANCELLED
    assert len(begun) == 2
    assert Job.objects.count() == 1
    assert not files()


def test_a_text_that_becomes_too_long_fails_and_leaves_nothing(job, during, monkeypatch):
    checked, lengths = [], [hum(sentence).waveform.size + 9 for sentence in SENTENCES]

    def length_check(samples):
        checked.append(samples)
        if samples > sum(lengths[:30]):
            raise TooLarge("speech_too_long", "too long", "слишком длинно")

    begun = during(lambda *_: None)
    monkeypatch.setattr(engine, "length_check", length_check)
    job_run_next(queue="batch")
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Job.Status.FAILED, "speech_too_long")
    assert checked[-1] == sum(lengths[:31])  # as soon as it is
    assert begun == [[0, 25], [25, 49]]
    assert Job.objects.count() == 1
    assert not files()


def test_a_helper_stops_when_the_text_is_cancelled(job, owner, during):
    def happens(span, done):
        if (span[0], done) == (0, 4):
            job_run_next(queue="batch")
        elif (span[0], done) == (25, 2):
            job_cancel(owner=owner, job_id=job.pk)

    begun = during(happens)
    job_run_next(queue="batch")
    assert state(job) == Job.Status.CANCELLED
    assert begun == [[0, 25], [25, 49]]
    assert Job.objects.count() == 1
    assert not files()


@pytest.mark.parametrize("who", ["leader", "helper"])
def test_a_chunk_that_cannot_be_said_fails_the_text_with_its_error(job, during, who):
    def fail():
        raise BadInput("odd_word", "an odd word", "странное слово")

    def happens(span, done):
        if who == "helper" and (span[0], done) == (0, 2):
            job_run_next(queue="batch")
        if (span[0], done) == (25, 5):
            fail()

    during(happens)
    job_run_next(queue="batch")
    assert (state(job), job.error_code) == (Job.Status.FAILED, "odd_word")
    assert nothing_left(job)
    assert not files()


def test_a_fault_that_may_pass_costs_only_its_chunk(job, during):
    def fail():
        raise Unavailable("device_busy", "the device is busy", "устройство занято")

    begun = during(once(fail, at=(25, 5)))
    job_run_next(queue="batch")
    assert state(job) == Job.Status.QUEUED
    assert chunk(1).status == Job.Status.SUCCEEDED
    assert (chunk(2).status, chunk(2).forgiven) == (Job.Status.QUEUED, 1)
    delays_over()
    job_run_next(queue="batch")
    assert whole(job)
    assert begun == [[0, 25], [25, 49], [25, 49], [49, 73], [73, 75]]


def test_a_killed_leader_costs_only_its_chunk(job, during, monkeypatch):
    def killed():
        raise KeyboardInterrupt

    begun = during(once(killed, at=(49, 2)))
    with monkeypatch.context() as patched:
        patched.setattr(chunks.Leader, "_give_back", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            job_run_next(queue="batch")
    assert (state(job), chunk(3).status) == (Job.Status.RUNNING, Job.Status.RUNNING)
    lose(job, chunk(3))
    job_run_next(queue="batch")
    assert whole(job)
    assert begun == [[0, 25], [25, 49], [49, 73], [49, 73], [73, 75]]
    assert job.attempts == 2


def test_a_chunk_that_keeps_killing_workers_fails_the_text(job, settings, during):
    def killed(span, done):
        if span[0] == 25:
            raise KeyboardInterrupt

    def helper_dies():
        for _ in range(settings.JOB_ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                job_run_next(queue="batch")
            lose(chunk(2))

    during(lambda span, done: helper_dies() if (span[0], done) == (0, 1) else killed(span, done))
    job_run_next(queue="batch")
    assert (state(job), job.error_code) == (Job.Status.FAILED, "worker_lost")
    assert nothing_left(job)


def test_a_chunk_taken_from_the_leader_is_said_by_another(job, during):
    def taken():
        lose(chunk(1))
        job_run_next(queue="batch")

    begun = during(once(taken, at=(0, 3)))
    job_run_next(queue="batch")
    assert whole(job)
    assert begun[:3] == [[0, 25], [0, 25], [25, 49]]


def test_a_leader_that_lost_the_text_leaves_it_to_the_next(job, during):
    begun = during(once(lambda: lose(job), at=(25, 3)))
    job_run_next(queue="batch")
    assert (state(job), chunk(2).status) == (Job.Status.QUEUED, Job.Status.QUEUED)
    job_run_next(queue="batch")
    assert whole(job)
    assert begun == [[0, 25], [25, 49], [25, 49], [49, 73], [73, 75]]


def test_a_part_that_is_gone_is_said_again(job, during):
    def gone():
        job_run_next(queue="batch")
        default_storage.delete(f"parts/{chunk(2).pk}/1/00000")

    begun = during(once(gone, at=(0, 25)))
    job_run_next(queue="batch")
    assert whole(job)
    assert begun.count([25, 49]) == 2


def test_chunks_are_nobodys_business(job, owner, during, caller):
    seen = []

    def look():
        client = caller("alice")
        seen.append(client.get("/api/v1/jobs/").json()["count"])
        seen.append(client.get(f"/api/v1/jobs/{chunk(2).pk}/").status_code)
        seen.append(job_list(owner=owner).count())
        seen.append(jobs_waiting(owner=owner))
        seen.append(sum(count for _, _, count in jobs_by_state()))
        seen.extend(table.rows.count() for table in tables_of(owner) if table.name == "jobs")
        assert Job.objects.count() == 1 + CHUNKS

    during(once(look, at=(0, 2)))
    job_run_next(queue="batch")
    assert seen == [1, 404, 1, 0, 1, 1]
    assert whole(job)


def test_the_next_job_of_its_owner_stands_before_the_chunks(job, during):
    def ask():
        other = asked_at_length()
        assert other.turn <= chunk(2).turn
        Job.objects.filter(pk=other.pk).delete()

    during(once(ask, at=(0, 2)))
    job_run_next(queue="batch")
    assert whole(job)


def test_chunks_of_a_text_that_ended_are_removed(job, during):
    def end():
        Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED)
        jobs_requeue_stuck()

    during(once(end, at=(25, 2)))
    job_run_next(queue="batch")
    assert nothing_left(job)
    assert not files()
