"""Subtitles of a batch on one track: each at its time, said faster where there is no room."""

import csv
import io
import zipfile

import numpy as np
import pytest
import soundfile as sf
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import RATE_HZ
from tts_engine.types import Audio
from voices import engine
from voices.models import Job
from voices.services.jobs import batch_flow
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("bank_voice")
STARTS = (1.0, 2.0, 3.0, 5.0)


def subtitles(*texts):
    blocks = [
        f"{number}\n00:00:0{start:.0f},000 --> 00:00:0{start:.0f},900\n{text}\n"
        for number, (start, text) in enumerate(zip(STARTS, texts, strict=True), start=1)
    ]
    return SimpleUploadedFile("film.srt", "\n".join(blocks).encode())


def hum_of(seconds):
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return Audio((0.5 * np.sin(2 * np.pi * 300 * time)).astype(np.float32), RATE_HZ)


@pytest.fixture
def spoken(humming_engine, monkeypatch):
    """An engine that takes as many tenths of a second as the text has letters."""

    def speak(order, on_progress=None):
        if "сбой" in order.text:
            raise RuntimeError("broken")
        return hum_of(0.1 * len(order.text) / order.speed)

    monkeypatch.setattr(engine, "speak", speak)


def made(client, file, **fields):
    body = {"file": file, "voice": "anna", "format": "wav", **fields}
    created = client.post("/api/v1/batches/", body, "multipart")
    assert created.status_code == 202, created.content
    return client.get(created["Location"]).json()


def heard(client, batch):
    """Beginnings of what is heard on the track, and its length, in seconds."""
    response = client.get(batch["track"]["url"])
    samples, rate = sf.read(io.BytesIO(b"".join(response.streaming_content)))
    loud = np.abs(samples).reshape(-1)[: len(samples) // 441 * 441].reshape(-1, 441).max(axis=1)
    edges = np.flatnonzero(np.diff((loud > 0.1).astype(int)) == 1) + 1
    return (edges * 441 / rate).tolist(), len(samples) / rate


def test_every_subtitle_begins_at_its_time(caller, inline_worker, spoken):
    client = caller("alice")
    batch = made(client, subtitles("а" * 5, "а" * 6, "а" * 7, "а" * 8))
    assert batch["status"] == "succeeded"
    assert batch["progress"]["total"] == 4
    assert batch["track"]["notes"] == []
    starts, seconds = heard(client, batch)
    assert starts == pytest.approx(STARTS, abs=0.03)
    assert seconds == pytest.approx(5.8, abs=0.01)


def test_what_is_too_long_is_said_faster_and_then_cut(caller, inline_worker, spoken):
    client = caller("alice")
    batch = made(client, subtitles("а" * 13, "а" * 40, "а" * 5, "а" * 40))
    faster, cut = batch["track"]["notes"]
    assert faster["position"] == 1
    assert 1.3 <= faster["speed"] <= 1.4
    assert faster["cut_seconds"] == 0
    assert (cut["position"], cut["speed"], cut["room_seconds"]) == (2, 1.6, 1.0)
    assert cut["cut_seconds"] == pytest.approx(1.5, abs=0.01)
    _, seconds = heard(client, batch)
    assert seconds == pytest.approx(9.0, abs=0.01)  # the last one has no end
    archive = zipfile.ZipFile(
        io.BytesIO(b"".join(client.get(batch["archive_url"]).streaming_content))
    )
    index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert float(index[0]["speed"]) == faster["speed"]
    assert (index[1]["speed"], float(index[1]["cut_seconds"])) == ("1.6", cut["cut_seconds"])
    assert (index[2]["speed"], index[2]["cut_seconds"]) == ("", "")
    assert index[-1]["file"].startswith("track-film.")
    track = client.get(f"/api/v1/jobs/{batch['track']['job']}/").json()
    assert track["name"] == "film"
    assert "film" in client.get(batch["track"]["url"])["Content-Disposition"]


def test_a_subtitle_that_failed_is_silence_and_is_told(caller, inline_worker, spoken):
    client = caller("alice")
    batch = made(client, subtitles("ааааа", "сбой", "ааааа", "ааааа"))
    assert batch["status"] == "partly_succeeded"
    [note] = batch["track"]["notes"]
    assert (note["position"], note["missing"]) == (2, True)
    starts, _ = heard(client, batch)
    assert starts == pytest.approx([1.0, 3.0, 5.0], abs=0.03)


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "flac", "aac", "voice_message", "pcm"])
def test_the_track_is_made_in_every_format(caller, inline_worker, spoken, audio_format):
    batch = made(caller("alice"), subtitles(*["а" * 5] * 4), format=audio_format)
    assert batch["track"]["status"] == "succeeded"
    assert batch["track"]["seconds"] == pytest.approx(5.5, abs=0.1)


def test_the_track_waits_for_the_last_subtitle(caller, messages, spoken, monkeypatch, settings):
    settings.JOBS_TOGETHER = 1
    told = []
    monkeypatch.setattr(batch_flow, "dispatch", lambda *, job_id, queue: told.append(job_id))
    client = caller("alice")
    made(client, subtitles(*["а" * 5] * 4))
    track = Job.objects.get(kind="track")
    for _ in range(3):
        job_run_next(queue="batch")
    assert track.pk not in told
    job_run_next(queue="batch")
    assert told[-1] == track.pk


def test_nothing_said_is_no_track(caller, inline_worker, spoken):
    batch = made(caller("alice"), subtitles(*["сбой"] * 4))
    assert batch["status"] == "failed"
    assert batch["track"]["status"] == "failed"
    assert batch["archive_url"] is None


def test_a_track_lets_others_by_and_says_no_subtitle_twice(caller, messages, spoken, monkeypatch):
    def batch_made_but_for_the_track(client):
        batch = made(client, subtitles(*texts))
        job_run_next(queue="batch")
        return batch["id"], Job.objects.get(kind="track", status="queued")

    def track_of(client, batch_id):
        return client.get(f"/api/v1/batches/{batch_id}/").json()["track"]

    texts = ["а" * 13, "а" * 14, "а" * 23, "а" * 5]
    bobs, _ = batch_made_but_for_the_track(caller("bob"))
    job_run_next(queue="batch")
    expected = track_of(caller("bob"), bobs)
    assert expected["status"] == "succeeded"
    batch_id, track = batch_made_but_for_the_track(caller("alice"))
    usual, said, asked = engine.speak, [], []

    def speak(order, *args, **kwargs):
        said.append(order.text)
        if len(said) == 1:
            body = {"text": "б" * 700, "voice": "anna"}
            asked.append(caller("carol").post("/api/v1/jobs/", body, "json").json()["id"])
            Job.objects.filter(pk=asked[0]).update(queue="batch")
        return usual(order, *args, **kwargs)

    monkeypatch.setattr(engine, "speak", speak)
    job_run_next(queue="batch")
    track.refresh_from_db()
    assert (track.paused, said) == (True, texts[:1])
    job_run_next(queue="batch")
    assert Job.objects.get(pk=asked[0]).status == "succeeded"
    job_run_next(queue="batch")
    assert said == [texts[0], "б" * 700, *texts[1:3]]
    made_now = track_of(caller("alice"), batch_id)
    for name in ("status", "notes", "seconds"):
        assert made_now[name] == expected[name]
    assert not default_storage.exists(f"parts/{track.pk}/1/00000")
