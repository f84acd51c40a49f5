"""What clients of many makers take for granted of an HTTP API."""

import gzip
import json
import re

import pytest
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient

from tests.voices.stored import voice_create
from voices.models import Job

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
WISH = {"text": "Привет.", "voice": "anna", "format": "wav"}
ID = "8d4c7f52-3b0a-4f2e-9a64-0a4e1f4c3f10"
ORIGIN = "https://pages.example"


@pytest.fixture
def alice(caller):
    return caller("alice")


def addresses(prefix):
    """Every address under a prefix, its places filled in."""
    found = next(one for one in get_resolver().url_patterns if str(one.pattern) == prefix)
    for pattern in found.url_patterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        route = re.sub(r"<int:\w+>", "1", route)
        route = re.sub(r"<\w+:\w+>", ID, route)
        assert "<" not in route
        yield f"/{prefix}{route}".rstrip("/")


@pytest.mark.parametrize("address", [*addresses("api/v1/"), *addresses("v1/")])
def test_every_address_answers_with_a_slash_and_without(alice, address):
    for method in ("get", "post", "delete", "patch"):
        call = getattr(alice, method)
        answers = [call(f"{address}{slash}", {}, "json") for slash in ("", "/", "?a=b", "/?a=b")]
        statuses = {answer.status_code for answer in answers[:2]}
        assert len({answer.status_code for answer in answers}) <= 2
        assert not statuses & {301, 302, 307, 308}
        bodies = [getattr(answer, "content", b"") for answer in answers[:2]]
        assert "page" not in str(answers[0].get("Content-Type"))
        if answers[0].status_code in (404, 405):
            assert bodies[0] == bodies[1]


def test_a_post_without_the_slash_keeps_its_body(alice):
    response = alice.post("/api/v1/jobs", WISH, "json")
    assert response.status_code == 202
    assert alice.get(f"/api/v1/jobs/{response.json()['id']}").json()["text"] == WISH["text"]
    assert alice.post("/v1/audio/speech/", {"input": "Раз."}, "json").status_code == 200


def test_both_forms_of_an_address_are_one_call_to_an_idempotency_key(alice):
    headers = {"Idempotency-Key": "one"}
    first = alice.post("/api/v1/jobs", WISH, "json", headers=headers).json()["id"]
    assert alice.post("/api/v1/jobs/", WISH, "json", headers=headers).json()["id"] == first


def test_a_post_with_a_range_is_answered_whole(alice):
    for path, body in (("/api/v1/speech/", WISH), ("/v1/audio/speech", {"input": "Раз."})):
        response = alice.post(path, body, "json", headers={"Range": "bytes=0-9"})
        assert response.status_code == 200
        assert len(b"".join(response.streaming_content)) > 1000


def audio_of(alice):
    job = alice.post("/api/v1/jobs/", WISH, "json").json()
    return job["audio"] or alice.get(f"/api/v1/jobs/{job['id']}/").json()["audio"]


def test_a_known_sound_is_not_sent_again(alice):
    url = audio_of(alice)["url"]
    etag = alice.get(url)["ETag"]
    again = alice.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert alice.get(url, headers={"If-None-Match": f'"a", W/{etag}'}).status_code == 304
    assert alice.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_range_of_another_file_is_answered_whole(alice):
    url = audio_of(alice)["url"]
    etag = alice.get(url)["ETag"]
    ask = {"Range": "bytes=0-9"}
    assert alice.get(url, headers={**ask, "If-Range": etag}).status_code == 206
    whole = alice.get(url, headers={**ask, "If-Range": '"other"'})
    assert whole.status_code == 200
    assert "Content-Range" not in whole


def test_a_file_has_a_name_in_ascii_beside_the_russian_one(alice):
    disposition = alice.get(audio_of(alice)["url"])["Content-Disposition"]
    assert 'filename="speech.wav"; filename*=utf-8' in disposition
    assert disposition.isascii()


def test_json_is_sent_compressed_and_sound_is_not(alice):
    asks = {"Accept-Encoding": "gzip"}
    for _ in range(3):
        url = audio_of(alice)["url"]
    listed = alice.get("/api/v1/jobs/", headers=asks)
    assert listed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(listed.content))["count"] == 3
    assert alice.get("/api/schema/", headers=asks)["Content-Encoding"] == "gzip"
    sound = alice.get(url, headers=asks)
    assert "Content-Encoding" not in sound
    assert b"".join(sound.streaming_content).startswith(b"RIFF")
    events = alice.get(f"{url.removesuffix('audio/')}events/", headers=asks)
    assert "Content-Encoding" not in events


