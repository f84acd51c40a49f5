"""The bank and one's own voices."""

import io

import numpy as np
import pytest
import soundfile as sf
from django.core.files.uploadedfile import SimpleUploadedFile

from voices.models import ConsentRecord, Recording, Voice

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def recording(seconds=3.0, name="me.wav"):
    stream = io.BytesIO()
    tone = 0.1 * np.sin(np.arange(int(seconds * 16_000)) / 20)
    sf.write(stream, tone, 16_000, format="WAV")
    return SimpleUploadedFile(name, stream.getvalue(), content_type="audio/wav")


def create(client, **fields):
    values = {"name": "Мой голос", "recording": recording(), "consent": "true", **fields}
    return client.post("/api/v1/voices/", {k: v for k, v in values.items() if v is not None})


def test_the_bank_is_listed_in_the_language_of_the_caller(caller):
    client = caller("alice")
    rows = client.get("/api/v1/voices/", headers={"Accept-Language": "ru"}).json()["results"]
    assert [(row["slug"], row["name"], row["description"]) for row in rows] == [
        ("anna", "Анна", "Ясный.")
    ]
    rows = client.get("/api/v1/voices/", headers={"Accept-Language": "en"}).json()["results"]
    assert rows[0]["description"] == "Clear."


def test_an_uploaded_voice_speaks(caller):
    client = caller("alice")
    response = create(client)
    assert response.status_code == 201
    voice = response.json()
    assert voice["status"] == "ready"
    said = client.post("/api/v1/speech/", {"text": "Привет.", "voice": voice["id"]}, "json")
    assert said.status_code == 200


def test_consent_is_required_and_stored(caller):
    client = caller("alice")
    refused = create(client, consent=None)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "consent_required"
    assert not Voice.objects.filter(is_bank=False).exists()
    create(client)
    assert ConsentRecord.objects.get().voice == Voice.objects.get(is_bank=False).pk


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "empty_file"),
        ("это не звук, а текст".encode() * 50, 415, "not_audio"),
    ],
)
def test_a_bad_recording_is_refused_and_leaves_nothing(caller, settings, content, status, code):
    response = create(caller("alice"), recording=SimpleUploadedFile("a.wav", content))
    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert not Recording.objects.exists()
    assert not Voice.objects.filter(is_bank=False).exists()
    media = settings.MEDIA_ROOT
    assert not [path for path in media.rglob("*") if path.is_file()] if media.exists() else True


def test_voices_of_others_look_missing(caller):
    voice = create(caller("bob")).json()["id"]
    alice = caller("alice")
    assert alice.get(f"/api/v1/voices/{voice}/").status_code == 404
    assert alice.patch(f"/api/v1/voices/{voice}/", {"name": "x"}, "json").status_code == 404
    assert alice.delete(f"/api/v1/voices/{voice}/").status_code == 404
    said = alice.post("/api/v1/speech/", {"text": "Привет.", "voice": voice}, "json")
    assert said.status_code == 404


def test_a_deleted_voice_takes_its_recordings_along(caller, settings):
    client = caller("alice")
    voice = create(client).json()["id"]
    stored = settings.MEDIA_ROOT / Recording.objects.get().stored.name
    assert stored.is_file()
    assert client.delete(f"/api/v1/voices/{voice}/").status_code == 200
    assert not stored.exists()
    assert not Recording.objects.exists()


def test_a_voice_is_renamed_but_the_bank_is_not(caller):
    client = caller("alice")
    voice = create(client).json()["id"]
    renamed = client.patch(f"/api/v1/voices/{voice}/", {"name": "Другой"}, "json")
    assert renamed.json()["name"] == "Другой"
    assert client.patch("/api/v1/voices/anna/", {"name": "x"}, "json").status_code in (403, 404)
    assert client.delete("/api/v1/voices/anna/").status_code in (403, 404)


def test_a_second_recording_is_added(caller):
    client = caller("alice")
    voice = create(client).json()["id"]
    added = client.post(
        f"/api/v1/voices/{voice}/recordings/", {"recording": recording(), "consent": "true"}
    )
    assert added.status_code in (200, 201)
    assert len(added.json()["recordings"]) == 2
