"""A voice that is deleted takes along everything in which it is heard, and nothing else."""

import importlib
import uuid
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from django.apps import apps
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.voices.own_voices import create_voice
from tests.voices.stored import result_get
from voices import engine
from voices.models import Batch, Job, StoredFile, Voice, VoiceHeard
from voices.owner import Owner
from voices.services.accounts.api_keys import user_ensure
from voices.services.accounts.closing import owner_data_delete
from voices.services.jobs.hearing import voices_heard_mend
from voices.services.speech.speech import SpeechWish, speech_job_prepare
from voices.services.upkeep.retention import sweep
from voices.services.voices.voices import voice_delete
from voices.storage import file_store, files_delete

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def client(caller):
    return caller("alice")


@pytest.fixture
def owner(client):
    return Owner(user_id=user_ensure(username="alice").pk)


@pytest.fixture
def mine(client):
    return create_voice(client, name="Иван")["id"]


@pytest.fixture
def sung(monkeypatch):
    """Tracks are put together from what the humming engine made."""

    def decode(content, audio_format):
        from tts_engine.types import Audio

        return Audio(np.full(2205, 0.2, np.float32), 22_050)

    monkeypatch.setattr(engine, "decode", decode)


def files():
    root = Path(default_storage.path(""))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def say(client, text, voice="anna", **more):
    answer = client.post("/api/v1/jobs/", {"text": text, "voice": voice, **more}, "json")
    assert answer.status_code == 202, answer.content
    return answer.json()["id"]


def gone(client, job):
    return client.get(f"/api/v1/jobs/{job}/").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "anna:: Привет.\n{own}:: Здравствуй.",
        '<speak>Привет. <voice name="{own}">Здравствуй.</voice></speak>',
    ],
)
@pytest.mark.parametrize("called", ["id", "name"])
def test_a_dialogue_goes_with_any_of_its_voices(client, mine, text, called):
    dialogue = say(client, text.format(own=mine if called == "id" else "Иван"), timestamps=False)
    bank_only = say(client, "Привет.")
    link = client.post(f"/api/v1/jobs/{dialogue}/share/", {}, "json").json()
    sound = result_get(job=dialogue).name
    answer = client.delete(f"/api/v1/voices/{mine}/")
    assert answer.json()["results"] == 1
    assert gone(client, dialogue)
    assert not gone(client, bank_only)
    assert files() == [result_get(job=bank_only).name]
    assert not default_storage.exists(sound)
    assert client.get(link["url"].replace("http://testserver", "")).status_code == 410
    assert Voice.objects.filter(slug="anna").exists()


def test_the_track_of_a_batch_goes_and_the_other_subtitles_stay(client, mine, sung):
    srt = (
        "1\n00:00:01,000 --> 00:00:01,900\nПривет.\n\n"
        "2\n00:00:02,000 --> 00:00:02,900\nИван:: Здравствуй.\n"
    )
    body = {"file": SimpleUploadedFile("film.srt", srt.encode()), "voice": "anna", "format": "wav"}
    created = client.post("/api/v1/batches/", body, "multipart")
    batch = client.get(created["Location"]).json()
    assert batch["status"] == "succeeded", batch
    track = result_get(job__kind="track").name
    client.delete(f"/api/v1/voices/{mine}/")
    assert not default_storage.exists(track)
    assert [job.text for job in Job.objects.filter(batch=batch["id"])] == ["Привет."]
    assert client.get(created["Location"]).json()["track"] is None


def test_lines_of_a_batch_with_voices_of_their_own(client, mine):
    texts = [{"text": "Раз."}, {"text": "Два.", "voice": mine}]
    created = client.post("/api/v1/batches/", {"items": texts, "voice": "anna"}, "json")
    only = client.post("/api/v1/batches/", {"texts": ["Три."], "voice": mine}, "json")
    client.delete(f"/api/v1/voices/{mine}/")
    assert [job.text for job in Job.objects.all()] == ["Раз."]
    assert client.get(created["Location"]).status_code == 200
    assert client.get(only["Location"]).status_code == 404


def test_work_that_runs_and_waits_goes_too_and_its_batch_goes_on(client, mine, monkeypatch):
    texts = [{"text": "Раз.", "voice": mine}, {"text": "Два."}]
    deleted = []
    usual = engine.speak

    def speak(order, *args, **kwargs):
        if not deleted:
            deleted.append(client.delete(f"/api/v1/voices/{mine}/").status_code)
        return usual(order, *args, **kwargs)

    monkeypatch.setattr(engine, "speak", speak)
    created = client.post("/api/v1/batches/", {"items": texts, "voice": "anna"}, "json")
    assert deleted == [200]
    assert [(job.text, job.status) for job in Job.objects.all()] == [("Два.", "succeeded")]
    assert client.get(created["Location"]).json()["status"] == "succeeded"
    assert files() == [result_get().name]


def test_a_sentence_made_after_the_deletion_is_not_kept(client, mine, monkeypatch):
    usual = engine.encode_stream

    def encode_stream(*args, **kwargs):
        client.delete(f"/api/v1/voices/{mine}/")
        return usual(*args, **kwargs)

    monkeypatch.setattr(engine, "encode_stream", encode_stream)
    client.post("/api/v1/jobs/", {"text": "Раз. Два.", "voice": mine, "live": True}, "json")
    assert not Job.objects.exists()
    assert files() == []


