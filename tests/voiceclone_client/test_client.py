"""The Python client against the live server."""

import io
import zipfile

import httpx
import numpy as np
import pytest
import soundfile

from voiceclone_client import (
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    UnreachableError,
    VoiceClone,
)
from voices.models import Job, Scope
from voices.services.api_keys import api_key_create, user_ensure

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def service(live_server):
    user = user_ensure(username="alice")
    key = api_key_create(user=user, name="client", scopes=[str(scope) for scope in Scope])
    with VoiceClone(live_server.url, key.secret) as opened:
        yield opened


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "me.wav"
    soundfile.write(path, np.sin(np.arange(5 * 16_000) / 20) / 2, 16_000)
    return path


def test_speech_comes_whole_or_into_a_file(service, tmp_path):
    assert soundfile.info(io.BytesIO(service.speech("Привет.", voice="anna"))).format == "MP3"
    service.speech_to_file(tmp_path / "a.wav", "Раз. Два.", voice="anna", format="wav")
    assert (tmp_path / "a.wav").read_bytes()[:4] == b"RIFF"


def test_a_job_is_made_awaited_downloaded_and_removed(service):
    job = service.job_wait(service.job_create("Привет.", voice="anna").id)
    assert (job.status, job.done == job.total) == ("succeeded", True)
    assert soundfile.info(io.BytesIO(service.job_audio(job.id))).duration > 0
    assert [one.id for one in service.jobs()] == [job.id]
    service.job_delete(job.id)
    with pytest.raises(NotFoundError):
        service.job(job.id)


def test_a_voice_is_made_listed_and_removed(service, recording):
    with pytest.raises(InvalidRequestError) as caught:
        service.voice_create("Я", [recording])
    assert caught.value.code == "consent_required"
    voice = service.voice_create("Я", [recording], consent=True)
    assert voice.name in [one.name for one in service.voices(own=True)]
    assert {one.slug for one in service.voices()} >= {"anna"}
    service.voice_delete(voice.id)
    assert list(service.voices(own=True)) == []


def test_a_batch_comes_as_a_zip(service):
    batch = service.batch_wait(service.batch_create(["Раз.", "Два."], voice="anna").id)
    assert batch.status == "succeeded"
    names = zipfile.ZipFile(io.BytesIO(service.batch_archive(batch.id))).namelist()
    assert len([name for name in names if name.endswith(".mp3")]) == 2


def test_phonemes_and_detection(service, recording):
    assert service.phonemes("В замке был з+амок.")[0].stressed
    assert service.detect(recording).made_here is False


def test_errors_have_kinds_codes_and_details(service, live_server):
    with pytest.raises(NotFoundError) as caught:
        service.speech("Привет.", voice="nobody")
    assert (caught.value.code, caught.value.status) == ("unknown_voice", 404)
    with pytest.raises(InvalidRequestError) as caught:
        list(service.speech_stream("а" * 5001, voice="anna"))
    assert caught.value.details["limit"] == 5000
    with VoiceClone(live_server.url, "vc_wrong") as stranger, pytest.raises(PermissionDeniedError):
        stranger.job_create("Привет.", voice="anna")


def test_a_busy_service_is_asked_again_under_the_same_key(service, monkeypatch):
    keys, real = [], httpx.Client.request

    def request(self, method, path, **options):
        keys.append(options["headers"]["Idempotency-Key"])
        if len(keys) == 1:  # the answer is lost after the job was made
            real(self, method, path, **options)
            raise httpx.ReadError("lost")
        return real(self, method, path, **options)

    monkeypatch.setattr("voiceclone_client.transport.time.sleep", lambda _seconds: None)
    monkeypatch.setattr(httpx.Client, "request", request)
    service.job_create("Привет.", voice="anna")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert Job.objects.count() == 1


def test_retries_end(monkeypatch):
    pauses = []
    monkeypatch.setattr("voiceclone_client.transport.time.sleep", pauses.append)
    busy = httpx.MockTransport(
        lambda _request: httpx.Response(429, headers={"Retry-After": "7"}, json={})
    )
    with VoiceClone("http://nowhere", "key", retries=2) as service:
        service._transport.http._transport = busy
        with pytest.raises(RateLimitError):
            service.phonemes("Привет.")
    assert pauses == [7.0, 7.0]


def test_a_service_that_is_not_there():
    with (
        VoiceClone("http://127.0.0.1:9", "key", retries=0) as service,
        pytest.raises(UnreachableError),
    ):
        service.phonemes("Привет.")
