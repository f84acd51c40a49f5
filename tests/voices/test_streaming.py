"""`stream: true`: sentences leave as they are made."""

import pytest
from django.core.files.storage import default_storage

from tests.voices.asking import asked, owner_of
from tts_engine.audio.io import decode_audio
from voices.errors import Conflict, Unavailable
from voices.models import Job
from voices.services.speech.streaming import speech_stream
from voices.storage import file_store, part_name

TEXT = "Первое предложение. Второе. Третье"
WISH = {"text": TEXT, "voice": "anna", "stream": True}


@pytest.fixture
def alice(caller, humming_engine, inline_worker, bank_voice):
    return caller("alice")


@pytest.fixture
def waiting(messages, bank_voice):
    """A streamed job that no worker takes, and its owner."""
    return owner_of("alice"), asked("alice", TEXT, stream=True)


def body_of(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "wav", "aac", "voice_message"])
def test_the_stream_is_one_sound_of_all_sentences(alice, audio_format):
    response = alice.post("/api/v1/speech/", {**WISH, "format": audio_format}, "json")
    assert response.status_code == 200
    heard = decode_audio(body_of(response)).seconds
    whole = alice.get(f"/api/v1/jobs/{response['X-Job-Id']}/audio/")
    assert 0 <= heard - float(whole["X-Audio-Seconds"]) < 0.3


def test_parts_are_gone_when_the_stream_ends(alice, settings):
    body_of(alice.post("/api/v1/speech/", WISH, "json"))
    assert not list((settings.MEDIA_ROOT / "parts").glob("**/0*"))
    assert list((settings.MEDIA_ROOT / "results").rglob("*.mp3"))


def test_flac_is_not_streamed(alice):
    refused = alice.post("/api/v1/speech/", {**WISH, "format": "flac"}, "json")
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "format_not_streamable"


def test_an_error_before_the_first_sentence_is_an_http_error(alice, monkeypatch):
    from voices import engine
    from voices.errors import BadInput

    def refuse(order):
        raise BadInput("nothing_to_say", "nothing", "нечего")
        yield

    monkeypatch.setattr(engine, "speak_in_parts", refuse)
    refused = alice.post("/api/v1/speech/", WISH, "json")
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "nothing_to_say"


def start(job, parts):
    Job.objects.filter(pk=job.pk).update(status="running", attempts=1, parts_ready=len(parts))
    for index, content in enumerate(parts):
        file_store(part_name(job.pk, 1, index), content)


def test_a_sentence_leaves_before_the_next_is_made(waiting):
    owner, job = waiting
    start(job, [b"one"])
    assert next(speech_stream(owner=owner, job_id=job.pk, on_end=int)) == b"one"


def test_a_listener_who_leaves_cancels_the_job(waiting):
    owner, job = waiting
    start(job, [b"one"])
    stream = speech_stream(owner=owner, job_id=job.pk, on_end=int)
    next(stream)
    stream.close()
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert not default_storage.exists(part_name(job.pk, 1, 0))


def test_a_job_cancelled_meanwhile_ends_the_stream(waiting):
    owner, job = waiting
    start(job, [b"one"])
    stream = speech_stream(owner=owner, job_id=job.pk, on_end=int)
    next(stream)
    Job.objects.filter(pk=job.pk).update(status="cancelled")
    with pytest.raises(Conflict):
        next(stream)


def test_a_lost_worker_is_not_passed_over_in_silence(waiting):
    owner, job = waiting
    start(job, [b"one"])
    stream = speech_stream(owner=owner, job_id=job.pk, on_end=int)
    next(stream)
    Job.objects.filter(pk=job.pk).update(status="queued", parts_ready=0)
    with pytest.raises(Unavailable):
        next(stream)
