"""Uploads that cannot serve: each has its reason, and nothing is left of it."""

import io
import struct

import numpy as np
import pytest
import soundfile as sf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from voices import engine
from voices.errors import Unusable
from voices.models import Job, Recording, Voice
from voices.services.jobs import files

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def sound(seconds=3.0, rate_hz=16_000, channels=1, audio_format="WAV", subtype=None):
    stream = io.BytesIO()
    tone = 0.1 * np.sin(np.arange(int(seconds * rate_hz)) / 20)
    samples = np.stack([tone] * channels, axis=1)
    sf.write(stream, samples, rate_hz, format=audio_format, subtype=subtype)
    return stream.getvalue()


def upload(content, name="me.wav"):
    return SimpleUploadedFile(name, content)


def create(client, *recordings):
    body = {"name": "Мой", "recording": list(recordings), "consent": "true"}
    return client.post("/api/v1/voices/", body)


def hours_of_silence():
    """A wav header that promises three hours; the samples do not follow."""
    rate, size = 8000, 3 * 3600 * 8000 * 2
    header = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    header += struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    return header + b"data" + struct.pack("<I", size) + bytes(4000)


def nan_samples():
    stream = io.BytesIO()
    sf.write(stream, np.full(48_000, np.nan, np.float32), 16_000, format="WAV", subtype="FLOAT")
    return stream.getvalue()


def files_left(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "statuses"),
    [
        (sound(channels=8), {422}),
        (sound(seconds=0.5, rate_hz=384_000), {422}),
        (nan_samples(), {422}),
        (sound(audio_format="MP3")[:3000], {422}),
        (hours_of_silence(), {413, 422}),
        (bytes(5000), {415}),
    ],
    ids=["8 channels", "384 kHz", "NaN", "truncated mp3", "3 hours", "zeros"],
)
def test_a_file_that_cannot_serve_is_refused_in_both_languages(caller, settings, content, statuses):
    client = caller("alice")
    response = create(client, upload(content))
    assert response.status_code in statuses
    error = response.json()["error"]
    assert error["code"] not in {"internal_error", "invalid_request"}
    assert error["details"]["recording"] == "me.wav"
    assert not Recording.objects.exists()
    assert not Voice.objects.filter(is_bank=False).exists()
    assert files_left(settings) == []
    assert Job.objects.get().status == Job.Status.FAILED


def test_the_bad_one_of_several_is_named(caller):
    response = create(caller("alice"), upload(sound()), upload(b"text" * 500, "плохая.wav"))
    assert response.status_code == 415
    assert "плохая.wav" in response.json()["error"]["message"]


def test_what_is_missing_is_named(caller):
    client = caller("alice")
    nothing = client.post("/api/v1/voices/", {"name": "Мой", "consent": "true"})
    assert nothing.json()["error"]["code"] == "recording_required"
    nameless = client.post(
        "/api/v1/voices/", {"name": "  ", "consent": "true", "recording": upload(sound())}
    )
    assert nameless.json()["error"]["code"] == "name_required"
    json_body = client.post("/api/v1/voices/", {"name": "Мой"}, "json")
    assert json_body.status_code == 415


def test_too_many_recordings_are_refused(caller, settings):
    settings.RECORDINGS_LIMIT = 1
    refused = create(caller("alice"), upload(sound()), upload(sound()))
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["limit"] == 1


def test_a_large_upload_is_refused_before_it_is_parsed(caller, settings):
    settings.UPLOAD_LIMIT_BYTES = 1000
    refused = create(caller("alice"), upload(bytes(400_000)))
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "upload_too_large"


def test_a_large_body_is_refused_before_it_is_parsed(caller):
    body = {"text": "а" * 1_500_000, "voice": "anna"}
    refused = caller("alice").post("/api/v1/jobs/", body, "json")
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "body_too_large"


def test_files_that_lie_together_over_the_limit_are_refused(caller, settings):
    settings.UPLOAD_LIMIT_BYTES = 150_000
    refused = create(caller("alice"), upload(sound()), upload(sound()))
    assert refused.json()["error"]["code"] == "upload_too_large"


def test_a_bad_second_recording_leaves_the_voice_as_it_was(caller, settings):
    client = caller("alice")
    voice = create(client, upload(sound())).json()
    path = f"/api/v1/voices/{voice['id']}/recordings/"
    refused = client.post(path, {"recording": upload(b"no sound" * 99), "consent": "true"})
    assert refused.status_code == 415
    after = client.get(f"/api/v1/voices/{voice['id']}/").json()
    assert after == voice
    assert len(files_left(settings)) == 1


