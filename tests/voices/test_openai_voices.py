"""Voices and recorded consents as OpenAI's official client makes them, and what the door refuses."""

import numpy as np
import openai
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests.conftest import hum
from tests.tts_engine.espeak_speech import espeak_speech
from tests.voices.own_voices import recording
from tests.voices.test_isolation import visitor
from tts_engine.audio.io import encode_audio
from tts_engine.audio.tags import AudioTags
from tts_engine.types import Audio
from tts_engine.watermark.marking import Marker
from voices.consent_texts import CURRENT, TEXTS
from voices.models import ConsentRecord, Voice, VoiceConsent
from voices.owner import Owner
from voices.services.accounts.adoption import owned_models
from voices.services.accounts.api_keys import api_key_create, user_ensure
from voices.services.accounts.closing import owner_data_delete

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
CONSENTS = "/v1/audio/voice_consents"
SPOKEN = "I have the right to use this voice, and I agree that a copy of it is made."


@pytest.fixture
def client(running):
    address, key = running
    with openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as opened:
        yield opened


def spoken(text=SPOKEN):
    return encode_audio(espeak_speech(text), "wav")


def consent_of(client, name="Анна", language="ru-RU"):
    return client.audio.voice_consents.create(
        name=name, language=language, recording=("consent.wav", spoken(), "audio/wav")
    )


def give(caller, content, **fields):
    """The same by a plain call."""
    values = {"name": "А", "language": "ru", "recording": SimpleUploadedFile("a.wav", content)}
    return caller.post(CONSENTS, {**values, **fields})


def test_a_voice_is_made_with_a_recorded_consent_and_deleted(client, inline_worker):
    consent = consent_of(client)
    assert (consent.object, consent.name, consent.language) == (
        "audio.voice_consent",
        "Анна",
        "ru-RU",
    )
    made = client.audio.voices.create(
        name="Мама", audio_sample=recording().read(), consent=consent.id, type="audio_sample"
    )
    assert (made.object, made.name, made.type) == ("audio.voice", "Мама", "audio_sample")
    assert made.created_at == int(Voice.objects.get(pk=made.id).created_at.timestamp())
    record, row = ConsentRecord.objects.get(), VoiceConsent.objects.get()
    assert (str(record.voice), record.text) == (made.id, TEXTS[CURRENT]["ru"])
    assert (record.address, record.user_agent) == ("127.0.0.1", row.user_agent)
    assert "OpenAI/Python" in record.user_agent
    assert record.given_at == row.created_at
    client.audio.speech.create(model="tts-1", voice={"id": made.id}, input="Добрый день.")
    gone = client.audio.voices.delete(made.id)
    assert (gone.id, gone.object, gone.deleted) == (made.id, "audio.voice.deleted", True)
    assert not Voice.objects.filter(pk=made.id).exists()


def test_consents_are_read_renamed_and_deleted(client):
    consent = consent_of(client)
    consents = client.audio.voice_consents
    assert consents.update(consent.id, name="Анна Петровна").name == "Анна Петровна"
    assert consents.retrieve(consent.id).name == "Анна Петровна"
    gone = consents.delete(consent.id)
    assert (gone.id, gone.object, gone.deleted) == (consent.id, "audio.voice_consent", True)
    with pytest.raises(openai.NotFoundError) as caught:
        consents.retrieve(consent.id)
    assert (caught.value.code, caught.value.param) == ("voice_consent_not_found", "consent")


def test_consents_are_listed_page_by_page(client, running):
    user = user_ensure(username="alice")
    rows = [
        VoiceConsent.objects.create(user=user, name=str(number), language="ru", text_version="2")
        for number in range(5)
    ]
    newest_first = [str(row.pk) for row in reversed(rows)]
    assert [one.id for one in client.audio.voice_consents.list(limit=2)] == newest_first
    page = client.audio.voice_consents.list(limit=2, after=newest_first[1])
    assert [one.id for one in page.data] == newest_first[2:4]
    assert page.has_more
    assert (page.first_id, page.last_id) == (newest_first[2], newest_first[3])
    assert not client.audio.voice_consents.list(after=newest_first[3]).has_more


def test_voices_are_described_at_their_address(caller):
    client = caller("alice")
    shown = client.get("/v1/audio/voices/anna").json()
    assert (shown["id"], shown["object"], shown["type"]) == ("anna", "audio.voice", "audio_sample")
    assert client.get("/v1/audio/voices/nobody").status_code == 404
    assert client.delete("/v1/audio/voices/anna").status_code == 403


