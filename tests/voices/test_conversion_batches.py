"""Many recordings in one voice: sent together or as a zip, watched, downloaded as one zip, removed."""

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.voices.asking import refused
from tests.voices.own_voices import recording
from tests.voices.song_engine import song, song_engine_set
from voices.errors import Unusable
from voices.models import Batch, Job, StoredFile, Upload
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "song_engine")
URL = "/api/v1/conversions/batches/"


@pytest.fixture
def song_engine(monkeypatch):
    return song_engine_set(monkeypatch)


@pytest.fixture
def client(caller, messages):
    return caller("alice")


def zipped(contents, name="Альбом.zip"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, content in contents.items():
            archive.writestr(inner, content)
    return SimpleUploadedFile(name, stream.getvalue())


def ask(client, **fields):
    body = {"audio": [song()], "voice": "anna", "rights": "true", **fields}
    body = {name: value for name, value in body.items() if value is not None}
    return client.post(URL, body, HTTP_ACCEPT_LANGUAGE="en")


def made(client, **fields):
    answer = ask(client, **fields)
    assert answer.status_code == 202, answer.content
    while Job.objects.filter(status="queued").exists():
        job_run_next(queue="conversion")
    return client.get(answer["Location"]).json()


def opened(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def on_disk(settings):
    root = settings.MEDIA_ROOT
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def test_recordings_and_a_zip_are_made_with_one_setting_and_come_back_in_one_zip(
    client, song_engine, settings
):
    album = zipfile_of_two()
    batch = made(
        client,
        audio=[album, song("Третья.wav", 500)],
        settings='{"transpose": -5}',
        preset="dubbing",
        format="flac",
    )
    assert (batch["source"], batch["format"], batch["status"]) == ("songs", "flac", "succeeded")
    assert batch["progress"]["total"] == 3
    assert batch["skipped"] == [
        {"position": 3, "text": "обложка.jpg", "code": "not_audio"},
        {"position": 4, "text": "пусто.mp3", "code": "empty_file"},
    ]
    assert [order.settings for order in song_engine.orders] == [
        {"preset": "dubbing", "transpose": -5}
    ] * 3
    assert [given["song"] for given in song_engine.given] == [
        song(hz=hz).read() for hz in (300, 400, 500)
    ]
    archive = opened(client.get(batch["archive_url"]))
    assert archive.namelist() == ["0001-Раз.flac", "0002-Два.flac", "0005-Третья.flac", "index.csv"]
    jobs = client.get(batch["jobs_url"]).json()["results"]
    assert [(job["position"], job["name"]) for job in jobs] == [
        (1, "Раз.wav"),
        (2, "Два.wav"),
        (5, "Третья.wav"),
    ]
    assert all(job["params"]["rights"]["given"] for job in jobs)
    listed = client.get("/api/v1/batches/", {"source": "songs"}).json()["results"]
    assert [one["id"] for one in listed] == [batch["id"]]
    assert client.get("/api/v1/batches/", {"source": "texts"}).json()["count"] == 0
    assert client.delete(f"/api/v1/batches/{batch['id']}/").status_code == 204
    assert on_disk(settings) == []


def zipfile_of_two():
    return zipped(
        {
            "Альбом/Раз.wav": song(hz=300).read(),
            "Альбом/Два.wav": song(hz=400).read(),
            "Альбом/обложка.jpg": b"jpg",
            "__MACOSX/._Раз.wav": b"fork",
            "../../outside/.hidden.wav": b"x",
            "Альбом/пусто.mp3": b"",
        }
    )


def test_those_that_fail_are_told_and_the_others_are_made(client, song_engine):
    def refuse(done, total, stage):
        if song_engine.given[-1]["song"] == song(hz=400).read():
            raise Unusable("no_voice_in_song", "only music", "только музыка")

    song_engine.at_stage = refuse
    batch = made(client, audio=[song("a.wav", 300), song("b.wav", 400)])
    assert (batch["status"], batch["progress"]["failed"]) == ("partly_succeeded", 1)
    [failed] = client.get("/api/v1/jobs/", {"batch": batch["id"], "status": "failed"}).json()[
        "results"
    ]
    assert (failed["name"], failed["error"]["code"]) == ("b.wav", "no_voice_in_song")
    index = opened(client.get(batch["archive_url"])).read("index.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(index)))
    assert [(row["text"], row["status"], row["error"]) for row in rows] == [
        ("a.wav", "succeeded", ""),
        ("b.wav", "failed", "no_voice_in_song"),
    ]


def test_large_files_and_a_reference_serve_too(client, song_engine):
    started = client.post("/api/v1/uploads/", {"name": "x.zip", "size_bytes": 10}, "json").json()
    assert refused(ask(client, upload=started["id"])) == (409, "upload_incomplete")
    sizes = {
        "Одна.wav": song(hz=300).read(),
        "x.zip": zipped({"b.wav": song(hz=400).read()}).read(),
    }
    uploads = []
    for name, content in sizes.items():
        upload = client.post(
            "/api/v1/uploads/", {"name": name, "size_bytes": len(content)}, "json"
        ).json()
        client.put(
            f"/api/v1/uploads/{upload['id']}/parts/1/",
            content,
            content_type="application/octet-stream",
        )
        assert client.post(f"/api/v1/uploads/{upload['id']}/finish/").status_code == 200
        uploads.append(upload["id"])
    batch = made(client, audio=None, upload=uploads, voice=None, reference=recording(name="me.wav"))
    assert batch["status"] == "succeeded", batch
    assert [given["song"] for given in song_engine.given] == [
        song(hz=300).read(),
        song(hz=400).read(),
    ]
    assert [len(order.recordings) for order in song_engine.orders] == [1, 1]
    assert list(Upload.objects.values_list("original_name", flat=True)) == ["x.zip"]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"rights": None}, (400, "rights_required")),
        ({"audio": None}, (400, "batch_empty")),
        ({"voice": "nobody"}, (404, "unknown_voice")),
        ({"settings": '{"protect": 2}'}, (400, "bad_conversion_settings")),
        ({"audio": ["a.wav", ""]}, (400, "empty_file")),
        ({"audio": ["a.zip", "no zip"]}, (400, "damaged_zip")),
        ({"audio": ["a.zip", {"a.txt": b"x"}]}, (400, "batch_empty")),
        ({"audio": ["a.zip", {f"{n}.wav": b"x" for n in range(6)}]}, (413, "batch_too_long")),
        ({"audio": ["a.zip", {"a.wav": b"0" * 2_000_000}]}, (413, "zip_too_large")),
        ({"song": "7d0c2f0e-0000-4000-8000-000000000000"}, (400, "unknown_field")),
    ],
)
def test_what_cannot_be_done_is_refused_whole_and_leaves_nothing(client, settings, fields, refusal):
    settings.BATCH_SONGS_LIMIT, settings.BATCH_SONGS_LIMIT_BYTES = 5, 1_000_000
    if fields.get("audio"):
        name, content = fields["audio"]
        bad = (
            zipped(content, name)
            if isinstance(content, dict)
            else SimpleUploadedFile(name, content.encode())
        )
        fields = {"audio": [bad] if isinstance(content, dict) else [song(), bad]}
    answer = ask(client, **fields)
    assert refused(answer) == refusal
    assert not Batch.objects.exists()
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()
    assert on_disk(settings) == []


