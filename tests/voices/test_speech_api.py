"""POST /api/v1/speech/ and /api/v1/jobs/: they work, refuse bad input, and hide other people's rows."""

import io

import mutagen
import pytest
import soundfile as sf
from rest_framework.test import APIClient

from tests.voices.stored import result_get
from voices.models import Job

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def speak(client, **fields):
    return client.post(
        "/api/v1/speech/", {"text": "Добрый вечер!", "voice": "anna", **fields}, "json"
    )


def content_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_it_answers_playable_mp3(caller):
    response = speak(caller("alice"))
    assert response.status_code == 200
    assert response["Content-Type"] == "audio/mpeg"
    assert float(response["X-Audio-Seconds"]) == pytest.approx(0.26, abs=0.01)
    info = sf.info(io.BytesIO(content_of(response)))
    assert info.format == "MP3"


@pytest.mark.parametrize("audio_format", ["wav", "ogg", "flac"])
def test_it_answers_the_format_asked_for(caller, audio_format):
    response = speak(caller("alice"), format=audio_format)
    assert sf.info(io.BytesIO(content_of(response))).format.lower() == audio_format


def test_settings_reach_the_engine(caller, humming_engine):
    speak(caller("alice"), speed=1.5, pitch=-3, variation=0.25, seed=7)
    order = humming_engine[-1]
    assert (order.speed, order.pitch_semitones, order.seed) == (1.5, -3.0, 7)
    assert order.variation == 0.25


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"text": ""}, 400, "empty_text"),
        ({"text": " \n\t"}, 400, "empty_text"),
        ({"text": "🙂 … !!!"}, 400, "nothing_to_say"),
        ({"text": "а\x00б"}, 400, "control_characters"),
        ({"text": "а\x07б"}, 400, "control_characters"),
        ({"text": "а" * 5001}, 413, "text_too_long"),
        ({"voice": "nobody"}, 404, "unknown_voice"),
        ({"format": "xyz"}, 400, "unknown_format"),
        ({"speed": 0.2}, 400, "speed_out_of_range"),
        ({"speed": 4.5}, 400, "speed_out_of_range"),
        ({"pitch": 13}, 400, "pitch_out_of_range"),
        ({"variation": -0.1}, 400, "variation_out_of_range"),
        ({"variation": 1.1}, 400, "variation_out_of_range"),
    ],
)
def test_bad_input_is_named_and_leaves_nothing(caller, fields, status, code):
    response = speak(caller("alice"), **fields)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert not Job.objects.exists()


def test_errors_speak_the_language_of_the_caller(caller):
    client = caller("alice")
    body = {"text": "", "voice": "anna"}
    russian = client.post("/api/v1/speech/", body, "json", headers={"Accept-Language": "ru"})
    english = client.post("/api/v1/speech/", body, "json", headers={"Accept-Language": "en"})
    assert russian.json()["error"]["message"] == "текст пуст"
    assert english.json()["error"]["message"] == "the text is empty"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": ["а"]}, "text: Ожидается строка."),
        ({"stream": "maybe"}, "stream: Ожидается true или false."),
        ({"speed": 10**400}, "speed: Слишком большое число."),
        ({"speed": "fast"}, "speed: Требуется численное значение."),
        ({"seed": 2**31}, "seed: 2147483648; допустимо от 0 до 2147483647"),
    ],
)
def test_fields_are_refused_in_russian_too(caller, fields, message):
    client = caller("alice")
    client.credentials(**client._credentials, HTTP_ACCEPT_LANGUAGE="ru")
    response = speak(client, **fields)
    assert response.status_code == 400
    assert response.json()["error"]["message"] == message


def test_a_body_nested_too_deeply_is_malformed(caller):
    body = b"[" * 100_000 + b"]" * 100_000
    response = caller("alice").generic("POST", "/api/v1/speech/", body, "application/json")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "malformed_body"


def test_the_limit_is_named(caller):
    error = speak(caller("alice"), text="а" * 6000).json()["error"]
    assert error["details"]["limit"] == 5000


def test_without_a_key_nothing_is_said():
    assert speak(APIClient()).status_code == 401
    stranger = APIClient()
    stranger.credentials(HTTP_AUTHORIZATION="Bearer vc_wrong_key")
    assert speak(stranger).status_code == 401


def test_a_job_is_made_watched_and_downloaded(caller):
    client = caller("alice")
    created = client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna"}, "json")
    assert created.status_code == 202
    job = client.get(f"/api/v1/jobs/{created.json()['id']}/").json()
    assert job["status"] == "succeeded"
    assert job["progress"]["sentences_done"] == job["progress"]["sentences_total"] == 1
    audio = client.get(f"/api/v1/jobs/{job['id']}/audio/")
    assert sf.info(io.BytesIO(content_of(audio))).duration > 0.1


def test_a_byte_range_is_answered(caller):
    client = caller("alice")
    job = client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna"}, "json").json()["id"]
    part = client.get(f"/api/v1/jobs/{job}/audio/", headers={"Range": "bytes=0-99"})
    assert part.status_code == 206
    assert len(content_of(part)) == 100


def test_jobs_of_others_look_missing(caller):
    job = (
        caller("bob")
        .post("/api/v1/jobs/", {"text": "Тайна.", "voice": "anna"}, "json")
        .json()["id"]
    )
    alice = caller("alice")
    assert alice.get(f"/api/v1/jobs/{job}/").status_code == 404
    assert alice.get(f"/api/v1/jobs/{job}/audio/").status_code == 404
    assert alice.post(f"/api/v1/jobs/{job}/cancel/").status_code == 404
    assert alice.delete(f"/api/v1/jobs/{job}/").status_code == 404
    assert alice.get("/api/v1/jobs/").json()["results"] == []


