"""The OpenAI-compatible calls."""

import io

import pytest
import soundfile as sf

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


def test_a_voice_may_be_an_object_and_unknown_fields_do_no_harm(caller):
    response = ask(caller("alice"), voice={"id": "anna"}, instructions="cheerful", speed=1.2)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "param", "code"),
    [
        ({"model": "gpt-9"}, 404, "model", "model_not_found"),
        ({"voice": "alloy"}, 404, "voice", "voice_not_found"),
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
