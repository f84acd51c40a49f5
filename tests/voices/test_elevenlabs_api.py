"""The door for ElevenLabs' clients: the official one with only its base URL changed, and plain calls."""

import base64
import io
import itertools
import json

import httpx
import pytest
import soundfile
from elevenlabs import VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from rest_framework.test import APIClient

from tests.voices.own_voices import create_voice, recording
from voices import engine
from voices.models import ConsentRecord, Job, Voice
from voices.services.accounts.api_keys import api_key_create, user_ensure

pytestmark = pytest.mark.usefixtures("inline_worker", "bank_voice")
TEXT = "Раз, два. Три, четыре."
WORDS = [("раз", 0.1, 0.4), ("пять", 0.5, 0.9), ("котов", 1.0, 1.5)]


@pytest.fixture(autouse=True)
def orders(humming_engine):
    return humming_engine


@pytest.fixture
def client_of(running):
    """A client with that key; its connections end with the test."""
    with httpx.Client(timeout=30) as connections:
        yield lambda key: ElevenLabs(
            base_url=f"{running[0]}/elevenlabs", api_key=key, httpx_client=connections
        )


@pytest.fixture
def client(running, client_of):
    return client_of(running[1])


@pytest.fixture
def timed(monkeypatch):
    """The humming engine with the times of WORDS."""
    row = {"text": "", "start": 0.1, "end": 1.5}
    words = [{"text": text, "start": start, "end": end} for text, start, end in WORDS]
    usual, usual_parts = engine.speak, engine.speak_in_parts

    def speak(order, on_progress=None, *, on_timing=None, on_sentence=None):
        on_timing({**row, "words": words})
        return usual(order, on_progress, on_sentence=on_sentence)

    def speak_in_parts(order, *, on_timing=None):
        on_timing({**row, "words": words})
        yield from usual_parts(order)

    monkeypatch.setattr(engine, "speak", speak)
    monkeypatch.setattr(engine, "speak_in_parts", speak_in_parts)


def refused(call, *args, **fields):
    with pytest.raises(ApiError) as caught:
        call(*args, **fields)
    return caught.value.status_code, caught.value.body["detail"]


def convert(client, voice="anna", text=TEXT, **fields):
    return b"".join(client.text_to_speech.convert(voice, text=text, **fields))


@pytest.mark.parametrize(
    ("asked", "form", "rate_hz"),
    [
        ("mp3_44100_128", "MP3", None),
        ("mp3_22050_32", "MP3", None),
        ("opus_48000_64", "OGG", None),
        ("wav_24000", "WAV", 24_000),
    ],
)
def test_it_speaks_in_the_formats_that_are_made_here(client, asked, form, rate_hz):
    sound = soundfile.info(io.BytesIO(convert(client, output_format=asked)))
    assert sound.format == form
    assert rate_hz in (None, sound.samplerate)


def test_mp3_of_128_kbit_is_the_usual_format_and_samples_come_at_24_khz(client):
    sound = convert(client)
    seconds = soundfile.info(io.BytesIO(sound)).duration
    assert Job.objects.get().params["bitrate"] == 128
    samples = convert(client, output_format="pcm_24000")
    assert len(samples) == pytest.approx(2 * 24_000 * seconds, rel=0.1)


@pytest.mark.parametrize("asked", ["ulaw_8000", "pcm_16000", "wav_44100", "mp3"])
def test_other_formats_are_refused_by_name(client, asked):
    status, detail = refused(convert, client, output_format=asked)
    assert (status, detail["status"]) == (400, "unsupported_output_format")
    assert asked in detail["message"]
    assert "pcm_24000" in detail["message"]


def test_it_streams(client):
    chunks = client.text_to_speech.stream("anna", text=TEXT, model_id="eleven_flash_v2_5")
    assert soundfile.info(io.BytesIO(b"".join(chunks))).format == "MP3"
    assert Job.objects.get().params["stream"]


