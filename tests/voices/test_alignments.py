"""The words of songs: looked for in the worker, kept in five formats, set anew by their owner."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.voices.asking import body_of, on_disk, refused
from tests.voices.singing_engine import FOUND, LYRICS, score_file, singing_engine_set
from tests.voices.song_engine import SECONDS, song, song_engine_set
from voices.errors import Unusable
from voices.models import Job, StoredFile
from voices.services.songs import aligning
from voices.services.upkeep import operator
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "singing")
FORMATS = {"lrc", "srt", "ass", "textgrid", "json"}


@pytest.fixture
def singing(monkeypatch):
    return singing_engine_set(monkeypatch)


@pytest.fixture
def client(caller, messages):
    return caller("alice")


def ask(client, **fields):
    body = {"audio": song("Берёза.wav"), "lyrics": LYRICS, **fields}
    body = {name: value for name, value in body.items() if value is not None}
    return client.post("/api/v1/alignments/", body, HTTP_ACCEPT_LANGUAGE="en")


def worked(client, job):
    job_run_next(queue="conversion")
    return client.get(f"/api/v1/alignments/{job['id']}/").json()


def made(client, **fields):
    answer = ask(client, **fields)
    assert answer.status_code == 202, answer.content
    return worked(client, answer.json())


def file_of(client, job, role):
    return body_of(client.get(f"/api/v1/alignments/{job['id']}/files/{role}/"))


def test_words_come_back_in_every_format(client, singing, caller):
    job = made(client)
    assert job["status"] == "succeeded", job["error"]
    assert (job["kind"], job["name"], job["audio"]) == ("alignment", "Берёза.wav", None)
    assert job["text"] == LYRICS
    assert singing.aligned == [(song().read(), LYRICS, True)]
    assert {file["role"] for file in job["files"]} == {*FORMATS, "source"}
    assert job["lines"] == FOUND["lines"]
    assert job["params"]["words"] == 4
    assert job["params"]["not_sung"] == ["во поле кудрявая"]
    assert "<00:00.70>берёза" in file_of(client, job, "lrc").decode()
    assert "00:00:00,100 --> 00:00:01,800" in file_of(client, job, "srt").decode()
    assert "{\\kf50}берёза" in file_of(client, job, "ass").decode()
    assert '"берёза"' in file_of(client, job, "textgrid").decode()
    assert json.loads(file_of(client, job, "json"))["lines"] == FOUND["lines"]
    assert file_of(client, job, "source") == song().read()
    assert client.get(f"/api/v1/jobs/{job['id']}/files/lrc/").status_code == 200
    stranger = caller("bob")
    path = f"/api/v1/alignments/{job['id']}/"
    assert refused(stranger.get(path)) == (404, "unknown_job")
    assert refused(stranger.get(f"{path}files/lrc/")) == (404, "unknown_job")
    assert refused(stranger.patch(path, {"lines": []}, format="json")) == (404, "unknown_job")


def test_lines_end_alike_however_they_were_sent(client, singing):
    made(client, lyrics=LYRICS.replace("\n", "\r\n"))
    assert singing.aligned[0][1] == LYRICS


def test_a_voice_alone_is_not_separated(client, singing):
    made(client, voice_only="true")
    assert singing.aligned[0][2] is False


def test_a_song_that_was_separated_before_is_not_separated_again(client, singing, monkeypatch):
    song_engine_set(monkeypatch)
    earlier = client.post("/api/v1/separations/", {"audio": song()}).json()
    job_run_next(queue="conversion")
    made(client, audio=None, song=earlier["id"])
    [(heard, _, separate)] = singing.aligned
    assert separate is False
    assert heard != song().read()


def test_of_a_song_that_was_sung_here_the_voice_is_heard(client, singing, caller):
    wish = {"score": score_file(), "voice": "anna", "rights": "true", "format": "wav"}
    sung = client.post("/api/v1/songs/", wish).json()
    job_run_next(queue="conversion")
    files = {
        role: body_of(client.get(f"/api/v1/songs/{sung['id']}/files/{role}/"))
        for role in ("result", "vocals")
    }
    job = made(client, audio=None, song=sung["id"])
    assert singing.aligned == [(files["vocals"], LYRICS, False)]
    assert file_of(client, job, "source") == files["result"]
    made(client, audio=SimpleUploadedFile("song.wav", files["result"]))  # known by its content too
    assert singing.aligned[1] == (files["vocals"], LYRICS, False)
    assert refused(ask(caller("bob"), audio=None, song=sung["id"])) == (404, "unknown_job")
    made(caller("bob"), audio=SimpleUploadedFile("song.wav", files["result"]))
    assert singing.aligned[2] == (files["result"], LYRICS, True)


def test_a_song_that_is_not_sung_yet_has_no_words_to_find(client):
    wish = {"score": score_file(), "voice": "anna", "rights": "true"}
    waiting = client.post("/api/v1/songs/", wish).json()
    assert refused(ask(client, audio=None, song=waiting["id"])) == (404, "song_gone")


def changed(start=0.35, **more):
    lines = json.loads(json.dumps(FOUND["lines"]))
    lines[0]["words"][1] |= {"start": start, **more}
    return {"lines": lines}


def test_times_are_set_anew_and_every_file_follows(client, settings):
    job = made(client)
    path = f"/api/v1/alignments/{job['id']}/"
    before = on_disk(settings)
    lines = changed()
    lines["lines"][1]["words"] = [{"text": "во", "start": 1.8, "end": 1.9}]
    answer = client.patch(path, lines, format="json")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["lines"][0]["words"][1]["start"] == 0.35
    assert told["lines"][1]["words"][0]["certainty"] == 1.0
    assert told["params"]["not_sung"] == []
    assert told["params"]["edits"] == 1
    assert client.get(path).json()["lines"] == told["lines"]
    assert "<00:00.35>поле" in file_of(client, job, "lrc").decode()
    assert "во" in file_of(client, job, "textgrid").decode().split("кудрявая")[1]
    for role in FORMATS:
        assert StoredFile.objects.filter(job=job["id"], role=role).count() == 1
    assert len(on_disk(settings)) == len(before)
    cached = client.get(f"{path}files/lrc/")["Cache-Control"]
    assert "no-cache" in cached
    assert client.patch(path, changed(0.4), format="json").json()["params"]["edits"] == 2


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "invalid_request")),
        ({"lines": 5}, (400, "bad_times")),
        ({"lines": [5]}, (400, "bad_times")),
        ({"lines": [{"text": "а", "words": [5]}]}, (400, "bad_times")),
        (changed(start=0.2), (400, "bad_times")),
        (changed(start=0.7), (400, "bad_times")),
        (changed(start="0"), (400, "bad_times")),
        (changed(certainty=2), (400, "bad_times")),
        (changed(text=""), (400, "bad_times")),
        ({"lines": [{"text": "а", "words": [{"text": "а", "start": 1.0, "end": 9.0}]}]}, (400, "bad_times")),
    ],
)  # fmt: skip
def test_times_that_cannot_be_leave_all_as_it_was(client, settings, body, refusal):
    job = made(client)
    before = on_disk(settings)
    answer = client.patch(f"/api/v1/alignments/{job['id']}/", body, format="json")
    assert refused(answer) == refusal
    assert on_disk(settings) == before
    assert "<00:00.30>поле" in file_of(client, job, "lrc").decode()


def test_a_change_that_breaks_off_leaves_all_as_it_was(client, settings, monkeypatch):
    job = made(client)
    before = on_disk(settings)
    kept = []

    def fails(row, stored):
        kept.append(stored)
        if len(kept) == 3:
            raise ZeroDivisionError

    monkeypatch.setattr(aligning, "file_save_for", fails)
    client.raise_request_exception = False
    assert (
        client.patch(f"/api/v1/alignments/{job['id']}/", changed(), format="json").status_code
        == 500
    )
    assert on_disk(settings) == before
    assert StoredFile.objects.filter(job=job["id"]).count() == len(FORMATS) + 1


def test_nothing_is_changed_before_it_is_made(client):
    job = ask(client).json()
    answer = client.patch(f"/api/v1/alignments/{job['id']}/", changed(), format="json")
    assert refused(answer) == (409, "not_aligned")
    assert client.get(f"/api/v1/alignments/{job['id']}/").json()["lines"] is None


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"audio": None}, (400, "song_required")),
        ({"lyrics": None}, (400, "nothing_to_say")),
        ({"lyrics": " \n—…\n"}, (400, "nothing_to_say")),
        ({"lyrics": "ля " * 10_001}, (400, "too_many_words")),
        ({"lyrics": "а" * 200_001}, (400, "invalid_request")),
        ({"upload": "7d0c2f0e-0000-4000-8000-000000000000"}, (404, "unknown_upload")),
        ({"audio": None, "song": "7d0c2f0e-0000-4000-8000-000000000000"}, (404, "unknown_job")),
        ({"audio": song("a.wav"), "format": "lrc"}, (400, "unknown_field")),
        ({"webhook_url": "ftp://example.com"}, (400, "bad_webhook_url")),
    ],
)
def test_what_cannot_be_looked_for_is_refused_and_leaves_nothing(client, settings, fields, refusal):
    assert refused(ask(client, **fields)) == refusal
    assert not Job.objects.exists()
    assert not settings.MEDIA_ROOT.exists() or not on_disk(settings)


def test_lyrics_of_another_song_are_told_of_and_can_be_tried_again(client, singing, settings):
    def refuse(done, total, stage):
        raise Unusable("lyrics_of_another_song", "not heard", "не слышно")

    singing.at_stage = refuse
    job = made(client)
    assert (job["status"], job["error"]["code"]) == ("failed", "lyrics_of_another_song")
    assert on_disk(settings) == {"source"}
    singing.at_stage = lambda *told: None
    assert operator.jobs_retry(jobs=Job.objects.all()) == 1
    assert worked(client, job)["status"] == "succeeded"
    assert client.delete(f"/api/v1/jobs/{job['id']}/").status_code == 204
    assert on_disk(settings) == set()


def test_history_finds_it_by_its_words(client):
    made(client)
    for filters in ({"kind": "history"}, {"kind": "alignment"}, {"search": "кудрявая"}):
        assert client.get("/api/v1/jobs/", filters).json()["count"] == 1, filters
    assert FOUND["seconds"] == SECONDS
