"""One's own dictionary, and markup through the service."""

import pytest
from rest_framework.test import APIClient

from tests.voices.stored import voice_create
from voices.models import DictionaryEntry, Job
from voices.services.accounts.api_keys import api_key_create, user_ensure

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def save(client, word="звонит", said="зв+онит"):
    return client.post("/api/v1/dictionary/", {"word": word, "said": said}, "json")


def stressed(client, text, **fields):
    answer = client.post("/api/v1/phonemes/", {"text": text, **fields}, "json").json()
    return " ".join(sentence["stressed"] for sentence in answer["sentences"])


def test_a_word_is_kept_changed_and_removed(caller):
    client = caller("alice")
    entry = save(client, "Звонит").json()
    assert (entry["word"], entry["said"]) == ("звонит", "зв+онит")
    assert save(client, said="звони́т").json()["said"] == "звон+ит"
    listed = client.get("/api/v1/dictionary/").json()["results"]
    assert [(row["id"], row["said"]) for row in listed] == [(entry["id"], "звон+ит")]
    address = f"/api/v1/dictionary/{entry['id']}/"
    assert client.get(address).json()["word"] == "звонит"
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_the_dictionary_of_another_is_hidden(caller):
    entry = save(caller("alice")).json()
    bob = caller("bob")
    assert bob.get("/api/v1/dictionary/").json()["results"] == []
    assert bob.get(f"/api/v1/dictionary/{entry['id']}/").status_code == 404
    assert bob.delete(f"/api/v1/dictionary/{entry['id']}/").status_code == 404
    assert stressed(bob, "звонит") == "звон+ит"
    assert DictionaryEntry.objects.count() == 1


def test_the_request_s_words_win_over_the_stored_and_a_mark_over_both(caller):
    client = caller("alice")
    save(client)
    assert stressed(client, "звонит") == "зв+онит"
    assert stressed(client, "звонит", dictionary={"звонит": "говорит"}) == "говор+ит"
    assert stressed(client, "звон+ит", dictionary={"звонит": "говорит"}) == "звон+ит"


@pytest.mark.parametrize(
    ("word", "said", "code"),
    [
        ("з+амок", "а", "dictionary_bad_word"),
        ("замок", "…", "dictionary_bad_reading"),
        ("замок", "/ъ/", "unknown_phoneme"),
    ],
)
def test_bad_words_are_named(caller, word, said, code):
    client = caller("alice")
    assert save(client, word, said).json()["error"]["code"] == code
    answer = client.post("/api/v1/phonemes/", {"text": "а", "dictionary": {word: said}}, "json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not DictionaryEntry.objects.exists()


def test_a_dictionary_has_a_limit(caller, settings):
    settings.DICTIONARY_LIMIT = 1
    client = caller("alice")
    save(client)
    assert save(client, "другое", "друг+ое").status_code == 413
    assert save(client, said="звон+ит").status_code == 201
    assert DictionaryEntry.objects.count() == 1


def test_a_key_that_only_reads_changes_nothing(caller):
    key = api_key_create(user=user_ensure(username="alice"), name="test", scopes=["read"])
    client = APIClient(headers={"Authorization": f"Bearer {key.secret}"})
    assert save(client).status_code == 403


def test_the_words_of_a_text_reach_the_engine(caller, humming_engine):
    client = caller("alice")
    save(client)
    save(client, "другое", "друг+ое")
    body = {"text": "Он звонит в GM", "voice": "anna", "dictionary": {"GM": "джи эм"}}
    assert client.post("/api/v1/speech/", body, "json").status_code == 200
    assert humming_engine[-1].dictionary == {"звонит": "зв+онит", "gm": "джи эм"}


def test_voices_of_a_dialogue_reach_the_engine(caller, humming_engine):
    voice_create(
        is_bank=True, slug="boris", status="ready", name="Boris", profile={"embedding": [0.5]}
    )
    body = {"text": "anna:: Да.\nboris:: Нет.", "voice": "anna"}
    assert caller("alice").post("/api/v1/speech/", body, "json").status_code == 200
    assert humming_engine[-1].voices["boris"] == {"embedding": [0.5]}
    assert set(humming_engine[-1].voices) == {"anna", "boris"}


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("<speak><voice name='nobody'>Да</voice></speak>", 404, "unknown_voice"),
        ("nobody:: Да", 404, "unknown_voice"),
        ("<speak>Да", 400, "ssml_invalid"),
        ("((пауза 99)) да", 400, "pause_too_long"),
    ],
)
def test_wrong_markup_is_refused_at_once(caller, text, status, code):
    answer = caller("alice").post("/api/v1/speech/", {"text": text, "voice": "anna"}, "json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Job.objects.exists()


def test_phonemes_tell_where_words_stand_and_who_speaks(caller):
    text = "anna:: В 5 з+амках."
    answer = caller("alice").post("/api/v1/phonemes/", {"text": text}, "json").json()
    [sentence] = answer["sentences"]
    assert sentence["voice"] == "anna"
    places = [text[w["start"] : w["end"]] if w["start"] else None for w in sentence["words"]]
    assert places == ["В", None, "з+амках"]
    assert sentence["words"][-1]["ipa"] == "zˈamkəx"
