"""Consent: what is kept, that it stays as it is, and the phrase that may have to be read aloud."""

import dataclasses
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.voices.own_voices import create_voice, recording
from voices import engine
from voices.consent_texts import CURRENT, TEXTS
from voices.errors import Unusable
from voices.models import ConsentPhrase, ConsentRecord, Voice
from voices.models.consent import ImmutableError
from voices.services.voices.phrases import DECLARATION, random_phrase

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")

OWN = [1.0] + [0.0] * 255
HEARD = engine.SpokenCheck(
    similarity=0.9,
    required_similarity=0.75,
    phoneme_error=0.1,
    allowed_phoneme_error=0.5,
    same_voice=True,
    same_words=True,
    embedding=OWN,
)


@pytest.fixture
def hearing(monkeypatch):
    """What the worker hears; tests change it. Returns what it was given to hear, too."""
    state = {"check": HEARD, "given": []}

    def check_spoken(content, *, phrase, profile):
        state["given"].append((len(content), phrase, profile))
        if isinstance(state["check"], Exception):
            raise state["check"]
        return state["check"]

    monkeypatch.setattr(engine, "check_spoken", check_spoken)
    return state


def phrase_of(client, voice):
    response = client.post(f"/api/v1/voices/{voice['id']}/consent/phrase/")
    assert response.status_code == 201
    return response.json()


def read_aloud(client, voice, phrase):
    body = {"phrase": phrase["id"], "recording": recording()}
    return client.post(f"/api/v1/voices/{voice['id']}/consent/spoken/", body)


def test_the_record_says_who_when_which_text_and_from_where(caller):
    client = caller("alice")
    before = timezone.now()
    voice = create_voice(client)
    record = ConsentRecord.objects.get()
    assert (str(record.voice), record.voice_name) == (voice["id"], "Мой голос")
    assert (record.user_name, record.visitor) == ("alice", None)
    assert (record.text_version, record.text) == (CURRENT, TEXTS[CURRENT]["en"])
    assert record.address == "127.0.0.1"
    assert before <= record.given_at <= timezone.now()
    assert record.facts == {"recordings": [voice["recordings"][0]["id"]]}


def test_the_record_holds_the_language_and_the_program_that_it_was_given_in(caller):
    client = caller("alice")
    body = {"name": "М", "consent": "true", "recording": recording()}
    headers = {"Accept-Language": "ru", "User-Agent": "Browser/1.0 " * 100}
    assert client.post("/api/v1/voices/", body, headers=headers).status_code == 201
    record = ConsentRecord.objects.get()
    assert (record.language, record.text) == ("ru", TEXTS[CURRENT]["ru"])
    assert record.user_agent == headers["User-Agent"][:300]


def test_more_recordings_are_another_confirmation(caller):
    client = caller("alice")
    voice = create_voice(client)
    client.post(
        f"/api/v1/voices/{voice['id']}/recordings/", {"recording": recording(), "consent": "true"}
    )
    consent = client.get(f"/api/v1/voices/{voice['id']}/consent/").json()
    assert [row["kind"] for row in consent["records"]] == ["statement", "statement"]
    assert consent["records"][0]["facts"] != consent["records"][1]["facts"]


def test_a_text_that_has_changed_must_be_read_anew(caller):
    body = {"name": "М", "consent": "true", "consent_version": "1", "recording": recording()}
    refused = caller("alice").post("/api/v1/voices/", body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "consent_text_changed")
    assert not ConsentRecord.objects.exists()


def test_the_text_is_told_in_both_languages(caller):
    client = caller("alice")
    told = client.get("/api/v1/consent/", headers={"Accept-Language": "ru"}).json()
    assert told == {"version": CURRENT, "text": TEXTS[CURRENT]["ru"], "spoken_required": False}
    assert "audio" in client.get("/api/v1/consent/").json()["text"]


