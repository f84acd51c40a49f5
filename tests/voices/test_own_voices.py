"""Own voices: their settings, previews, likeness to others, and their place among the bank's."""

from dataclasses import replace

import pytest
from django.core.files.storage import default_storage

from tests.voices.own_voices import create_voice, recording
from tests.voices.stored import voice_create
from voices import engine
from voices.models import Job, Recording, Voice

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def along(axis, towards=0.0):
    """A d-vector along one axis, leaning to the first by `towards`."""
    vector = [0.0] * 256
    vector[axis] = 1.0
    vector[0] += towards
    return {"embedding": vector}


def bank(slug, name_ru, gender, axis, towards=0.0):
    return voice_create(
        is_bank=True, slug=slug, status="ready", name=slug.title(), name_ru=name_ru, gender=gender,
        profile=along(axis, towards),
    )  # fmt: skip


TWO = {
    "en": "somebody else speaks too; the voice heard most (60 % of the speech) was used",
    "ru": "говорит кто-то ещё; взят голос, которого больше (60 % речи)",
}


def test_the_answer_to_an_upload_carries_the_verdict(caller, monkeypatch):
    client = caller("alice")
    good = create_voice(client)["recordings"][0]["verdict"]
    assert good == {
        "level": "good",
        "message": "the recording is good: 3 s of one person's speech",
    }
    heard = engine.analyse_reference
    monkeypatch.setattr(
        engine, "analyse_reference", lambda content: replace(heard(content), notes=[TWO])
    )
    client.credentials(HTTP_ACCEPT_LANGUAGE="ru", **client._credentials)
    voice = create_voice(client, name="Вдвоём")
    verdict = voice["recordings"][0]["verdict"]
    assert verdict["level"] == "usable"
    assert verdict["message"].startswith("запись подойдёт, но")
    assert "говорит кто-то ещё" in verdict["message"]
    body = {"recording": [recording(name="more.wav")], "consent": "true"}
    more = client.post(f"/api/v1/voices/{voice['id']}/recordings/", body).json()
    assert [one["verdict"]["level"] for one in more["recordings"]] == ["usable", "usable"]


def test_what_a_request_leaves_out_is_as_the_voice_is_set(caller, humming_engine):
    client = caller("alice")
    voice = create_voice(client)
    path = f"/api/v1/voices/{voice['id']}/"
    assert voice["settings"] == {"speed": None, "pitch": None, "variation": None}
    wanted = {"speed": 0.8, "pitch": -2.0, "variation": 0.0}
    assert client.patch(path, {"settings": wanted}, "json").json()["settings"] == wanted
    body = {"text": "Привет.", "voice": voice["id"]}
    client.post("/api/v1/speech/", body, "json")
    client.post("/api/v1/speech/", {**body, "speed": 1.5, "pitch": 0.0}, "json")
    openai = {"model": "tts-1", "input": "Привет.", "voice": voice["id"]}
    client.post("/v1/audio/speech", openai, "json")
    client.post("/api/v1/speech/", {"text": "Привет.", "voice": "anna"}, "json")
    asked = [(o.speed, o.pitch_semitones, o.variation) for o in humming_engine]
    assert asked == [(0.8, -2.0, 0.0), (1.5, 0.0, 0.0), (0.8, -2.0, 0.0), (1.0, 0.0, 1.0)]


def test_one_setting_changes_alone_and_null_is_the_usual(caller):
    client = caller("alice")
    path = f"/api/v1/voices/{create_voice(client)['id']}/"
    client.patch(path, {"settings": {"speed": 1.2, "pitch": 1.0}}, "json")
    changed = client.patch(path, {"settings": {"speed": None}}, "json").json()
    assert changed["settings"] == {"speed": None, "pitch": 1.0, "variation": None}


