"""What is answered without a key: models and the bank to everybody, all of it to one's own machine."""

import pytest
from rest_framework.test import APIClient

from tests.voices.stored import voice_create
from voices.models import Job
from voices.services.accounts.api_keys import LOCAL_USER, user_ensure

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
BODY = {"input": "Привет.", "voice": "anna"}


@pytest.fixture
def stranger(transactional_db):
    return APIClient()


@pytest.fixture
def keyless(settings):
    settings.KEYLESS_LOOPBACK = True


def test_models_are_told_to_everybody(stranger):
    assert "tts-1" in [model["id"] for model in stranger.get("/v1/models").json()["data"]]
    assert stranger.get("/v1/models/tts-1").json()["id"] == "tts-1"
    listed = stranger.get("/v1/audio/models").json()["models"]
    assert "voiceclone-1" in [model["id"] for model in listed]


def test_the_bank_is_shown_to_everybody_and_own_voices_to_nobody(stranger, caller):
    caller("alice")
    alice = user_ensure(username="alice")
    own = voice_create(user=alice, status="ready", name="Моя", profile={"embedding": [1]})
    listed = stranger.get("/api/v1/voices/").json()
    assert [voice["slug"] for voice in listed["results"]] == ["anna"]
    assert stranger.get("/v1/audio/voices").json()["voices"] == [{"id": "anna", "name": "Anna"}]
    assert stranger.get("/api/v1/voices/anna/").status_code == 200
    assert stranger.get(f"/api/v1/voices/{own.pk}/").status_code == 404
    assert stranger.get("/api/v1/voices/Моя/").status_code == 404


def test_nothing_else_is(stranger):
    assert stranger.get("/api/v1/jobs/").status_code == 401
    assert stranger.post("/v1/audio/speech", BODY, "json").status_code == 401
    assert stranger.delete("/api/v1/voices/anna/").status_code == 401
    wrong = {"Authorization": "Bearer vc_wrong"}
    assert stranger.get("/v1/models", headers=wrong).status_code == 401


@pytest.mark.parametrize("path", ["/health", "/healthz"])
def test_health_is_told(stranger, path):
    assert stranger.get(path).json() == {"status": "ok"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer not-needed"}])
def test_this_machine_needs_no_key_where_the_operator_says_so(stranger, keyless, headers):
    assert stranger.post("/v1/audio/speech", BODY, "json", headers=headers).status_code == 200
    assert Job.objects.get().user == user_ensure(username=LOCAL_USER)
    assert stranger.get("/api/v1/jobs/", headers=headers).json()["count"] == 1
    assert stranger.get("/api/v1/account/keys/", headers=headers).status_code == 403


def test_others_need_one_all_the_same(stranger, keyless, settings):
    for refused in (
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_AUTHORIZATION": "Bearer vc_0123_wrong"},
    ):
        assert stranger.post("/v1/audio/speech", BODY, "json", **refused).status_code == 401
    settings.BEHIND_PROXY = True
    assert stranger.post("/v1/audio/speech", BODY, "json").status_code == 401


def test_without_that_word_this_machine_needs_one_too(stranger):
    assert stranger.post("/v1/audio/speech", BODY, "json").status_code == 401