@pytest.mark.parametrize("reference", ["anna", "ANNA", "Anna", "Анна", "АННА", "анна", " Анна "])
def test_a_voice_is_known_by_every_name_it_is_shown_by(alice, reference):
    said = alice.post("/api/v1/jobs/", {**WISH, "voice": reference}, "json")
    assert said.json()["voice"]["slug"] == "anna"
    theirs = {"input": "Раз.", "voice": reference}
    assert alice.post("/v1/audio/speech", theirs, "json").status_code == 200
    batch = {"items": [{"text": "Раз.", "voice": reference}], "voice": reference}
    assert alice.post("/api/v1/batches/", batch, "json").status_code == 202
    assert alice.get(f"/api/v1/voices/{reference.strip()}/").json()["slug"] == "anna"
    assert alice.get("/api/v1/jobs/", {"voice": reference}).json()["count"] >= 2


@pytest.mark.parametrize("name", ["Анна", "anna", "АННА", "Anna"])
@pytest.mark.parametrize(
    "markup",
    ["{}:: Привет.", "((голос {})) Привет.", '<speak><voice name="{}">Привет.</voice></speak>'],
)
def test_markup_knows_voices_by_the_same_names(alice, markup, name, humming_engine, bank_voice):
    other = {"slug": "elena", "status": "ready", "name": "Elena"}
    voice_create(is_bank=True, profile={"embedding": [0.5] * 256}, **other)
    job = alice.post("/api/v1/jobs/", {"text": markup.format(name), "voice": "elena"}, "json")
    assert job.status_code == 202
    assert job.json()["params"]["voices"] == {name: str(bank_voice.pk)}
    assert humming_engine[-1].voices == {name: bank_voice.profile}


def test_a_table_names_voices_likewise(alice):
    from django.core.files.uploadedfile import SimpleUploadedFile

    table = SimpleUploadedFile("a.csv", "text,voice\nРаз.,АННА\nДва.,anna\n".encode())
    answer = alice.post("/api/v1/batches/", {"file": table, "voice": "Анна"}, "multipart")
    assert answer.status_code == 202
    assert {job.voice.slug for job in Job.objects.all()} == {"anna"}


def test_an_own_voice_goes_before_the_bank_s_of_that_name(alice, caller):
    from voices.services.accounts.api_keys import user_ensure

    owners = {"user_id": user_ensure(username="alice").pk}
    own = voice_create(**owners, status="ready", name="Анна", profile={"embedding": [0.1] * 256})
    job = alice.post("/api/v1/jobs/", {**WISH, "voice": "анна"}, "json").json()
    assert job["voice"]["id"] == str(own.pk)
    other = caller("bob").post("/api/v1/jobs/", {**WISH, "voice": "анна"}, "json").json()
    assert other["voice"]["slug"] == "anna"


def test_a_voice_is_not_removed_by_its_name(alice):
    assert alice.delete("/api/v1/voices/Анна/").status_code == 404


def test_a_listed_page_elsewhere_may_call(alice, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    ask = {
        "Origin": ORIGIN, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-stainless-os,idempotency-key",
    }  # fmt: skip
    for path in ("/api/v1/speech/", "/v1/audio/speech", "/api/v1/jobs"):
        allowed = APIClient().options(path, headers=ask)
        assert allowed.status_code == 200
        assert allowed["Access-Control-Allow-Origin"] == ORIGIN
        assert {"*", "authorization"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))
        assert "Access-Control-Allow-Credentials" not in allowed
    said = alice.post("/api/v1/speech/", WISH, "json", headers={"Origin": ORIGIN})
    assert said["Access-Control-Allow-Origin"] == ORIGIN
    assert "X-Job-Id" in said["Access-Control-Expose-Headers"]
    refused = alice.post("/api/v1/speech/", {}, "json", headers={"Origin": ORIGIN})
    assert refused["Access-Control-Allow-Origin"] == ORIGIN


def test_other_pages_may_not(alice, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    headers = {"Origin": "https://evil.example"}
    assert "Access-Control-Allow-Origin" not in alice.get("/v1/models", headers=headers)
    assert "Access-Control-Allow-Origin" not in alice.get("/", headers={"Origin": ORIGIN})


@pytest.mark.parametrize("path", ["/", "/api/v1/voices/", "/v1/models", "/nothing"])
def test_a_refused_host_is_told_the_setting(client, path):
    refused = client.get(path, headers={"Host": "my-laptop.local:8000"})
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/json"
    error = refused.json()["error"]
    assert "VOICECLONE_ALLOWED_HOSTS" in error["message"]
    assert "my-laptop.local" in error["message"]
    assert error["code"] == "host_not_allowed"


def test_errors_outside_of_views_have_the_shape_of_the_door(alice, settings):
    settings.JSON_LIMIT_BYTES = 10
    theirs = {"message", "type", "param", "code"}
    ours = {"code", "message", "details"}
    for prefix, shape in (("/v1", theirs), ("/api/v1", ours)):
        nothing = alice.get(f"{prefix}/nothing")
        large = alice.post(f"{prefix}/audio/speech", {"input": "а" * 100}, "json")
        assert (nothing.status_code, set(nothing.json()["error"])) == (404, shape)
        assert set(large.json()["error"]) == shape
    assert set(alice.get("/v1/models", headers={"Host": "x.y"}).json()["error"]) == theirs