def test_the_recording_at_fault_is_named(client):
    error = ask(client, audio=[song(), SimpleUploadedFile("b.wav", b"")]).json()["error"]
    assert error["details"]["item"] == 2
    assert error["message"].startswith("recording 2: ")


def test_more_than_may_wait_is_refused_and_leaves_nothing(client, settings):
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "jobs_waiting": 1}}
    assert refused(ask(client, audio=[song(), song()])) == (429, "quota_exceeded")
    assert on_disk(settings) == []


def test_the_same_call_twice_makes_one_batch(client):
    bodies = [{"audio": [song()], "voice": "anna", "rights": "true"} for _ in range(2)]
    first, second = (
        client.post(URL, body, headers={"Idempotency-Key": "one"}).json() for body in bodies
    )
    assert first["id"] == second["id"]
    assert Job.objects.count() == 1


def test_it_can_be_cancelled_and_nobody_else_sees_it(client, caller):
    batch = ask(client, audio=[song(), song()]).json()
    stranger = caller("bob")
    assert stranger.get(f"/api/v1/batches/{batch['id']}/").status_code == 404
    cancelled = client.post(f"/api/v1/batches/{batch['id']}/cancel/").json()
    assert (cancelled["status"], cancelled["progress"]["cancelled"]) == ("cancelled", 2)