@pytest.mark.parametrize(
    ("name", "value"), [("speed", 9.0), ("pitch", 40.0), ("variation", 1.5), ("variation", -0.1)]
)
def test_a_setting_out_of_range_is_refused(caller, name, value):
    client = caller("alice")
    voice = create_voice(client)
    refused = client.patch(f"/api/v1/voices/{voice['id']}/", {"settings": {name: value}}, "json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, f"{name}_out_of_range")
    assert client.get(f"/api/v1/voices/{voice['id']}/").json()["settings"][name] is None


def test_name_description_gender_and_language_change(caller):
    client = caller("alice")
    path = f"/api/v1/voices/{create_voice(client, language='en')['id']}/"
    assert client.get(path).json()["language"] == "en"
    values = {"name": " Тётя  Оля ", "description": "Тихо.", "gender": "female", "language": "ru"}
    changed = client.patch(path, values, "json").json()
    assert {key: changed[key] for key in values} == {**values, "name": "Тётя Оля"}
    assert client.patch(path, {"language": "Russian!"}, "json").status_code == 400


def test_the_profile_is_the_mean_by_speech_and_forgets_what_is_taken_out(caller, monkeypatch):
    heard = iter([(along(0), 30.0), (along(1), 10.0)])

    def analyse(content):
        profile, seconds = next(heard)
        return engine.Reference(profile=profile, seconds=seconds, speech_seconds=seconds, notes=[])

    monkeypatch.setattr(engine, "analyse_reference", analyse)
    client = caller("alice")
    voice = create_voice(client, recording(), recording())
    mean = Voice.objects.get(pk=voice["id"]).profile["embedding"]
    assert mean[0] / mean[1] == pytest.approx(3.0, rel=1e-3)
    long = Recording.objects.get(speech_seconds=30.0)
    client.delete(f"/api/v1/voices/{voice['id']}/recordings/{long.pk}/")
    assert Voice.objects.get(pk=voice["id"]).profile["embedding"][1] == pytest.approx(1.0)


def test_a_preview_is_made_once_and_anew_when_the_voice_changes(caller):
    client = caller("alice")
    voice = create_voice(client)
    path = f"/api/v1/voices/{voice['id']}/"
    assert voice["preview_url"] == f"{path}preview/"
    assert client.get(f"{path}preview/").json()["error"]["code"] == "no_preview"
    assert not Job.objects.filter(kind="preview").exists()

    def hear():
        made = client.post(f"{path}preview/")
        assert (made.status_code, made.json()["preview_url"]) == (200, f"{path}preview/")
        response = client.get(f"{path}preview/")
        assert (response.status_code, response["Content-Type"]) == (200, "audio/mpeg")
        assert response["Cache-Control"] == "private, no-cache"
        assert len(b"".join(response.streaming_content)) > 500
        return Voice.objects.get(pk=voice["id"]).preview.name

    first = hear()
    assert hear() == first
    client.patch(path, {"settings": {"pitch": 3.0}}, "json")
    assert client.get(f"{path}preview/").status_code == 404
    second = hear()
    assert second != first
    assert not default_storage.exists(first)
    assert Job.objects.filter(kind="preview").count() == 2
    client.delete(path)
    assert not default_storage.exists(second)


def test_a_preview_of_others_looks_missing(caller):
    voice = create_voice(caller("bob"))
    path = f"/api/v1/voices/{voice['id']}/preview/"
    assert caller("alice").get(path).status_code == 404
    assert caller("alice").post(path).status_code == 404
    assert not Job.objects.filter(kind="preview").exists()


def test_previews_are_made_by_calls_that_are_counted(caller, settings):
    client = caller("alice")
    path = f"/api/v1/voices/{create_voice(client)['id']}/preview/"
    settings.CALLS_PER_MINUTE = {"account": 2, "visitor": 2}
    assert client.post(path).status_code == 200
    assert client.post(path).status_code == 429
    assert client.get(path).status_code == 200


def test_similar_voices_come_nearest_first_and_never_another_person_s(caller):
    bank("boris", "Борис", "male", 1, towards=2.0)
    bank("vera", "Вера", "female", 2)
    create_voice(caller("bob"))
    client = caller("alice")
    mine = create_voice(client)
    rows = client.get(f"/api/v1/voices/{mine['id']}/similar/").json()["voices"]
    assert [row["voice"]["slug"] for row in rows] == ["anna", "boris", "vera"]
    assert [row["similarity"] for row in rows] == [1.0, pytest.approx(0.8944, abs=1e-4), 0.0]
    limited = client.get("/api/v1/voices/vera/similar/?limit=1").json()["voices"]
    assert len(limited) == 1
    assert client.get("/api/v1/voices/vera/similar/?limit=0").status_code == 400
    assert caller("bob").get(f"/api/v1/voices/{mine['id']}/similar/").status_code == 404


def test_the_map_holds_the_bank_and_own_voices_only(caller):
    bank("vera", "Вера", "female", 2)
    create_voice(caller("bob"))
    client = caller("alice")
    mine = create_voice(client)
    rows = client.get("/api/v1/voices/map/", headers={"Accept-Language": "ru"}).json()["voices"]
    places = {row["voice"]["name"]: (row["x"], row["y"]) for row in rows}
    assert set(places) == {"Анна", "Вера", "Мой голос"}
    assert places["Анна"] == places["Мой голос"] != places["Вера"]
    assert mine["id"] in {row["voice"]["id"] for row in rows}


def test_an_empty_map_is_no_error(caller):
    Voice.objects.all().delete()
    assert caller("alice").get("/api/v1/voices/map/").json() == {"voices": []}


def test_the_bank_is_ordered_by_name_in_the_language_of_the_page(caller):
    bank("boris", "Борис", "male", 1)
    bank("vera", "Вера", "female", 2)
    bank("olga", "Ольга", "female", 3)
    Voice.objects.filter(slug="anna").update(gender="female", name="Zoe")
    client = caller("alice")
    create_voice(client, name="Первый")
    create_voice(client, name="Второй")

    def names(language):
        headers = {"Accept-Language": language}
        rows = client.get("/api/v1/voices/", headers=headers).json()["results"]
        return [row["name"] for row in rows]

    assert names("ru") == ["Анна", "Вера", "Ольга", "Борис", "Второй", "Первый"]
    assert names("en") == ["Olga", "Vera", "Zoe", "Boris", "Второй", "Первый"]


def test_the_bank_is_searched_in_any_case_and_filtered(caller):
    bank("boris", "Борис", "male", 1)
    client = caller("alice")

    def slugs(query):
        return [row["slug"] for row in client.get(f"/api/v1/voices/?{query}").json()["results"]]

    assert slugs("search=бОРИс".replace("бОРИс", "борис")) == ["boris"]
    assert slugs("search=ЯСНЫЙ") == ["anna"]
    assert slugs("search=ясный борис") == []
    assert slugs("gender=male") == ["boris"]
    assert slugs("language=en") == []
