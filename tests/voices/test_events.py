"""Server-sent events of a job: every change, heartbeats, an end, and resumption."""

import json

import pytest

from voices.models import Job
from voices.services.jobs import events

pytestmark = pytest.mark.usefixtures("bank_voice")


@pytest.fixture
def alice(caller, monkeypatch):
    monkeypatch.setattr("voices.services.jobs.jobs.dispatch", lambda **_: True)
    monkeypatch.setattr(events, "POLL_SECONDS", 0)
    return caller("alice")


@pytest.fixture
def job(alice):
    return alice.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna"}, "json").json()["id"]


def listen(client, job, seen=""):
    return client.get(f"/api/v1/jobs/{job}/events/", headers={"Last-Event-ID": seen})


def read(block):
    fields = dict(line.split(": ", 1) for line in block.decode().strip().splitlines())
    return fields["id"], fields["event"], json.loads(fields["data"])


def change(job, **values):
    Job.objects.filter(pk=job).update(**values)


def test_every_change_is_told_until_the_end(alice, job):
    response = listen(alice, job)
    assert response["Content-Type"] == "text/event-stream"
    assert (response["X-Accel-Buffering"], response["Cache-Control"]) == ("no", "no-store")
    stream = iter(response.streaming_content)
    first = next(stream)
    assert b"retry: 1000" in first
    _, kind, data = read(first)
    assert (kind, data["status"]) == ("progress", "queued")
    change(job, status="running", progress_done=1, progress_total=2)
    _, _, data = read(next(stream))
    assert (data["progress"]["sentences_done"], data["progress"]["sentences_total"]) == (1, 2)
    change(job, status="succeeded", progress_done=2)
    _, kind, data = read(next(stream))
    assert (kind, data["status"]) == ("end", "succeeded")
    assert list(stream) == []


def test_who_comes_back_is_told_only_what_is_new(alice, job):
    seen, *_ = read(next(iter(listen(alice, job).streaming_content)))
    stream = iter(listen(alice, job, seen).streaming_content)
    assert b"still there" in next(stream)
    change(job, status="cancelled")
    end, kind, _ = read(next(stream))
    assert kind == "end"
    assert listen(alice, job, end).status_code == 204


def test_the_line_is_closed_in_time(alice, job, settings):
    settings.EVENTS_SECONDS = 0
    assert len(list(listen(alice, job).streaming_content)) == 1


def test_heartbeats_keep_the_line_open(alice, job, monkeypatch):
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0)
    stream = iter(listen(alice, job).streaming_content)
    next(stream)
    assert next(stream) == b": still there\n\n"


def test_a_removed_job_ends_the_events(alice, job):
    stream = iter(listen(alice, job).streaming_content)
    next(stream)
    Job.objects.all().delete()
    assert list(stream) == []


def test_too_many_listeners_are_refused_and_places_come_free(alice, job, monkeypatch):
    monkeypatch.setattr(events, "_listeners", events.BoundedSemaphore(1))
    first = listen(alice, job)
    next(iter(first.streaming_content))
    refused = listen(alice, job)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_listeners")
    assert refused["Retry-After"]
    first.close()
    assert listen(alice, job).status_code == 200


def test_events_of_others_look_missing(alice, job, caller):
    assert listen(caller("bob"), job).status_code == 404