def test_cancelling_a_job_that_has_finished_removes_nothing(caller, settings):
    client = caller("alice")
    job = client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna"}, "json").json()["id"]
    body = client.post(f"/api/v1/jobs/{job}/cancel/")
    assert (body.status_code, body.json()["status"]) == (200, "succeeded")
    assert client.get(f"/api/v1/jobs/{job}/audio/").status_code == 200


def test_a_removed_job_takes_its_file_along(caller, settings):
    client = caller("alice")
    job = client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna"}, "json").json()["id"]
    path = settings.MEDIA_ROOT / result_get().name
    assert path.is_file()
    assert client.delete(f"/api/v1/jobs/{job}/").status_code == 204
    assert not path.exists()


def test_a_failed_job_says_why(caller, monkeypatch):
    from voices import engine
    from voices.errors import BadInput

    def refuse(order, on_progress=None):
        raise BadInput("nothing_to_say", "nothing to say", "нечего произносить")

    monkeypatch.setattr(engine, "speak", refuse)
    client = caller("alice")
    job = client.post("/api/v1/jobs/", {"text": "м", "voice": "anna"}, "json").json()["id"]
    row = client.get(f"/api/v1/jobs/{job}/", headers={"Accept-Language": "ru"}).json()
    assert row["status"] == "failed"
    assert row["error"]["code"] == "nothing_to_say"
    assert row["error"]["message"] == "нечего произносить"
    assert speak(client).status_code == 400


def test_an_unforeseen_fault_ends_the_job_without_its_secrets(caller, monkeypatch):
    from voices import engine

    def burst(order, on_progress=None):
        raise ZeroDivisionError("secret path")

    monkeypatch.setattr(engine, "speak", burst)
    response = speak(caller("alice"))
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal_error"
    assert "secret" not in response.content.decode()


def test_phonemes_follow_the_stress_of_the_user(caller):
    client = caller("alice")
    body = client.post("/api/v1/phonemes/", {"text": "з+амок"}, "json").json()
    assert body["sentences"][0]["words"][0]["phonemes"] == ["z", "a", "m", "ə", "k"]


def test_openai_clients_are_answered_in_their_shape(caller):
    client = caller("alice")
    body = {"model": "tts-1", "input": "Привет.", "voice": "anna", "response_format": "wav"}
    response = client.post("/v1/audio/speech", body, "json")
    assert response.status_code == 200
    assert sf.info(io.BytesIO(content_of(response))).format == "WAV"
    assert client.get("/v1/models").json()["data"]
    wrong = client.post("/v1/audio/speech", {**body, "voice": "nobody"}, "json")
    assert wrong.status_code in (400, 404)
    assert "message" in wrong.json()["error"]


def test_mp3_of_a_constant_bitrate(caller):
    client = caller("alice")
    content = content_of(speak(client, text="а" * 100, bitrate=128))
    assert mutagen.File(io.BytesIO(content)).info.bitrate == pytest.approx(128_000, rel=0.01)
    for fields in ({"bitrate": 100}, {"bitrate": 128, "format": "wav"}):
        refused = speak(client, **fields)
        assert (refused.status_code, refused.json()["error"]["code"]) == (
            400,
            "bitrate_out_of_range",
        )


def test_a_voice_message_is_what_messengers_take(caller):
    response = speak(caller("alice"), format="voice_message")
    assert response["Content-Type"] == "audio/ogg"
    assert ".ogg" in response["Content-Disposition"]
    info = sf.info(io.BytesIO(content_of(response)))
    assert (info.format, info.subtype, info.samplerate, info.channels) == ("OGG", "OPUS", 48_000, 1)


@pytest.mark.parametrize("stream", [False, True])
def test_pcm_is_samples_without_a_header(caller, stream):
    response = speak(caller("alice"), format="pcm", stream=stream)
    assert response["Content-Type"] == "audio/pcm"
    assert len(content_of(response)) == pytest.approx(2 * 24_000 * 0.26, rel=0.05)


def test_a_text_of_any_length_is_analysed_part_by_part(caller):
    client = caller("alice")
    line = "nikolay:: ((медленно)) Старый замок стоит 5 лет, и старый замок не упадёт! ((2 с))\n"
    text = line * 90
    path = "/api/v1/phonemes/"
    refused = client.post(path, {"text": text}, "json")
    assert refused.json()["error"]["code"] == "text_too_long"
    words, after, calls = [], "", 0
    while after is not None:
        asked = {"text": text, "sentences": 40, "after": after}
        answer = client.post(path, asked, "json").json()
        words += [word for sentence in answer["sentences"] for word in sentence["words"]]
        after, calls = answer["next"], calls + 1
    assert calls == 3
    typed = [(text[word["start"] : word["end"]], word["text"]) for word in words if word["start"]]
    assert [one.lower() for one, _ in typed] == [other.lower() for _, other in typed]
    assert len(typed) == 90 * 9
    starts = [word["start"] for word in words if word["start"]]
    assert starts == sorted(set(starts))
    short = line * 3
    whole = client.post(path, {"text": short}, "json").json()
    first = client.post(path, {"text": short, "sentences": 2}, "json").json()
    rest = client.post(path, {"text": short, "sentences": 2, "after": first["next"]}, "json").json()
    assert first["sentences"] + rest["sentences"] == whole["sentences"]
    assert (whole["next"], rest["next"]) == (None, None)


@pytest.mark.parametrize("after", ["2", "a:b", "-1:0", "99999999999:1"])
def test_a_place_that_no_answer_has_named_is_refused(caller, after):
    client = caller("alice")
    answer = client.post("/api/v1/phonemes/", {"text": "Да.", "after": after}, "json")
    assert answer.status_code == 400
