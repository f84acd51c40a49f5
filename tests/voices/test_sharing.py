"""Links by which anybody hears one result until a date."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from voices.models import Job
from voices.services.speech.sharing import SALT

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def alice(caller):
    return caller("alice")


@pytest.fixture
def job(alice):
    body = {"text": "Секретов нет.", "voice": "anna"}
    return alice.post("/api/v1/jobs/", body, "json").json()["id"]


def share(client, job, **fields):
    return client.post(f"/api/v1/jobs/{job}/share/", fields, "json")


def test_a_link_plays_for_somebody_without_an_account(alice, job):
    made = share(alice, job, expires_in=3600)
    assert made.status_code == 201
    stranger = Client()
    address = made.json()["url"].removeprefix("http://testserver")
    page = stranger.get(address)
    assert page.status_code == 200
    assert "Секретов нет." in page.content.decode()
    assert "только вам" not in page.content.decode()  # here it would not be true
    assert page["X-Robots-Tag"] == "noindex"
    assert "sessionid" not in stranger.cookies
    whole = stranger.get(f"{address}audio/")
    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/mpeg")
    piece = stranger.get(f"{address}audio/", headers={"Range": "bytes=0-9"})
    assert (piece.status_code, len(b"".join(piece.streaming_content))) == (206, 10)


def test_only_the_owner_shares_and_only_what_has_sound(alice, job, caller):
    assert share(caller("bob"), job).status_code == 404
    Job.objects.get().result.delete()
    refused = share(alice, job)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "audio_not_ready")


@pytest.mark.parametrize("seconds", [0, 59, 31 * 24 * 3600, "long"])
def test_a_link_lives_a_minute_to_thirty_days(alice, job, seconds):
    assert share(alice, job, expires_in=seconds).status_code == 400


def opened(token, language="en"):
    client = Client()
    client.cookies["lang"] = language
    page, audio = client.get(f"/s/{token}/"), client.get(f"/s/{token}/audio/")
    assert page.status_code == audio.status_code
    return page


def test_an_expired_link_says_so(job):
    past = int((timezone.now() - timedelta(seconds=1)).timestamp())
    page = opened(signing.dumps([Job.objects.get().pk.hex, past], salt=SALT))
    assert page.status_code == 410
    assert "The link has expired" in page.content.decode()


def test_a_link_to_a_deleted_result_says_so(alice, job):
    token = share(alice, job).json()["url"].split("/")[-2]
    assert alice.delete(f"/api/v1/jobs/{job}/").status_code == 204
    page = opened(token, "ru")
    assert page.status_code == 410
    assert "Запись удалена" in page.content.decode()


def test_a_changed_link_is_none_of_ours(alice, job):
    token = share(alice, job).json()["url"].split("/")[-2]
    future = int(timezone.now().timestamp()) + 3600
    forged = signing.dumps([Job.objects.get().pk.hex, future], salt="another")
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), forged, "x", "x:y:z"):
        assert opened(wrong).status_code == 404