def test_a_record_cannot_be_changed_or_removed(caller):
    create_voice(caller("alice"))
    record = ConsentRecord.objects.get()
    for attempt in (
        record.save,
        record.delete,
        ConsentRecord.objects.all().delete,
        lambda: ConsentRecord.objects.update(text="другое"),
    ):
        with pytest.raises(ImmutableError):
            attempt()
    assert ConsentRecord.objects.get().text == record.text


def test_the_record_outlives_the_voice_and_the_account(caller, django_user_model):
    client = caller("alice")
    voice = create_voice(client)
    deleted = client.delete(f"/api/v1/voices/{voice['id']}/").json()
    assert deleted["consent_records_kept"] == 1
    django_user_model.objects.get(username="alice").delete()
    assert (ConsentRecord.objects.get().user_name, Voice.objects.count()) == ("alice", 1)


def test_a_recording_that_cannot_serve_leaves_no_record(caller, monkeypatch):
    def refuse(content):
        raise Unusable("too_little_speech", "only 1 s of speech", "речи всего 1 с")

    monkeypatch.setattr(engine, "analyse_reference", refuse)
    body = {"name": "М", "consent": "true", "recording": recording()}
    assert caller("alice").post("/api/v1/voices/", body).status_code == 422
    assert not ConsentRecord.objects.exists()


def test_consent_of_others_looks_missing(caller, hearing):
    bob = caller("bob")
    voice = create_voice(bob)
    phrase = phrase_of(bob, voice)
    alice = caller("alice")
    path = f"/api/v1/voices/{voice['id']}/consent/"
    assert alice.get(path).status_code == 404
    assert alice.post(f"{path}phrase/").status_code == 404
    assert read_aloud(alice, voice, phrase).status_code == 404
    mine = create_voice(alice)
    assert read_aloud(alice, mine, phrase).status_code == 404
    assert ConsentPhrase.objects.get(pk=phrase["id"]).used_at is None


def test_without_the_operator_s_wish_no_voice_waits_for_a_phrase(caller):
    client = caller("alice")
    voice = create_voice(client)
    assert voice["spoken_consent"] == "not_required"
    said = client.post("/api/v1/speech/", {"text": "Привет.", "voice": voice["id"]}, "json")
    assert said.status_code == 200


def test_a_voice_speaks_only_after_its_phrase_was_read(caller, hearing, settings):
    settings.SPOKEN_CONSENT_REQUIRED = True
    client = caller("alice")
    voice = create_voice(client)
    assert (voice["spoken_consent"], voice["preview_url"]) == ("missing", None)
    for path, body in (
        ("/api/v1/speech/", {"text": "Привет.", "voice": voice["id"]}),
        ("/api/v1/jobs/", {"text": f"{voice['id']}:: Привет.", "voice": "anna"}),
        ("/v1/audio/speech", {"model": "tts-1", "input": "Привет.", "voice": voice["id"]}),
    ):
        refused = client.post(path, body, "json")
        assert (refused.status_code, refused.json()["error"]["code"]) == (
            403,
            "spoken_consent_required",
        )
    assert client.get(f"/api/v1/voices/{voice['id']}/preview/").status_code == 403
    outcome = read_aloud(client, voice, phrase_of(client, voice)).json()
    assert outcome["passed"]
    said = client.post("/api/v1/speech/", {"text": "Привет.", "voice": voice["id"]}, "json")
    assert said.status_code == 200
    record = ConsentRecord.objects.get(kind="spoken")
    assert record.text.startswith(DECLARATION)
    assert record.facts["similarity"] == 0.9


@pytest.mark.parametrize("failing", ["same_voice", "same_words"])
def test_another_voice_or_other_words_do_not_pass(caller, hearing, settings, failing):
    settings.SPOKEN_CONSENT_REQUIRED = True
    hearing["check"] = dataclasses.replace(HEARD, **{failing: False})
    client = caller("alice")
    voice = create_voice(client)
    outcome = read_aloud(client, voice, phrase_of(client, voice)).json()
    assert (outcome["passed"], outcome[failing]) == (False, False)
    assert client.get(f"/api/v1/voices/{voice['id']}/").json()["spoken_consent"] == "missing"
    assert not ConsentRecord.objects.filter(kind="spoken").exists()


