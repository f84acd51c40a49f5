"""How much the calls that come most often ask of the database."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from voices.models import ApiKey, Job

JOB = {"text": "Привет.", "voice": "anna"}


@pytest.fixture
def alice(caller, bank_voice, monkeypatch):
    monkeypatch.setattr("voices.services.jobs.jobs.dispatch", lambda **_: True)
    return caller("alice")


@pytest.fixture
def queries(alice):
    """`queries("GET", path)` makes the call twice and counts what the second asks of the database."""

    def count(method, path, body=None):
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                response = alice.generic(
                    method, path, json.dumps(body or {}), content_type="application/json"
                )
        assert response.status_code < 300
        marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
        return [query["sql"] for query in seen if not query["sql"].startswith(marks)]

    return count


def test_hot_calls_ask_little_and_write_nothing(alice, queries):
    made = [alice.post("/api/v1/jobs/", JOB, "json").json()["id"] for _ in range(12)]
    Job.objects.filter(pk=made[0]).update(status="failed", finished_at=timezone.now())
    most = {
        "/api/v1/limits/": 2,  # key, quota
        f"/api/v1/jobs/{made[0]}/": 2,  # key, job
        f"/api/v1/jobs/{made[1]}/": 4,  # how many are before it, which workers have their models
        "/api/v1/jobs/?page_size=10": 6,  # key, count, jobs, files, how many before each, workers
        "/api/v1/voices/": 4,  # key, count, voices, recordings
    }
    for path, allowed in most.items():
        asked = queries("GET", path)
        assert len(asked) <= allowed, asked
        assert all(query.startswith("SELECT") for query in asked)
        assert not [query for query in asked if '"profile"' in query]


def test_an_order_asks_no_more_than_it_must(queries):
    assert len(queries("POST", "/api/v1/jobs/", JOB)) <= 17


def test_the_use_of_a_key_is_noted_once_a_minute(alice):
    alice.get("/api/v1/limits/")
    first = ApiKey.objects.get().last_used_at
    alice.get("/api/v1/limits/")
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timezone.timedelta(seconds=61))
    alice.get("/api/v1/limits/")
    assert ApiKey.objects.get().last_used_at > first


def test_the_dictionary_is_asked_for_once_however_many_texts_a_batch_has(alice, queries):
    alice.post("/api/v1/dictionary/", {"word": "Тверская", "said": "Тверска́я"}, "json")
    body = {"texts": [f"Улица Тверская, {number}." for number in range(20)], "voice": "anna"}
    asked = queries("POST", "/api/v1/batches/", body)
    assert len([sql for sql in asked if "voices_dictionaryentry" in sql]) == 1
    assert {tuple(job.params["dictionary"]) for job in Job.objects.all()} == {("тверская",)}
    fewer = queries("POST", "/api/v1/batches/", {**body, "texts": body["texts"][:10]})
    assert len(fewer) == len(asked)
