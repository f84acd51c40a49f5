"""Sentences read aloud for a dataset are judged at once; files and zips are looked into."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.voices.own_voices import create_voice, recording
from tests.voices.studio_engine import OTHER, QUIET, SAME, StudioEngine
from voices import engine
from voices.errors import UnsupportedMedia, Unusable
from voices.models import Job, StoredFile, Take
from voices.owner import Owner
from voices.selectors.quotas import holdings_of
from voices.services.jobs.uploads import PART_BYTES

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "inline_worker")


@pytest.fixture
def studio(monkeypatch):
    return StudioEngine().put_into(monkeypatch)


@pytest.fixture
def client(caller):
    return caller("alice")


@pytest.fixture
def path(client, studio):
    body = {"voice": create_voice(client)["id"], "title": "  Мои  записи "}
    made = client.post("/api/v1/datasets/", body, "json")
    assert (made.status_code, made.json()["title"]) == (201, "Мои записи")
    return made["Location"]


def read(client, path, sentence="Добрый вечер.", **more):
    form = {"sentence": sentence, "recording": recording(), **more}
    return client.post(f"{path}takes/", form)


def on_disk(settings):
    return [one for one in (settings.MEDIA_ROOT / "takes").rglob("*") if one.is_file()]


def told(client, path):
    return client.get(path).json()["takes"]


def test_a_sentence_is_judged_at_once_and_can_be_heard(client, path):
    take = read(client, path)
    assert take.status_code == 201, take.content
    body = take.json()
    assert (body["state"], body["sentence"], body["reasons"]) == ("accepted", "Добрый вечер.", [])
    assert body["checks"]["phoneme_error"] == 0.0
    assert told(client, path) == {"accepted": 1, "refused": 0, "checking": 0, "seconds": 3.0}
    heard = client.get(body["url"])
    assert b"".join(heard.streaming_content) == recording().read()
    assert client.get(f"{path}takes/{body['id']}/").json() == body
    [listed] = client.get(f"{path}takes/").json()["results"]
    assert listed == body


def test_coverage_grows_and_what_was_read_is_not_asked_for_again(client, path):
    before = client.get(f"{path}sentences/?count=3").json()
    assert before["coverage"]["covered"] == before["read"] == 0
    first = before["sentences"][0]
    read(client, path, first)
    after = client.get(f"{path}sentences/?count=3").json()
    assert after["read"] == 1
    assert after["coverage"]["covered"] > 20
    assert after["sentences"][:2] == before["sentences"][1:]
    assert client.get(f"{path}sentences/?count=51").status_code == 400


def test_one_that_does_not_serve_says_why_and_is_replaced_by_a_better_one(client, path, studio):
    studio.reasons = [QUIET]
    refused = client.post(
        f"{path}takes/", {"sentence": "Добрый вечер.", "recording": recording()},
        headers={"Accept-Language": "ru"},
    ).json()  # fmt: skip
    assert (refused["state"], refused["reasons"]) == (
        "refused", [{"code": "too_quiet", "message": "слишком тихо"}],
    )  # fmt: skip
    assert client.get(f"{path}sentences/").json()["read"] == 0
    studio.reasons = []
    read(client, path, "Другое предложение.")
    assert told(client, path)["refused"] == 1
    read(client, path)
    assert told(client, path)["refused"] == 0
    assert not default_storage.exists(f"takes/{path.split('/')[-2]}/{refused['id']}")


def test_who_reads_is_compared_with_the_voice_and_then_with_what_was_read(client, path, studio):
    studio.embedding = OTHER
    read(client, path)
    read(client, path, "Другое предложение.")
    assert studio.readers == [SAME, OTHER]


def test_a_person_may_take_a_refused_one_after_all_unless_it_is_anothers(client, path, studio):
    studio.reasons = [QUIET]
    take = f"{path}takes/{read(client, path).json()['id']}/"
    assert client.post(f"{take}accept/").json()["state"] == "accepted"
    assert client.post(f"{take}accept/").json()["error"]["code"] == "take_not_refused"
    studio.reasons = [{"code": "other_voice", "en": "another", "ru": "другой"}]
    take = f"{path}takes/{read(client, path, 'Ещё одно.').json()['id']}/"
    assert client.post(f"{take}accept/").json()["error"]["code"] == "take_unusable"


def test_one_that_cannot_be_judged_leaves_nothing(client, path, monkeypatch, settings):
    def check_take(content, **_):
        raise Unusable("damaged_audio", "damaged", "повреждено")

    monkeypatch.setattr(engine, "check_take", check_take)
    answer = read(client, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "damaged_audio")
    assert not Take.objects.exists()
    assert not StoredFile.objects.filter(role="take").exists()
    assert not on_disk(settings)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"sentence": "Добрый вечер."}, "recording_required"),
        ({"sentence": "…", "recording": "sound"}, "sentence_required"),
        ({"sentence": "Да.", "recording": "empty"}, "empty_file"),
        ({}, "recording_required"),
        ({"upload": "0b4d4a6e-8a4e-4c43-93b2-4e9d6a7b9f10"}, "unknown_upload"),
        ({"upload": "0b4d4a6e-8a4e-4c43-93b2-4e9d6a7b9f10", "sentence": "Да."}, "recording_or_upload"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(client, path, form, code):
    files = {"sound": recording(), "empty": SimpleUploadedFile("a.wav", b"")}
    form = {name: files.get(value, value) for name, value in form.items()}
    answer = client.post(f"{path}takes/", form)
    assert answer.json()["error"]["code"] == code
    assert not Take.objects.exists()


def test_a_long_recording_with_its_transcript(client, path, studio):
    studio.seconds = 600.0
    form = {"transcript": "1\n00:00", "transcript_format": "srt"}
    form["recording"] = recording(name="Интервью (часть 1).wav")
    take = client.post(f"{path}takes/", form).json()
    assert (take["state"], take["seconds"], take["sentence"]) == ("accepted", 600.0, None)
    assert (take["original_name"], take["transcript_format"]) == ("Интервью (часть 1).wav", "srt")
    assert Job.objects.get(kind="take").queue == "conversion"


def test_a_file_that_is_no_sound_stays_with_the_reason(client, path, monkeypatch):
    def measure_recordings(source, told):
        raise UnsupportedMedia("not_audio", "not audio", "не звук")

    monkeypatch.setattr(engine, "measure_recordings", measure_recordings)
    take = client.post(f"{path}takes/", {"recording": recording(name="a.pdf")}).json()
    assert (take["state"], take["reasons"][0]["code"]) == ("refused", "not_audio")


def test_a_large_file_in_parts_becomes_a_recording(client, path):
    content = b"x" * (PART_BYTES + 5)
    begun = {"name": "корпус.zip", "size_bytes": len(content)}
    upload = client.post("/api/v1/uploads/", begun, "json").json()
    place = f"/api/v1/uploads/{upload['id']}/"
    for number in (1, 2):
        part = content[(number - 1) * PART_BYTES : number * PART_BYTES]
        client.put(f"{place}parts/{number}/", part, content_type="application/octet-stream")
    unfinished = client.post(f"{path}takes/", {"upload": upload["id"]})
    assert unfinished.json()["error"]["code"] == "upload_incomplete"
    client.post(f"{place}finish/")
    take = client.post(f"{path}takes/", {"upload": upload["id"]})
    assert (take.status_code, take.json()["size_bytes"]) == (201, len(content))
    assert client.get(place).status_code == 404
    assert take.json()["original_name"] == "корпус.zip"
    assert client.get(f"{path}takes/").json()["results"][0]["state"] == "accepted"
    assert holdings_of(Owner(user_id=Take.objects.get().dataset.user_id)).storage_bytes > len(
        content
    )


def test_a_recording_is_deleted_with_its_file(client, path, settings):
    take = read(client, path).json()
    assert client.delete(f"{path}takes/{take['id']}/").status_code == 204
    assert client.get(take["url"]).status_code == 404
    assert not on_disk(settings)


def test_hours_are_limited(client, path, studio, settings):
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "dataset_hours": 1}}
    studio.seconds = 3000.0
    assert client.post(f"{path}takes/", {"recording": recording()}).status_code == 201
    assert client.post(f"{path}takes/", {"recording": recording()}).status_code == 201
    assert told(client, path) == {"accepted": 1, "refused": 1, "checking": 0, "seconds": 3000.0}
    [refused] = client.get(f"{path}takes/?state=refused").json()["results"]
    assert refused["reasons"][0]["code"] == "quota_exceeded"
    Take.objects.filter(state="accepted").update(seconds=3600.0)
    answer = read(client, path)
    assert (answer.status_code, answer.json()["error"]["details"]["limit"]) == (
        429,
        "dataset_seconds",
    )
    usage = client.get("/api/v1/account/usage/").json()
    assert usage["now"]["dataset_seconds"] == 3600.0
    assert usage["limits"]["dataset_seconds"] == 3600


def test_disk_is_limited(client, path, settings):
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "storage_megabytes": 1}}
    big = SimpleUploadedFile("a.wav", b"x" * 2_000_000)
    answer = client.post(f"{path}takes/", {"recording": big})
    assert answer.json()["error"]["details"]["limit"] == "storage_bytes"
    assert not on_disk(settings)


def test_others_find_nothing_and_readers_of_keys_change_nothing(caller, client, path):
    read(client, path)
    bob = caller("bob")
    assert bob.get(f"{path}takes/").status_code == 404
    assert read(bob, path).status_code == 404
    assert told(client, path)["accepted"] == 1