def test_the_worker_hears_the_phrase_that_was_shown_and_keeps_no_sound(caller, hearing, settings):
    client = caller("alice")
    voice = create_voice(client)
    phrase = phrase_of(client, voice)
    read_aloud(client, voice, phrase)
    [(size, text, profile)] = hearing["given"]
    assert (size > 1000, text, profile["embedding"]) == (True, phrase["text"], OWN)
    assert not list((settings.MEDIA_ROOT / "spoken").rglob("*"))


def test_a_phrase_counts_once(caller, hearing):
    client = caller("alice")
    voice = create_voice(client)
    phrase = phrase_of(client, voice)
    read_aloud(client, voice, phrase)
    again = read_aloud(client, voice, phrase)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "phrase_used")
    assert len(hearing["given"]) == 1


def test_a_phrase_expires_and_gives_way_to_the_next(caller, hearing):
    client = caller("alice")
    voice = create_voice(client)
    first = phrase_of(client, voice)
    second = phrase_of(client, voice)
    assert first["text"] != second["text"]
    assert read_aloud(client, voice, first).status_code == 404
    ConsentPhrase.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    late = read_aloud(client, voice, second)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "phrase_expired")


def test_nobody_tries_until_a_stranger_passes(caller, hearing, settings):
    settings.CONSENT_PHRASES_PER_DAY = 2
    client = caller("alice")
    voice = create_voice(client)
    for _ in range(2):
        phrase_of(client, voice)
    refused = client.post(f"/api/v1/voices/{voice['id']}/consent/phrase/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_phrases")
    assert int(refused["Retry-After"]) > 3600
    phrase_of(client, create_voice(client))


def test_a_recording_that_cannot_be_judged_leaves_nothing(caller, hearing, settings):
    hearing["check"] = Unusable("spoken_too_short", "too short", "слишком коротко")
    client = caller("alice")
    voice = create_voice(client)
    refused = read_aloud(client, voice, phrase_of(client, voice))
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "spoken_too_short")
    assert not list((settings.MEDIA_ROOT / "spoken").rglob("*"))


def test_speech_made_by_the_service_itself_is_nobody_s_consent(caller, hearing, monkeypatch):
    marked = engine.Provenance(
        made_here=True, score=9.0, threshold=5.0, seconds=3.0, tagged_as_generated=False,
    )  # fmt: skip
    monkeypatch.setattr(engine, "provenance", lambda content: marked)
    client = caller("alice")
    voice = create_voice(client)
    refused = read_aloud(client, voice, phrase_of(client, voice))
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "spoken_by_machine")
    assert hearing["given"] == []


def test_recordings_of_somebody_else_take_the_spoken_consent_away(caller, hearing, monkeypatch):
    client = caller("alice")
    voice = create_voice(client)
    read_aloud(client, voice, phrase_of(client, voice))
    other = engine.Reference(
        profile={"embedding": [0.0, 1.0] + [0.0] * 254},
        seconds=30.0,
        speech_seconds=30.0,
        notes=[],
    )
    monkeypatch.setattr(engine, "analyse_reference", lambda content: other)
    path = f"/api/v1/voices/{voice['id']}/recordings/"
    assert client.get(f"/api/v1/voices/{voice['id']}/").json()["spoken_consent"] == "given"
    added = client.post(path, {"recording": recording(), "consent": "true"}).json()
    assert added["spoken_consent"] == "not_required"
    assert Voice.objects.get(pk=voice["id"]).spoken_consent_embedding is None


def test_phrases_hardly_ever_repeat():
    phrases = {random_phrase() for _ in range(300)}
    assert len(phrases) == 300
    assert all(len(phrase) < 200 for phrase in phrases)
