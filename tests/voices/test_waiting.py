"""Calls that wait hold threads of the web server: only so many may."""

import re
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tts_engine.espeak_speech import espeak_speech
from tests.voices.own_voices import recording
from tts_engine.audio.io import encode_audio
from voices import engine
from voices.management.commands.serve import WEB_THREADS
from voices.models import Batch, Job
from voices.services.jobs import waiting

ROOT = Path(__file__).resolve().parents[2]
WISH = {"text": "Первое. Второе.", "voice": "anna"}


@pytest.fixture
def alice(caller, humming_engine, inline_worker, bank_voice):
    return caller("alice")


@pytest.fixture
def places(monkeypatch):
    """One place for a waiting call."""
    only = BoundedSemaphore(1)
    monkeypatch.setattr(waiting, "_places", only)
    return only


def free(places):
    if places.acquire(blocking=False):
        places.release()
        return True
    return False


CALLS = {
    "speech": ("/api/v1/speech/", WISH),
    "stream": ("/api/v1/speech/", {**WISH, "stream": True}),
    "openai": ("/v1/audio/speech", {"model": "tts-1", "input": "Первое.", "voice": "anna"}),
    "events": (
        "/v1/audio/speech",
        {"model": "tts-1", "input": "Первое.", "voice": "anna", "stream_format": "sse"},
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_beyond_the_places_it_is_503_and_nothing_is_made(alice, places, name):
    path, body = CALLS[name]
    with waiting.waiting_place():
        refused = alice.post(path, body, "json")
        assert (refused.status_code, refused["Retry-After"]) == (503, "3")
        assert refused.json()["error"]["code"] == "too_many_waiting"
        assert not Job.objects.exists()
        assert alice.post("/api/v1/jobs/", WISH, "json").status_code == 202
        assert alice.get("/api/v1/jobs/").status_code == 200
    heard = alice.post(path, body, "json")
    assert heard.status_code == 200
    b"".join(heard)
    heard.close()
    assert free(places)


def test_a_stream_holds_its_place_until_it_is_closed(alice, places):
    response = alice.post("/api/v1/speech/", CALLS["stream"][1], "json")
    assert response.status_code == 200
    assert not free(places)
    response.close()
    assert free(places)


def test_a_call_that_fails_gives_its_place_back(alice, places):
    assert alice.post("/api/v1/speech/", {**WISH, "voice": "nobody"}, "json").status_code == 404
    assert free(places)


def test_an_upload_waits_as_well(alice, places):
    form = {"name": "Мой", "consent": "true", "recording": [recording()]}
    with waiting.waiting_place():
        refused = alice.post("/api/v1/voices/", form)
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "too_many_waiting"


def upload(content, name):
    return SimpleUploadedFile(name, content)


def sound():
    return upload(recording().read(), "a.wav")


SLOW_DOORS = {
    "a file held against the watermark": ("/api/v1/detect/", lambda: {"file": sound()}),
    "a consent that is recorded": (
        "/v1/audio/voice_consents",
        lambda: {
            "name": "А",
            "language": "ru",
            "recording": upload(encode_audio(espeak_speech(), "wav"), "a.wav"),
        },
    ),
    "a file of texts": (
        "/api/v1/batches/",
        lambda: {"file": upload("Раз.\nДва.".encode(), "a.txt"), "voice": "anna"},
    ),
    "a text that is read": ("/api/v1/phonemes/", lambda: {"text": "Раз."}),
}


@pytest.mark.parametrize("name", SLOW_DOORS)
def test_what_takes_its_time_takes_a_place_and_gives_it_back(alice, places, name, monkeypatch):
    path, body = SLOW_DOORS[name]
    form = "json" if path.endswith("phonemes/") else "multipart"
    with waiting.waiting_place():
        refused = alice.post(path, body(), form)
        assert (refused.status_code, refused["Retry-After"]) == (503, "3")
        assert refused.json()["error"]["code"] == "too_many_waiting"
    assert not Batch.objects.exists()
    held = []

    def taken(original):
        def work(*arguments, **named):
            held.append(not free(places))
            return original(*arguments, **named)

        return work

    for work in ("provenance", "examined", "provenance_of_speech", "read_untrusted", "phonemes"):
        monkeypatch.setattr(engine, work, taken(getattr(engine, work)))
    assert alice.post(path, body(), form).status_code < 300
    assert held == [True]
    assert free(places)


def test_the_limit_is_told(alice, settings):
    told = alice.get("/api/v1/limits/").json()["speech"]
    assert told["waiting_calls"] == settings.WAITING_CALLS


def test_threads_are_left_for_short_calls(settings):
    image = re.search(r'"--threads=(\d+)"', (ROOT / "Dockerfile").read_text())
    for threads in (WEB_THREADS, int(image[1])):
        assert threads - 4 >= settings.WAITING_CALLS + settings.EVENT_LISTENERS
