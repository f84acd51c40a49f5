"""Batches: many texts or a file asked for at once, watched, downloaded as one zip, removed."""

import csv
import io
import zipfile

import pytest
import soundfile as sf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.voices.stored import voice_create
from voices.models import Batch, Job
from voices.services.jobs import batch_flow
from voices.services.jobs.batch_flow import batch_advance
from voices.services.jobs.jobs import job_claim
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice")
URL = "/api/v1/batches/"


@pytest.fixture
def alice(caller, inline_worker):
    return caller("alice")


@pytest.fixture
def sent(monkeypatch, settings, tmp_path):
    """Ids of the jobs that workers have been told of; nobody takes them."""
    settings.MEDIA_ROOT = tmp_path / "media"
    told = []
    monkeypatch.setattr(
        batch_flow, "dispatch", lambda *, job_id, queue: told.append((job_id, queue))
    )
    return told


def make(client, **fields):
    return client.post(URL, {"texts": ["Раз.", "Два."], "voice": "anna", **fields}, "json")


def upload(client, name, content, **fields):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(URL, {"file": file, "voice": "anna", **fields}, "multipart")


def opened(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_every_text_becomes_a_sound_in_one_zip(alice):
    created = make(alice, texts=["Раз.", "Раз, два: три!"], format="wav")
    assert created.status_code == 202
    batch = alice.get(created["Location"]).json()
    assert batch["status"] == "succeeded"
    assert batch["progress"] == {
        "total": 2, "queued": 0, "running": 0, "succeeded": 2, "failed": 0, "cancelled": 0,
    }  # fmt: skip
    response = alice.get(batch["archive_url"])
    assert response["Content-Type"] == "application/zip"
    archive = opened(response)
    assert archive.testzip() is None
    assert archive.namelist() == ["0001-Раз.wav", "0002-Раз-два-три.wav", "index.csv"]
    assert sf.info(io.BytesIO(archive.read("0002-Раз-два-три.wav"))).duration > 0.2
    index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert [row["text"] for row in index] == ["Раз.", "Раз, два: три!"]
    assert {entry.date_time[0] for entry in archive.infolist()} == {timezone.localtime().year}


def test_items_have_names_and_voices_of_their_own(alice, bank_voice):
    voice_create(is_bank=True, slug="ivan", name="Ivan", status="ready", profile=bank_voice.profile)
    items = [{"text": "Раз.", "name": "первый"}, {"text": "Два.", "voice": "ivan"}]
    batch = make(alice, texts=None, items=items).json()  # null is as good as nothing
    jobs = alice.get(batch["jobs_url"]).json()["results"]
    assert [(job["position"], job["name"], job["voice"]["slug"]) for job in jobs] == [
        (1, "первый", "anna"),
        (2, "", "ivan"),
    ]
    names = opened(alice.get(f"{URL}{batch['id']}/archive/")).namelist()
    assert names[0] == "0001-первый.mp3"


def test_a_file_is_spoken_line_by_line_and_what_is_no_speech_is_told(alice):
    batch = upload(alice, "Книга.txt", "Раз.\n* * *\nТри.").json()
    batch = alice.get(f"{URL}{batch['id']}/").json()
    assert (batch["name"], batch["source"]) == ("Книга.txt", "txt")
    assert batch["skipped"] == [{"position": 2, "text": "* * *", "code": "nothing_to_say"}]
    response = alice.get(batch["archive_url"])
    assert ".zip" in response["Content-Disposition"]
    assert opened(response).namelist()[1].startswith("0003-")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"texts": []}, 400, "batch_empty"),
        ({"items": [{"text": "Раз."}]}, 400, "texts_or_items"),
        ({"texts": ["Раз.", " "]}, 400, "empty_text"),
        ({"texts": ["Раз.", "!!!"]}, 400, "nothing_to_say"),
        ({"texts": ["а"] * 1001}, 413, "batch_too_long"),
        ({"texts": ["а" * 50_000] * 7}, 413, "batch_too_long"),
        ({"texts": ["а" * 50_001]}, 413, "text_too_long"),
        ({"voice": "nobody"}, 404, "unknown_voice"),
        ({"format": "xyz"}, 400, "unknown_format"),
    ],
)
def test_what_cannot_be_done_is_refused_whole(alice, fields, status, code):
    response = make(alice, **fields)
    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert not Batch.objects.exists()
    assert not Job.objects.exists()


def test_the_text_at_fault_is_named(alice):
    error = make(alice, texts=["Раз.", "!!!"]).json()["error"]
    assert error["details"]["item"] == 2
    assert error["message"].startswith("text 2: ")


def test_a_file_too_large_is_refused(alice, settings):
    settings.BATCH_FILE_LIMIT_BYTES = 10
    response = upload(alice, "a.txt", "Слишком много.")
    assert (response.status_code, response.json()["error"]["code"]) == (413, "batch_file_too_large")


