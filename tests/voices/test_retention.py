"""What expires goes with its files, and nothing else goes."""

import os
import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from tests.voices.stored import recording_create
from voices.models import DictionaryEntry, Job, LiveSession, Recording, StoredFile, UsageDay, Voice
from voices.owner import Owner
from voices.selectors.live import talk_expires_at
from voices.services.accounts.api_keys import user_ensure
from voices.services.speech.speech import SpeechWish, speech_job_prepare
from voices.services.upkeep.retention import sweep, sweep_if_due
from voices.services.voices.versions import voice_version_add
from voices.storage import file_store, part_name

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def alice():
    return Owner(user_id=user_ensure(username="alice").pk)


@pytest.fixture
def visitor():
    return Owner(visitor=uuid.uuid4())


@pytest.fixture(autouse=True)
def _days(settings):
    settings.RETENTION = {
        "visitor": {"result_days": 30, "result_megabytes": 0, "voice_days": 90},
        "account": {"result_days": 365, "result_megabytes": 0, "voice_days": 0},
    }


def spoken(owner, *, days_ago=0.0, text="Привет."):
    wish = SpeechWish(text=text, voice="anna")
    job = speech_job_prepare(owner=owner, wish=wish, text_limit=5000)()
    then = timezone.now() - timedelta(days=days_ago)
    Job.objects.filter(pk=job.pk).update(created_at=then, finished_at=then)
    return Job.objects.get(pk=job.pk)


def test_old_results_go_with_their_files_by_whose_they_are(alice, visitor):
    gone, fresh, of_account = (
        spoken(visitor, days_ago=31),
        spoken(visitor),
        spoken(alice, days_ago=31),
    )
    sound = gone.result.name
    assert sweep().jobs == 1
    assert set(Job.objects.values_list("pk", flat=True)) == {fresh.pk, of_account.pk}
    assert not default_storage.exists(sound)
    assert default_storage.exists(fresh.result.name)


def test_nothing_expires_where_days_are_0(alice, settings):
    settings.RETENTION["account"]["result_days"] = 0
    spoken(alice, days_ago=5000)
    assert sweep().jobs == 0


def test_a_running_job_stays_however_old(visitor):
    job = spoken(visitor, days_ago=99)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING)
    assert sweep().jobs == 0


def test_the_oldest_beyond_the_megabytes_go(alice, settings):
    settings.RETENTION["account"]["result_megabytes"] = 1
    first, second, third = (spoken(alice, days_ago=days) for days in (3, 2, 1))
    StoredFile.objects.update(size_bytes=500_000)
    assert sweep().jobs == 1
    assert not Job.objects.filter(pk=first.pk).exists()
    assert Job.objects.filter(pk__in=[second.pk, third.pk]).count() == 2


def test_a_visitor_s_unused_voice_goes_with_its_recordings(visitor, alice):
    old = timezone.now() - timedelta(days=91)
    voices = [
        Voice.objects.create(**owner.fields, name=name, status=Voice.Status.READY)
        for owner, name in ((visitor, "unused"), (visitor, "used"), (alice, "of an account"))
    ]
    names = [recording_create(voice, content=b"sound").stored.name for voice in voices]
    Voice.objects.filter(is_bank=False).update(created_at=old)
    used = spoken(visitor)
    Job.objects.filter(pk=used.pk).update(voice=voices[1])
    assert sweep().voices == 1
    assert [default_storage.exists(name) for name in names] == [False, True, True]