def test_a_thousand_jobs_go_in_few_queries(client, owner, mine):
    voice = Voice.objects.get(pk=mine)
    jobs = Job.objects.bulk_create(
        Job(**owner.fields, kind="speech", queue="speech", status="succeeded", voice=voice)
        for _ in range(1000)
    )
    StoredFile.objects.bulk_create(
        StoredFile(
            **owner.fields, job=job, name=file_store(f"results/{job.pk}", b"x"), role="result",
            format="mp3", size_bytes=1, seconds=1,
        )
        for job in jobs
    )  # fmt: skip
    VoiceHeard.objects.bulk_create(VoiceHeard(job=job, voice=voice) for job in jobs)
    with CaptureQueriesContext(connection) as asked:
        deleted = voice_delete(owner=owner, voice_id=voice.pk)
    assert len(asked) <= 42, [query["sql"][:120] for query in asked]
    assert deleted.results == 1000
    assert not Job.objects.exists()
    assert not VoiceHeard.objects.exists()
    assert files() == []


def test_files_go_several_at_a_time_and_folders_that_are_empty_with_them(monkeypatch):
    names = [file_store(f"results/{at // 3}/{at}/1.mp3", b"x") for at in range(30)]
    together = Barrier(2, timeout=20)
    usual = FileSystemStorage.delete

    def delete(self, name):
        if name in names[:2]:
            together.wait()  # one after the other they would never meet
        usual(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", delete)
    files_delete(names)
    assert files() == []
    assert list(Path(default_storage.path("results")).parent.iterdir()) == []


def test_a_file_that_resists_is_logged_and_the_others_go(caplog):
    Path(default_storage.path("results/folder.mp3/within")).mkdir(parents=True)
    names = [file_store(f"results/{at}.mp3", b"x") for at in range(3)]
    files_delete(["results/folder.mp3", *names])
    assert files() == []
    assert "results/folder.mp3 could not be deleted" in caplog.text


def test_a_visitors_second_speaker_is_not_unused(settings):
    settings.RETENTION = {
        kind: {"result_days": 30, "result_megabytes": 0, "voice_days": 90}
        for kind in ("visitor", "account")
    }
    visitor = Owner(visitor=uuid.uuid4())
    old = timezone.now() - timedelta(days=91)
    for name in ("Пётр", "Павел"):
        voice = Voice.objects.create(**visitor.fields, name=name, status=Voice.Status.READY)
        Voice.objects.filter(pk=voice.pk).update(created_at=old)
    wish = SpeechWish(text="anna:: Привет.\nПётр:: Здравствуй.", voice="anna")
    job = speech_job_prepare(owner=visitor, wish=wish, text_limit=5000)()
    assert sweep().voices == 1
    assert [voice.name for voice in Voice.objects.filter(is_bank=False)] == ["Пётр"]
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=31))
    swept = sweep()
    assert (swept.jobs, swept.voices) == (1, 0)  # the job is forgotten before the voice


def test_an_owner_who_leaves_leaves_nothing(client, owner, mine):
    say(client, "anna:: Привет.\nИван:: Здравствуй.")
    client.post("/api/v1/batches/", {"texts": ["Раз.", "Два."], "voice": mine}, "json")
    assert owner_data_delete(owner=owner)
    assert files() == []
    assert not Job.objects.exists()
    assert not Batch.objects.exists()
    assert not VoiceHeard.objects.exists()
    assert [voice.slug for voice in Voice.objects.all()] == ["anna"]


def test_jobs_of_a_voice_are_those_in_which_it_is_heard(client, mine):
    dialogue = say(client, "anna:: Привет.\nИван:: Здравствуй.")
    say(client, "Привет.")
    for voice, texts in ((mine, 1), ("anna", 2)):
        found = client.get(f"/api/v1/jobs/?kind=speech&voice={voice}").json()["results"]
        assert len(found) == texts
        assert dialogue in {job["id"] for job in found}


def test_jobs_of_earlier_versions_are_filled_in(client, owner, mine, sung):
    srt = "1\n00:00:01,000 --> 00:00:01,900\nИван:: Здравствуй.\n"
    body = {"file": SimpleUploadedFile("film.srt", srt.encode()), "voice": "anna", "format": "wav"}
    client.post("/api/v1/batches/", body, "multipart")
    say(client, "anna:: Привет.\nИван:: Здравствуй.")
    before = set(VoiceHeard.objects.values_list("job", "voice"))
    assert len(before) == 1 + 2 + 2 + 2  # enrolment, subtitle, track, dialogue
    VoiceHeard.objects.all().delete()
    Voice.objects.update(last_heard_at=None)
    migration = importlib.import_module("voices.migrations.0016_voices_heard")
    migration.voices_heard_fill(apps, None)
    migration.last_heard_fill(apps, None)
    assert set(VoiceHeard.objects.values_list("job", "voice")) == before
    own = Voice.objects.get(pk=mine)
    assert own.last_heard_at == Job.objects.latest("created_at").created_at


def test_what_the_version_before_made_meanwhile_is_written_down(client, mine):
    dialogue = say(client, "anna:: Привет.\nИван:: Здравствуй.")
    before = set(VoiceHeard.objects.values_list("job", "voice"))
    VoiceHeard.objects.filter(job=dialogue).delete()
    VoiceHeard.objects.create(job_id=uuid.uuid4(), voice_id=mine)
    voices_heard_mend()
    assert set(VoiceHeard.objects.values_list("job", "voice")) == before
