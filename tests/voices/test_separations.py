"""Songs taken apart, by our own address and by a large upload."""

import pytest

from tests.voices.song_engine import SECONDS, song, song_engine_set
from voices.models import Job, StoredFile, Upload
from voices.services.jobs.uploads import PART_BYTES
from voices.services.upkeep import operator
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "song_engine")


@pytest.fixture
def song_engine(monkeypatch):
    return song_engine_set(monkeypatch)


@pytest.fixture
def client(caller, messages):
    return caller("alice")


def separated(client, **fields):
    answer = client.post("/api/v1/separations/", fields)
    assert answer.status_code == 202, answer.content
    job_run_next(queue="conversion")
    return client.get(f"/api/v1/jobs/{answer.json()['id']}/").json()


def uploaded(client, content):
    body = {"name": "Песня.wav", "size_bytes": len(content)}
    path = f"/api/v1/uploads/{client.post('/api/v1/uploads/', body, 'json').json()['id']}/"
    for number in range(-(-len(content) // PART_BYTES)):
        part = content[number * PART_BYTES : (number + 1) * PART_BYTES]
        client.generic("PUT", f"{path}parts/{number + 1}/", part, "application/octet-stream")
    return path


def test_a_song_comes_apart_into_vocals_and_accompaniment(client):
    job = separated(client, audio=song(), format="wav")
    assert (job["status"], job["kind"], job["voice"]["name"]) == ("succeeded", "separation", "")
    assert (job["audio"]["format"], job["audio"]["seconds"]) == ("wav", SECONDS)
    assert {file["role"]: file["format"] for file in job["files"]} == {
        "source": "wav", "result": "wav", "vocals": "flac", "accompaniment": "flac",
    }  # fmt: skip
    assert job["params"]["figures"] == {"vocals_db": -20.0, "accompaniment_db": None}


def test_a_conversion_begins_with_what_was_separated_before(client, song_engine):
    job = separated(client, audio=song())
    body = {"song": job["id"], "voice": "anna"}
    told = client.post("/api/v1/conversions/", body).json()["error"]
    assert told["code"] == "rights_required", "nobody was asked for a separation"
    answer = client.post("/api/v1/conversions/", {**body, "rights": "true"})
    job_run_next(queue="conversion")
    assert client.get(f"/api/v1/jobs/{answer.json()['id']}/").json()["status"] == "succeeded"
    assert song_engine.separated == 1


def test_a_preview_is_no_stem_of_the_whole(client, song_engine):
    job = separated(client, audio=song(), preview_from=1.0)
    assert job["params"]["start_seconds"] == 1.0
    body = {"song": job["id"], "voice": "anna", "rights": "true"}
    client.post("/api/v1/conversions/", body)
    job_run_next(queue="conversion")
    assert song_engine.separated == 2


def test_a_large_file_comes_by_upload(client):
    path = uploaded(client, song().read())
    body = {"upload": path.split("/")[-2]}
    early = client.post("/api/v1/separations/", body)
    assert (early.status_code, early.json()["error"]["code"]) == (409, "upload_incomplete")
    client.post(f"{path}finish/")
    job = separated(client, **body)
    assert (job["status"], job["name"]) == ("succeeded", "Песня.wav")
    assert not Upload.objects.exists()
    assert StoredFile.objects.get(role="source").job_id is not None


def test_without_a_song_it_is_refused_by_name(client):
    answer = client.post("/api/v1/separations/", {"format": "mp3"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "song_required")
    both = {"audio": song(), "song": "7d0c2f0e-0000-4000-8000-000000000000"}
    assert client.post("/api/v1/separations/", both).status_code == 404
    job = separated(client, audio=song())
    answer = client.post("/api/v1/separations/", {"audio": song(), "song": job["id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "several_songs")


def test_a_cancelled_one_can_be_tried_again(client):
    answer = client.post("/api/v1/separations/", {"audio": song()})
    client.post(f"/api/v1/jobs/{answer.json()['id']}/cancel/")
    assert operator.jobs_retry(jobs=Job.objects.all()) == 1
    job_run_next(queue="conversion")
    assert Job.objects.get().status == "succeeded"


def test_a_job_of_another_kind_has_no_song(client):
    text = client.post("/api/v1/jobs/", {"text": "Раз.", "voice": "anna"}, "json").json()
    answer = client.post("/api/v1/separations/", {"song": text["id"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "song_gone")
    assert client.get(f"/api/v1/conversions/{text['id']}/").status_code == 404