def test_files_that_no_row_knows_go_after_a_day(alice):
    known = spoken(alice).result.name
    lost, fresh = (
        file_store("results/aa/lost/1.mp3", b"x"),
        file_store("results/aa/new/1.mp3", b"x"),
    )
    part = file_store(f"parts/{uuid.uuid4()}/1/00000", b"x")
    waits = Job.objects.create(**alice.fields, kind="speech", queue="batch", paused=True)
    made = [file_store(part_name(waits.pk, 1, index), b"x") for index in range(2)]
    two_days_ago = time.time() - 2 * 24 * 3600
    for name in (known, lost, part, *made):
        os.utime(default_storage.path(name), (two_days_ago, two_days_ago))
    assert sweep().files == 2
    assert [default_storage.exists(name) for name in (known, lost, fresh, part)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert all(map(default_storage.exists, made))  # it goes on when its turn comes


def test_one_worker_sweeps_in_an_hour(visitor):
    assert sweep_if_due() is not None
    assert sweep_if_due() is None


def test_the_command_sweeps_at_once(visitor, capsys):
    spoken(visitor, days_ago=31)
    call_command("sweep")
    assert "1 jobs" in capsys.readouterr().out


def test_the_api_tells_when_a_job_expires(caller):
    client = caller("alice")
    client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna"}, "json")
    job = client.get("/api/v1/jobs/").json()["results"][0]
    assert job["expires_at"][:10] == str((timezone.now() + timedelta(days=365)).date())


def test_what_visitors_used_goes_when_they_are_long_gone(visitor, alice):
    other = Owner(visitor=uuid.uuid4())
    for owner, days_ago in ((visitor, 91), (other, 89), (alice, 91)):
        day = timezone.now() - timedelta(days=days_ago)
        UsageDay.objects.create(**owner.fields, day=day.date())
        entry = DictionaryEntry.objects.create(**owner.fields, word="замок", said="зам+ок")
        DictionaryEntry.objects.filter(pk=entry.pk).update(
            created_at=timezone.now() - timedelta(days=400)
        )
    fresh = Owner(visitor=uuid.uuid4())
    DictionaryEntry.objects.create(**fresh.fields, word="замок", said="зам+ок")
    sweep()
    left = [Owner(user_id=row.user_id, visitor=row.visitor) for row in UsageDay.objects.all()]
    assert sorted(left, key=str) == sorted([other, alice], key=str)
    words = [
        Owner(user_id=row.user_id, visitor=row.visitor) for row in DictionaryEntry.objects.all()
    ]
    assert sorted(words, key=str) == sorted([other, alice, fresh], key=str)


def test_talks_go_as_what_was_made_does(alice, visitor):
    voice = Voice.objects.get(slug="anna")
    version = voice_version_add(voice=voice, profile={"embedding": [1.0]}, figures={})

    def talk(owner, days_ago, **more):
        then = timezone.now() - timedelta(days=days_ago)
        facts = {"voice": voice, "version": version, "digest": str(uuid.uuid4()), **more}
        row = LiveSession.objects.create(**owner.fields, **facts)
        begun = {} if more else {"started_at": then, "beat_at": then, "ended_at": then}
        LiveSession.objects.filter(pk=row.pk).update(created_at=then, **begun)
        return row

    gone = [talk(visitor, 31), talk(visitor, 31, started_at=None), talk(alice, 366)]
    goes_on = talk(visitor, 31, beat_at=timezone.now())
    kept = [talk(visitor, 29), talk(alice, 31), goes_on]
    sweep()
    assert set(LiveSession.objects.all()) == set(kept)
    assert not LiveSession.objects.filter(pk__in=[row.pk for row in gone]).exists()
    assert talk_expires_at(LiveSession.objects.get(pk=goes_on.pk)) is None
    expires_at = talk_expires_at(LiveSession.objects.get(pk=kept[0].pk))
    assert expires_at == pytest.approx(timezone.now() + timedelta(days=1), abs=timedelta(minutes=1))


def test_sessions_go_when_they_have_ended():
    for key, hours in (("gone", -1), ("lives", 1)):
        ends = timezone.now() + timedelta(hours=hours)
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    sweep()
    assert [session.pk for session in Session.objects.all()] == ["lives"]


def test_what_was_lost_on_its_way_into_a_voice_goes_after_a_day(alice):
    voices = {
        name: Voice.objects.create(**alice.fields, name=name, status=status)
        for name, status in (("lost", "enrolling"), ("waits", "enrolling"), ("ready", "ready"))
    }
    recordings = {name: recording_create(voice, content=b"x") for name, voice in voices.items()}
    recording_create(voices["ready"], speech_seconds=3.0)
    phrase = voices["ready"].consent_phrases.create(text="Да.", expires_at=timezone.now())
    Job.objects.create(
        **alice.fields, kind="enrolment", queue="speech", voice=voices["waits"],
        params={"recordings": [str(recordings["waits"].pk)]},
    )  # fmt: skip
    sweep()
    assert Voice.objects.filter(is_bank=False).count() == 3
    two_days_ago = timezone.now() - timedelta(days=2)
    for rows in (Voice.objects.filter(is_bank=False), Recording.objects.all()):
        rows.update(created_at=two_days_ago)
    type(phrase).objects.update(expires_at=two_days_ago)
    sweep()
    assert set(Voice.objects.filter(is_bank=False)) == {voices["waits"], voices["ready"]}
    assert set(Recording.objects.filter(speech_seconds=None)) == {recordings["waits"]}
    assert not type(phrase).objects.exists()
    assert not default_storage.exists(recordings["lost"].stored.name)
