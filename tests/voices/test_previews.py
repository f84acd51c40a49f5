"""Previews of the bank: made for the first who asks, heard by all, taken from nobody's quota."""

import pytest
from django.core.files.storage import default_storage

from tests.voices.asking import owner_of
from voices.errors import Conflict
from voices.models import Job, Quota, UsageDay, Voice
from voices.selectors.quotas import jobs_waiting
from voices.services.jobs.jobs import job_cancel
from voices.services.upkeep.runner import job_run_next
from voices.services.voices import previews
from voices.services.voices.previews import preview_ensure, preview_is_fresh
from voices.services.voices.versions import voice_version_add

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice")
PATH = "/api/v1/voices/anna/preview/"


def anna():
    return Voice.objects.get(slug="anna")


@pytest.fixture
def weights(settings, tmp_path):
    settings.WEIGHTS_DIR = tmp_path / "weights"
    settings.WEIGHTS_DIR.mkdir()
    manifest = settings.WEIGHTS_DIR / "manifest.json"
    manifest.write_text("{}")
    return manifest


@pytest.fixture
def wait(monkeypatch, messages):
    """`wait(first, second)`: what happens while the first caller waits for the job, then the second; the
    ids that were waited for."""
    really, ids = previews.job_wait, []

    def begin(*happenings):
        coming = iter(happenings)

        def job_wait(*, job_id):
            ids.append(job_id)
            next(coming)()
            return really(job_id=job_id)

        monkeypatch.setattr(previews, "job_wait", job_wait)
        return ids

    return begin


def work():
    job_run_next(queue="speech")


def test_what_one_had_made_is_heard_by_all(caller, inline_worker, humming_engine):
    alice, bob = caller("alice"), caller("bob")
    assert alice.get("/api/v1/voices/anna/").json()["preview_url"] == PATH
    missing = alice.get(PATH)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_preview")
    assert not Job.objects.exists()
    made = alice.post(PATH)
    assert (made.status_code, made.json()["preview_url"]) == (200, PATH)
    assert bob.post(PATH).status_code == 200
    for client in (alice, bob):
        heard = client.get(PATH)
        assert (heard.status_code, heard["Content-Type"]) == (200, "audio/mpeg")
        assert heard["Cache-Control"] == "private, no-cache"
        assert len(b"".join(heard.streaming_content)) > 500
    assert Job.objects.get().user.username == "alice"
    assert len(humming_engine) == 1


@pytest.mark.parametrize("change", ["settings", "profile", "weights", "file"])
def test_it_is_made_anew_when_the_voice_or_the_weights_change(
    caller, inline_worker, weights, change
):
    client = caller("alice")
    client.post(PATH)
    before = anna().preview.name
    if change == "settings":
        Voice.objects.update(speed=1.5)
    elif change == "profile":
        voice_version_add(voice=anna(), profile={"embedding": [0.5]}, figures={})
    elif change == "weights":
        weights.write_text("{ }")
    else:
        default_storage.delete(before)
    assert client.get(PATH).status_code == (404 if change == "file" else 200)
    assert client.post(PATH).status_code == 200
    assert client.get(PATH).status_code == 200
    assert anna().preview.name != before
    assert not default_storage.exists(before)
    assert Job.objects.count() == 2


def test_two_who_ask_at_once_wait_for_one_job(wait, humming_engine):
    alice, bob = owner_of("alice"), owner_of("bob")
    ids = wait(lambda: preview_ensure(owner=bob, voice_id="anna"), work)
    assert preview_is_fresh(preview_ensure(owner=alice, voice_id="anna"))
    job = Job.objects.get()
    assert (ids, job.user_id) == ([job.pk, job.pk], alice.user_id)
    assert len(humming_engine) == 1


def test_who_asks_as_it_is_made_finds_it(monkeypatch, inline_worker):
    alice, bob = owner_of("alice"), owner_of("bob")
    looked = previews.preview_is_fresh

    def late(voice):
        fresh = looked(voice)
        monkeypatch.setattr(previews, "preview_is_fresh", looked)
        preview_ensure(owner=alice, voice_id="anna")
        return fresh

    monkeypatch.setattr(previews, "preview_is_fresh", late)
    assert preview_is_fresh(preview_ensure(owner=bob, voice_id="anna"))
    assert Job.objects.get().user_id == alice.user_id


def test_one_that_its_asker_gave_up_is_made_for_the_next(wait):
    alice, bob = owner_of("alice"), owner_of("bob")

    def give_up():
        job_cancel(owner=alice, job_id=Job.objects.get().pk)

    def ask_too():
        assert preview_is_fresh(preview_ensure(owner=bob, voice_id="anna"))

    ids = wait(ask_too, give_up, work)
    with pytest.raises(Conflict) as refused:
        preview_ensure(owner=alice, voice_id="anna")
    assert refused.value.code == "job_cancelled"
    assert ids[0] == ids[1] != ids[2]
    assert Job.objects.get(pk=ids[2]).user_id == bob.user_id


def test_it_is_taken_from_nobody_s_quota(wait, settings):
    alice = owner_of("alice")
    Quota.objects.create(user_id=alice.user_id, jobs_waiting=1, storage_megabytes=1)

    def look():
        assert Job.objects.get().status == "queued"
        assert jobs_waiting(owner=alice) == 0
        work()

    wait(look)
    preview_ensure(owner=alice, voice_id="anna")
    assert not UsageDay.objects.exists()
