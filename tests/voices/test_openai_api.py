"""The OpenAI-compatible calls."""

import io
from typing import get_args

import pytest
import soundfile as sf
from openai.types.audio.speech_create_params import Voice
from openai.types.audio.speech_model import SpeechModel

from tests.voices.stored import voice_create
from voices.models import Job
from voices.openai.formats import STOCK_VOICES
from voices.services.accounts.api_keys import user_ensure

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")

BODY = {"model": "tts-1", "input": "Привет.", "voice": "anna"}


def ask(client, **fields):
    return client.post("/v1/audio/speech", {**BODY, **fields}, "json")


@pytest.mark.parametrize(
    ("asked", "got"), [("mp3", "MP3"), ("wav", "WAV"), ("flac", "FLAC"), ("opus", "OGG")]
)
def test_it_answers_in_the_format_asked_for(caller, asked, got):
    response = ask(caller("alice"), response_format=asked)
    assert sf.info(io.BytesIO(b"".join(response.streaming_content))).format == got


def test_a_voice_may_be_an_object_and_instructions_do_no_harm(caller):
    response = ask(caller("alice"), voice={"id": "anna"}, instructions="cheerful", speed=1.2)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "param", "code"),
    [
        ({"model": "gpt-9"}, 404, "model", "model_not_found"),
        ({"voice": "nobody"}, 404, "voice", "voice_not_found"),
        ({"voice": 5}, 400, "voice", "invalid_request"),
        ({"input": ""}, 400, "input", "empty_string"),
        ({"input": "а" * 5001}, 400, "input", "string_above_max_length"),
        ({"response_format": "midi"}, 400, "response_format", "unsupported_value"),
        ({"speed": 4.5}, 400, "speed", "invalid_value"),
    ],
)
def test_errors_have_their_shape(caller, fields, status, param, code):
    response = ask(caller("alice"), **fields)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)


def test_a_wrong_key_is_told_in_their_shape(client):
    headers = {"Authorization": "Bearer sk-wrong"}
    response = client.get("/v1/models", headers=headers)
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "invalid_api_key"


def test_models_and_voices_are_listed(caller):
    client = caller("alice")
    assert "voiceclone-1" in [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert client.get("/v1/models/tts-1").json()["object"] == "model"
    assert client.get("/v1/models/none").status_code == 404
    voices = client.get("/v1/audio/voices").json()["voices"]
    assert voices == [{"id": "anna", "name": "Anna"}]


def test_stock_clients_speak_at_once(caller, settings):
    client = caller("alice")
    assert set(get_args(get_args(Voice)[1])) <= set(STOCK_VOICES)
    slugs = {path.stem for path in (settings.WEIGHTS_DIR / "voices").glob("*.json")}
    assert set(STOCK_VOICES.values()) <= slugs
    assert ask(client, voice="alloy").status_code == 200
    assert ask(client, voice="Alloy").status_code == 200
    assert client.post("/v1/audio/speech", {"input": "Привет."}, "json").status_code == 200


def test_an_own_voice_of_a_stock_name_is_meant(caller, humming_engine):
    client = caller("alice")
    profile = {"embedding": [0.5] * 256}
    user = user_ensure(username="alice")
    voice_create(user=user, status="ready", name="Nova", profile=profile)
    ask(client, voice="nova")
    assert humming_engine[-1].profile == profile


@pytest.mark.parametrize(
    "model", [*get_args(SpeechModel), "tts-1-1106", "gpt-4o-mini-tts-2025-03-20"]
)
def test_every_model_that_openai_documents_is_here(caller, model):
    client = caller("alice")
    assert ask(client, model=model).status_code == 200
    assert client.get(f"/v1/models/{model}").json()["id"] == model


@pytest.mark.parametrize("asked", ["mp3", "opus", "aac", "wav", "pcm"])
def test_sound_is_sent_while_it_is_made(caller, asked):
    response = ask(caller("alice"), response_format=asked)
    assert "Content-Length" not in response
    assert "X-Audio-Seconds" not in response
    b"".join(response.streaming_content)


def test_flac_is_sent_whole_and_others_are_when_no_stream_is_wanted(caller):
    client = caller("alice")
    for fields in ({"response_format": "flac"}, {"response_format": "mp3", "stream": False}):
        response = ask(client, **fields)
        assert len(b"".join(response.streaming_content)) == int(response["Content-Length"])


@pytest.mark.parametrize("stream_format", ["audio", "sse"])
def test_the_same_call_twice_makes_one_sound(caller, stream_format):
    client = caller("alice")
    answers = [
        client.post(
            "/v1/audio/speech",
            {**BODY, "stream_format": stream_format},
            "json",
            headers={"Idempotency-Key": "one"},
        )
        for _ in range(2)
    ]
    sounds = [b"".join(answer.streaming_content) for answer in answers]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert answers[0]["X-Job-Id"] == answers[1]["X-Job-Id"]
    assert Job.objects.count() == 1
    assert all(len(sound) > 1000 for sound in sounds)
    if stream_format == "sse":
        assert sounds[1].count(b"speech.audio.delta") == sounds[1].count(b"speech.audio.done") == 1