def test_a_text_that_fails_leaves_the_others(alice, monkeypatch):
    from tests.conftest import hum
    from voices import engine
    from voices.errors import BadInput

    def speak(order, on_progress=None):
        if order.text == "Два.":
            raise BadInput("nothing_to_say", "nothing to say", "нечего произносить")
        return hum(order.text)

    monkeypatch.setattr(engine, "speak", speak)
    batch = alice.get(make(alice)["Location"]).json()
    assert batch["status"] == "partly_succeeded"
    archive = opened(alice.get(batch["archive_url"]))
    assert archive.namelist() == ["0001-Раз.mp3", "index.csv"]
    assert "nothing_to_say" in archive.read("index.csv").decode()


def test_a_few_jobs_go_at_a_time_to_the_queue_of_long_work(caller, sent, settings):
    settings.BATCH_JOBS_AT_ONCE = 2
    batch = make(caller("alice"), texts=["Раз.", "Два.", "Три."]).json()
    assert len(sent) == 2
    assert {queue for _, queue in sent} == {"batch"}
    settings.JOBS_TOGETHER = 1
    job_run_next(queue="batch")
    assert len(sent) == 3
    for _ in sent[1:]:
        job_run_next(queue="batch")
    assert Batch.objects.get(pk=batch["id"]).status == "succeeded"


def test_a_lost_turn_is_found_by_the_reaper(caller, sent):
    batch = make(caller("alice")).json()
    Job.objects.update(dispatched_at=None)
    sent.clear()
    batch_flow.batches_advance()
    assert len(sent) == 2
    Job.objects.update(status="succeeded", finished_at=timezone.now())
    batch_flow.batches_advance()
    assert Batch.objects.get(pk=batch["id"]).status == "succeeded"


def test_cancelling_stops_what_waits_and_keeps_what_is_made(caller, sent, settings):
    settings.JOBS_TOGETHER = 1
    client = caller("alice")
    batch = make(client, texts=["Раз.", "Два.", "Три."])
    job_run_next(queue="batch")
    running = job_claim(job_id=sent[1][0])
    body = client.post(f"{batch['Location']}cancel/")
    assert body.status_code == 200
    assert body.json()["status"] == "cancelled"
    assert body.json()["progress"]["cancelled"] == 2
    running.refresh_from_db()
    assert running.status == "cancelled"
    assert len(opened(client.get(body.json()["archive_url"])).namelist()) == 2
    batch_advance(batch_id=batch.json()["id"])
    assert Batch.objects.get().status == "cancelled"


def test_cancelling_a_batch_that_has_finished_removes_nothing(alice, settings):
    batch = make(alice)
    kept = sorted(settings.MEDIA_ROOT.rglob("*.mp3"))
    body = alice.post(f"{batch['Location']}cancel/").json()
    assert body["status"] == "succeeded"
    assert opened(alice.get(body["archive_url"]))
    assert sorted(settings.MEDIA_ROOT.rglob("*.mp3")) == kept != []


def test_deleting_a_batch_that_runs_cancels_it(caller, sent):
    client = caller("alice")
    body = client.delete(make(client)["Location"])
    assert (body.status_code, body.json()["status"]) == (200, "cancelled")


def test_a_removed_batch_takes_its_files_along(alice, settings):
    batch = make(alice)
    assert list(settings.MEDIA_ROOT.rglob("*.mp3"))
    assert alice.delete(batch["Location"]).status_code == 204
    assert not list(settings.MEDIA_ROOT.rglob("*.mp3"))
    assert not Job.objects.exists()


def test_a_batch_that_runs_has_no_archive(caller, sent):
    client = caller("alice")
    batch = make(client).json()
    assert batch["archive_url"] is None
    refused = client.get(f"{URL}{batch['id']}/archive/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "batch_running")
    client.delete(f"{URL}{batch['id']}/")
    refused = client.get(f"{URL}{batch['id']}/archive/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "archive_empty")


def test_the_quota_counts_a_batch_as_its_texts(alice, settings):
    settings.QUOTAS = {
        **settings.QUOTAS,
        "account": {**settings.QUOTAS["account"], "jobs_waiting": 1},
    }
    refused = make(alice)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "quota_exceeded")
    assert not Batch.objects.exists()


def test_batches_of_others_look_missing(alice, caller):
    url = make(caller("bob"))["Location"]
    for answer in (alice.get(url), alice.delete(url), alice.get(f"{url}archive/")):
        assert answer.status_code == 404
    assert alice.get(URL).json()["results"] == []
    batch = url.split("/")[-2]
    assert alice.get(f"/api/v1/jobs/?batch={batch}").json()["count"] == 0


def test_lists_are_filtered(alice):
    batch = make(alice).json()["id"]
    alice.post("/api/v1/jobs/", {"text": "Отдельно.", "voice": "anna"}, "json")
    assert alice.get("/api/v1/jobs/").json()["count"] == 3
    assert alice.get("/api/v1/jobs/?batch=none").json()["count"] == 1
    assert alice.get(f"/api/v1/jobs/?batch={batch}").json()["count"] == 2
    assert alice.get("/api/v1/jobs/?search=тдельно").json()["count"] == 1
    assert alice.get("/api/v1/jobs/?batch=nonsense").status_code == 400
    assert alice.get(f"{URL}?status=succeeded").json()["count"] == 1
    assert alice.get(f"{URL}?status=failed").json()["count"] == 0