def test_settings_mean_here_what_they_say(client, orders):
    settings = VoiceSettings(
        stability=0.25, speed=1.1, similarity_boost=0.75, style=0.0, use_speaker_boost=True
    )
    convert(client, voice_settings=settings, seed=2**32 - 1)
    assert (orders[0].speed, orders[0].variation) == (1.1, 0.75)
    assert orders[0].seed == 2**31 - 1
    convert(client)
    assert (orders[1].speed, orders[1].variation, orders[1].seed) == (1.0, 1.0, 0)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"voice": "nobody"}, 404, "voice_not_found"),
        ({"model_id": "eleven_sound_v9"}, 404, "model_not_found"),
        ({"text": " "}, 400, "empty_text"),
        ({"text": "а" * 5001}, 413, "max_character_limit_exceeded"),
        ({"voice_settings": VoiceSettings(stability=1.5)}, 400, "invalid_request"),
        ({"voice_settings": VoiceSettings(speed=9)}, 400, "speed_out_of_range"),
        ({"apply_text_normalization": "off"}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_met_is_told_in_their_shape(client, fields, status, code):
    found, detail = refused(convert, client, **fields)
    assert (found, detail["status"]) == (status, code)
    assert detail["message"]
    assert not Job.objects.exists()


def test_characters_come_with_their_times(client, timed):
    answer = client.text_to_speech.convert_with_timestamps("anna", text="Раз, 5 котов!")
    assert soundfile.info(io.BytesIO(base64.b64decode(answer.audio_base_64))).format == "MP3"
    typed, said = answer.alignment, answer.normalized_alignment
    assert "".join(typed.characters) == "Раз, 5 котов!"
    assert "".join(said.characters) == "раз пять котов"
    for found in (typed, said):
        starts, ends = found.character_start_times_seconds, found.character_end_times_seconds
        assert len(starts) == len(ends) == len(found.characters)
        assert all(start <= end for start, end in zip(starts, ends, strict=True))
        assert all(before <= after for before, after in itertools.pairwise(starts))
    digit = typed.characters.index("5")
    assert 0.4 <= typed.character_start_times_seconds[digit] < 1.0
    assert typed.character_start_times_seconds[typed.characters.index("к")] == 1.0
    assert typed.character_end_times_seconds[2] == pytest.approx(0.4)


def test_a_stream_ends_with_the_times_of_its_characters(client, timed):
    chunks = list(client.text_to_speech.stream_with_timestamps("anna", text="Раз, 5 котов!"))
    sound = b"".join(base64.b64decode(chunk.audio_base_64) for chunk in chunks)
    assert soundfile.info(io.BytesIO(sound)).format == "MP3"
    assert [chunk.alignment for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert "".join(chunks[-1].alignment.characters) == "Раз, 5 котов!"


def test_voices_are_listed_found_and_shown(client, running, caller):
    create_voice(caller("bob"), name="Чужой")
    mine = create_voice(caller("alice"), name="Мой")
    every = {voice.voice_id: voice for voice in client.voices.get_all().voices}
    assert set(every) == {"anna", mine["id"]}
    assert (every["anna"].category, every[mine["id"]].category) == ("premade", "cloned")
    page = client.voices.search(page_size=1)
    assert (len(page.voices), page.has_more, page.total_count) == (1, True, 2)
    rest = client.voices.search(page_size=1, next_page_token=page.next_page_token)
    assert {page.voices[0].voice_id, rest.voices[0].voice_id} == set(every)
    assert not rest.has_more
    (found,) = client.voices.search(search="мой").voices
    assert client.voices.get(found.voice_id).name == "Мой"
    assert [one.voice_id for one in client.voices.search(category="premade").voices] == ["anna"]


def test_other_people_s_voices_are_hidden(client, caller):
    theirs = create_voice(caller("bob"), name="Чужой")["id"]
    for call in (client.voices.get, client.voices.delete):
        assert refused(call, theirs)[1]["status"] == "voice_not_found"
    assert refused(convert, client, theirs)[0] == 404
    assert Voice.objects.filter(pk=theirs).exists()


def add(client, **consent):
    return client.voices.ivc.create(
        name="Мама",
        files=[recording().read()],
        labels={"gender": "female", "language": "ru"},
        request_options={"additional_body_parameters": consent},
    )


def test_a_voice_is_made_with_consent_and_deleted(client, orders):
    made = add(client, consent="true")
    voice = Voice.objects.get(pk=made.voice_id)
    assert (voice.name, voice.gender, voice.language) == ("Мама", "female", "ru")
    assert not made.requires_verification
    assert ConsentRecord.objects.filter(voice=voice.pk, kind="statement").exists()
    convert(client, made.voice_id)
    assert client.voices.delete(made.voice_id).status == "ok"
    assert not Voice.objects.filter(pk=made.voice_id).exists()
    assert not Job.objects.filter(text=TEXT).exists()


def test_no_voice_without_consent(client):
    status, detail = refused(add, client)
    assert (status, detail["status"]) == (400, "consent_required")
    assert not Voice.objects.filter(is_bank=False).exists()


def test_a_voice_that_waits_for_its_phrase_says_so(client, settings):
    settings.SPOKEN_CONSENT_REQUIRED = True
    made = add(client, consent="true")
    assert made.requires_verification
    assert client.voices.get(made.voice_id).voice_verification.requires_verification
    assert refused(convert, client, made.voice_id)[1]["status"] == "spoken_consent_required"


def test_a_voice_of_the_bank_is_not_deleted(client):
    assert refused(client.voices.delete, "anna")[0] == 403


def test_models_and_quotas_are_told(client):
    assert {"voiceclone-1", "eleven_multilingual_v2"} <= {
        model.model_id for model in client.models.list() if model.can_do_text_to_speech
    }
    convert(client)
    user, subscription = client.user.get(), client.user.subscription.get()
    assert user.subscription.character_count == subscription.character_count == len(TEXT)
    assert subscription.character_limit > len(TEXT)
    assert not subscription.has_open_invoices


ADDRESSES = [
    ("POST", "v1/text-to-speech/anna"),
    ("POST", "v1/text-to-speech/anna/stream"),
    ("POST", "v1/text-to-speech/anna/with-timestamps"),
    ("POST", "v1/text-to-speech/anna/stream/with-timestamps"),
    ("POST", "v1/speech-to-speech/anna"),
    ("POST", "v1/voice-changer/anna/stream"),
    ("POST", "v1/audio-isolation"),
    ("GET", "v1/voices"),
    ("GET", "v2/voices"),
    ("GET", "v1/voices/anna"),
    ("POST", "v1/voices/add"),
    ("DELETE", "v1/voices/anna"),
    ("GET", "v1/models"),
    ("GET", "v1/user"),
    ("GET", "v1/user/subscription"),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_every_address_needs_a_key(method, path, client):
    for headers, code in (
        ({}, "needs_authorization"),
        ({"xi-api-key": "vc_wrong"}, "invalid_api_key"),
    ):
        answer = APIClient().generic(method, f"/elevenlabs/{path}", headers=headers)
        assert (answer.status_code, answer.json()["detail"]["status"]) == (401, code)


def test_a_key_does_what_its_scopes_allow(client_of):
    user = user_ensure(username="alice")
    key = api_key_create(user=user, name="reader", scopes=["read"]).secret
    reader = client_of(key)
    assert reader.voices.get_all().voices
    assert refused(convert, reader)[0] == 403
    assert refused(add, reader, consent="true")[0] == 403


def test_effects_and_dictionaries_of_theirs_are_refused(caller):
    key = caller("alice")._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    for field, value, code in (
        ("audio_effects", {"pan": 0.5}, "effects_unsupported"),
        ("pronunciation_dictionary_locators", [{"a": "b"}], "invalid_request"),
    ):
        answer = APIClient().post(
            "/elevenlabs/v1/text-to-speech/anna",
            json.dumps({"text": TEXT, field: value}),
            content_type="application/json",
            headers={"xi-api-key": key},
        )
        assert (answer.status_code, answer.json()["detail"]["status"]) == (400, code)