def test_a_voice_of_a_description_is_refused_by_name(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.voices.create(name="Мама", prompt="a warm voice", type="prompt")
    assert (caught.value.param, caught.value.code) == ("type", "voice_type_unsupported")


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"prompt": "warm"}, 400, "prompt"),
        ({"type": "song"}, 400, "type"),
        ({"consent": "cons_1"}, 400, "consent"),
        ({"consent": "7a1a2f7c-0000-4000-8000-000000000000"}, 404, "consent"),
        ({"name": " "}, 400, "name"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(caller, fields, status, param):
    client = caller("alice")
    consent = give(client, spoken()).json()["id"]
    values = {"name": "Мама", "consent": consent, "audio_sample": recording(), **fields}
    answer = client.post("/v1/audio/voices", values)
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)
    assert not Voice.objects.filter(is_bank=False).exists()


@pytest.mark.parametrize("missing", ["name", "consent", "audio_sample"])
def test_what_is_missing_is_named(caller, missing):
    client = caller("alice")
    consent = give(client, spoken()).json()["id"]
    values = {"name": "Мама", "consent": consent, "audio_sample": recording()}
    del values[missing]
    answer = client.post("/v1/audio/voices", values)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, missing)


def test_another_s_consent_makes_no_voice(caller):
    theirs = give(caller("bob"), spoken()).json()["id"]
    values = {"name": "Мама", "consent": theirs, "audio_sample": recording()}
    answer = caller("alice").post("/v1/audio/voices", values)
    assert answer.status_code == 404
    assert not Voice.objects.filter(is_bank=False).exists()


def test_a_consent_to_an_older_text_makes_no_voice(caller):
    client = caller("alice")
    old = VoiceConsent.objects.create(
        user=user_ensure(username="alice"), name="А", language="ru", text_version="1"
    )
    values = {"name": "Мама", "consent": str(old.pk), "audio_sample": recording()}
    answer = client.post("/v1/audio/voices", values)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "consent_text_changed")


def test_a_voice_still_waits_for_its_phrase_where_one_is_required(caller, settings):
    settings.SPOKEN_CONSENT_REQUIRED = True
    client = caller("alice")
    values = {"name": "Мама", "consent": give(client, spoken()).json()["id"]}
    made = client.post("/v1/audio/voices", {**values, "audio_sample": recording()}).json()
    ask = {"model": "tts-1", "voice": made["id"], "input": "Добрый день."}
    answer = client.post("/v1/audio/speech", ask, "json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "spoken_consent_required")


def silence():
    return encode_audio(Audio(np.zeros(60_000, np.float32), 22_050), "wav")


def noise():
    samples = np.random.default_rng(1).normal(0, 0.1, 110_000).astype(np.float32)
    return encode_audio(Audio(samples, 22_050), "wav")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (silence(), 422, "spoken_too_short"),
        (noise(), 422, "no_voice"),
        (encode_audio(hum("х" * 200), "wav"), 422, None),
        (b"", 400, "empty_file"),
        (b"no sound" * 99, 415, "not_audio"),
    ],
)
def test_a_recording_in_which_nobody_speaks_is_refused(caller, content, status, code):
    answer = give(caller("alice"), content)
    assert answer.status_code == status
    assert code in (None, answer.json()["error"]["code"])
    assert not VoiceConsent.objects.exists()


def test_a_machine_s_recording_is_refused(caller, monkeypatch):
    monkeypatch.setenv("VOICECLONE_WATERMARK_KEY", "of the tests")
    marked = encode_audio(Marker(b"of the tests").mark(espeak_speech(f"{SPOKEN} {SPOKEN}")), "wav")
    tagged = encode_audio(espeak_speech(SPOKEN), "mp3", tags=AudioTags(title="a", voice="b"))
    for content in (marked, tagged):
        answer = give(caller("alice"), content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "spoken_by_machine")
    assert not VoiceConsent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "param"), [({"language": "Russian!"}, "language"), ({"note": "x"}, "note")]
)
def test_wrong_fields_of_a_consent_are_named(caller, fields, param):
    answer = give(caller("alice"), spoken(), **fields)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_no_sound_is_kept(caller, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert give(caller("alice"), spoken()).status_code == 200
    assert not list(tmp_path.rglob("*.*"))


def test_a_visitor_records_no_consent(inline_worker):
    guest = visitor("guest")
    answer = guest.client.post(
        CONSENTS,
        {"name": "А", "language": "ru", "recording": SimpleUploadedFile("a.wav", spoken())},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "account_required")


def test_a_closed_account_leaves_no_consent(caller):
    give(caller("alice"), spoken())
    give(caller("bob"), spoken())
    assert VoiceConsent in owned_models()
    assert owner_data_delete(owner=Owner(user_id=user_ensure(username="alice").pk))
    assert VoiceConsent.objects.get().user.username == "bob"


def test_a_key_that_may_not_make_voices_records_no_consent(db):
    key = api_key_create(user=user_ensure(username="alice"), name="r", scopes=["read", "speak"])
    reader = APIClient()
    reader.credentials(HTTP_AUTHORIZATION=f"Bearer {key.secret}")
    assert give(reader, spoken()).status_code == 403
    assert reader.get(CONSENTS).json()["data"] == []
