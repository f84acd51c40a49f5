"""Idempotency-Key: a call sent again makes nothing twice."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from voices import engine
from voices.models import Batch, IdempotencyKey, Job
from voices.services.jobs import idempotency
from voices.services.upkeep import reaper

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "inline_worker")
BODY = {"text": "Привет.", "voice": "anna"}


def send(client, path, body=BODY, key="k-1", form="json"):
    return client.post(f"/api/v1/{path}/", body, form, headers={"Idempotency-Key": key})


def test_the_same_call_is_answered_with_the_same_job(caller):
    client = caller("alice")
    first, second = send(client, "jobs"), send(client, "jobs")
    assert first.json()["id"] == second.json()["id"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Job.objects.count() == 1


@pytest.mark.parametrize("stream", [False, True])
def test_speech_is_answered_again_without_being_made_again(caller, stream, humming_engine):
    client = caller("alice")
    body = {**BODY, "stream": stream}
    answers = [send(client, "speech", body) for _ in range(2)]
    bodies = [b"".join(answer.streaming_content) for answer in answers]
    assert all(len(body) > 500 for body in bodies)
    assert answers[0]["X-Job-Id"] == answers[1]["X-Job-Id"]
    assert len(humming_engine) == 1


@pytest.mark.parametrize("key", ["", "k-1"])
def test_files_and_texts_are_read_before_the_database_is_written_to(caller, monkeypatch, key):
    client, inside = caller("alice"), []

    def noted(original):
        def work(*arguments, **named):
            inside.append(connection.in_atomic_block)
            return original(*arguments, **named)

        return work

    for name in ("read_untrusted", "voices_called", "dictionary_check"):
        monkeypatch.setattr(engine, name, noted(getattr(engine, name)))
    lines = SimpleUploadedFile("a.txt", "Раз.\nДва.".encode())
    answers = [
        send(client, "batches", {"file": lines, "voice": "anna"}, key and "k-1", "multipart"),
        send(client, "batches", {"texts": ["Раз."], "voice": "anna"}, key and "k-2"),
        send(client, "jobs", BODY, key and "k-3"),
        send(client, "speech", BODY, key and "k-4"),
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 200]
    assert len(inside) == 1 + 2 * 5
    assert not any(inside)


def test_a_file_that_is_sent_again_is_not_read_again(caller, monkeypatch):
    client, read = caller("alice"), []
    original = engine.read_untrusted
    monkeypatch.setattr(engine, "read_untrusted", lambda *of: read.append(1) or original(*of))
    for _ in range(3):
        lines = SimpleUploadedFile("a.txt", "Раз.".encode())
        send(client, "batches", {"file": lines, "voice": "anna"}, form="multipart")
    assert len(read) == 1


def test_a_file_is_compared_by_its_content(caller):
    client = caller("alice")

    def upload(content):
        body = {"file": SimpleUploadedFile("a.txt", content.encode()), "voice": "anna"}
        return send(client, "batches", body, form="multipart")

    first, second, other = upload("Раз."), upload("Раз."), upload("Два.")
    assert first.json()["id"] == second.json()["id"]
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("path", ["jobs", "speech"])
def test_another_call_with_the_same_key_is_refused(caller, path):
    client = caller("alice")
    send(client, "jobs")
    refused = send(client, path, {**BODY, "text": "Другое."})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert Job.objects.count() == 1


def test_keys_belong_to_their_owner(caller):
    jobs = {send(caller(name), "jobs").json()["id"] for name in ("alice", "bob")}
    assert len(jobs) == 2


def test_a_refused_call_leaves_its_key_free(caller):
    client = caller("alice")
    assert send(client, "jobs", {**BODY, "voice": "nobody"}).status_code == 404
    assert send(client, "jobs").status_code == 202


def test_after_a_day_the_key_is_free_again(caller):
    client = caller("alice")
    send(client, "jobs")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert send(client, "jobs", {**BODY, "text": "Другое."}).status_code == 202
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    reaper.jobs_requeue_stuck()
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["x" * 256, "ключ"])
def test_a_key_that_is_none_is_refused(caller, key):
    refused = send(caller("alice"), "jobs", key=key)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_idempotency_key")


def test_two_calls_at_once_make_one_job(caller, monkeypatch):
    """The second has not seen the key of the first when it begins, and meets it when it writes."""
    client = caller("alice")
    first = send(client, "jobs")
    monkeypatch.setattr(idempotency, "_forget", lambda owner, key: None)
    assert send(client, "jobs").json()["id"] == first.json()["id"]
    assert Job.objects.count() == 1
