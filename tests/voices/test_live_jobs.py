"""Jobs whose sentences are heard while the rest is made."""

import io

import pytest
import soundfile as sf
from django.core.files.storage import default_storage

from tests.conftest import hum
from voices.models import Job

TEXT = "Первое предложение. Второе. Третье"
LIVE = {"text": TEXT, "voice": "anna", "live": True}


@pytest.fixture
def alice(caller, humming_engine, inline_worker, bank_voice):
    return caller("alice")


def make(client, **fields):
    created = client.post("/api/v1/jobs/", {**LIVE, **fields}, "json")
    assert created.status_code == 202
    return created.json()["id"]


@pytest.mark.parametrize("audio_format", ["mp3", "flac"])
def test_parts_are_mp3_that_follow_each_other_whatever_the_result(alice, audio_format):
    job = make(alice, format=audio_format)
    row = alice.get(f"/api/v1/jobs/{job}/").json()
    assert row["progress"]["parts_ready"] == row["progress"]["sentences_total"] == 3
    assert row["audio"]["format"] == audio_format
    whole = alice.get(f"/api/v1/jobs/{job}/parts/")
    assert (whole["Content-Type"], whole["X-Parts-Next"]) == ("audio/mpeg", "3")
    rest = alice.get(f"/api/v1/jobs/{job}/parts/?first=1")
    assert whole.content.endswith(rest.content)
    assert 0 < len(rest.content) < len(whole.content)
    assert sf.info(io.BytesIO(whole.content)).duration > sf.info(io.BytesIO(rest.content)).duration


def test_nothing_new_is_an_empty_answer(alice):
    answer = alice.get(f"/api/v1/jobs/{make(alice)}/parts/?first=3")
    assert (answer.status_code, answer.content, answer["X-Parts-Next"]) == (200, b"", "3")


def test_a_job_that_was_not_asked_for_parts_has_none(alice):
    refused = alice.get(f"/api/v1/jobs/{make(alice, live=False)}/parts/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_parts")


def test_parts_of_others_are_hidden(alice, caller):
    assert caller("bob").get(f"/api/v1/jobs/{make(alice)}/parts/").status_code == 404


def test_parts_go_with_the_job(alice, settings):
    job = make(alice)
    assert len(list((settings.MEDIA_ROOT / "parts").rglob("0000?"))) == 3
    assert alice.delete(f"/api/v1/jobs/{job}/").status_code == 204
    assert not (settings.MEDIA_ROOT / "parts").exists()


def test_a_part_that_went_meanwhile_is_no_server_error(alice):
    job = make(alice)
    row = Job.objects.get()
    default_storage.delete(f"parts/{row.pk}/{row.attempts}/00001")
    refused = alice.get(f"/api/v1/jobs/{job}/parts/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "parts_gone")


def test_the_number_of_sentences_is_told_with_the_first(alice, monkeypatch):
    from voices import engine

    seen = []

    def speak(order, on_progress=None, *, on_sentence=None):
        for done in (1, 2, 3):
            on_sentence(hum("Да."))
            on_progress(done, 3)
            row = Job.objects.get()
            seen.append((row.progress_done, row.progress_total))
        return hum("Да.")

    monkeypatch.setattr(engine, "speak", speak)
    make(alice)
    assert seen == [(1, 3), (2, 3), (3, 3)]