def test_a_recording_is_taken_out_but_not_the_last(caller, settings):
    client = caller("alice")
    voice = create(client, upload(sound(3)), upload(sound(4))).json()
    path = f"/api/v1/voices/{voice['id']}/recordings/"
    first, second = (recording["id"] for recording in voice["recordings"])
    assert len(client.delete(f"{path}{first}/").json()["recordings"]) == 1
    assert len(files_left(settings)) == 1
    last = client.delete(f"{path}{second}/")
    assert (last.status_code, last.json()["error"]["code"]) == (400, "last_recording")


def test_recordings_of_others_look_missing(caller):
    voice = create(caller("bob"), upload(sound())).json()
    alice = caller("alice")
    path = f"/api/v1/voices/{voice['id']}/recordings/"
    assert alice.post(path, {"recording": upload(sound()), "consent": "true"}).status_code == 404
    recording = voice["recordings"][0]["id"]
    assert alice.delete(f"{path}{recording}/").status_code == 404
    assert Recording.objects.count() == 1


def test_a_worker_that_never_comes_leaves_nothing(caller, settings, monkeypatch):
    settings.WAIT_SECONDS = 0.1
    monkeypatch.setattr("voices.services.jobs.jobs.dispatch", lambda **_: True)
    response = create(caller("alice"), upload(sound()))
    assert response.status_code == 504
    assert response.json()["error"]["code"] == "still_working"
    assert not Voice.objects.filter(is_bank=False).exists()
    assert files_left(settings) == []


def test_a_full_disk_leaves_nothing(caller, settings, monkeypatch):
    def full(name, content):
        if "recordings" in name and list(settings.MEDIA_ROOT.rglob("*")):
            raise OSError(28, "No space left on device")
        return store(name, content)

    store = files.file_store
    monkeypatch.setattr(files, "file_store", full)
    answer = create(caller("alice"), upload(sound()), upload(sound()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_full")
    assert not Voice.objects.filter(is_bank=False).exists()
    assert files_left(settings) == []


def test_an_upload_there_is_no_room_for_is_named(caller, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    answer = create(caller("alice"), upload(sound()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_full")
    assert int(answer["Retry-After"]) > 0


def test_a_voice_too_short_to_learn_is_explained(caller, monkeypatch):
    def refuse(content):
        raise Unusable("too_little_speech", "only 1 s of speech", "речи всего 1 с")

    monkeypatch.setattr(engine, "analyse_reference", refuse)
    path, body = "/api/v1/voices/", {"name": "М", "consent": "true", "recording": upload(sound())}
    response = caller("alice").post(path, body, headers={"Accept-Language": "ru"})
    assert response.status_code == 422
    assert response.json()["error"]["message"] == "речи всего 1 с"


def test_a_deleted_voice_takes_what_was_said_in_it_along(caller, settings):
    client = caller("alice")
    voice = create(client, upload(sound())).json()["id"]
    client.post("/api/v1/jobs/", {"text": "Привет.", "voice": voice}, "json")
    deleted = client.delete(f"/api/v1/voices/{voice}/")
    assert deleted.status_code == 200
    facts = deleted.json()
    assert facts.pop("size_bytes") > 1000
    assert facts == {
        "voice": "Мой",
        "recordings": 1,
        "results": 1,
        "versions": 1,
        "checkpoints": 0,
        "merged_voices": 0,
        "consent_records_kept": 1,
    }
    assert files_left(settings) == []
    assert client.get("/api/v1/jobs/").json()["count"] == 0


def test_notes_on_a_recording_come_in_the_language_of_the_caller(caller, monkeypatch):
    def analyse(content):
        notes = [{"en": "noisy", "ru": "шумно"}]
        profile = {"embedding": [1.0] + [0.0] * 255}
        return engine.Reference(profile=profile, seconds=3.0, speech_seconds=3.0, notes=notes)

    monkeypatch.setattr(engine, "analyse_reference", analyse)
    client = caller("alice")
    assert create(client, upload(sound())).json()["recordings"][0]["notes"] == ["noisy"]
    listed = client.get("/api/v1/voices/?own=true", headers={"Accept-Language": "ru"}).json()
    assert listed["results"][0]["recordings"][0]["notes"] == ["шумно"]
    Recording.objects.update(notes=["as written by an earlier version"])
    listed = client.get("/api/v1/voices/?own=true").json()
    assert listed["results"][0]["recordings"][0]["notes"] == ["as written by an earlier version"]
