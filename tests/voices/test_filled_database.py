"""A filled database of version 0.1 migrated to this one: nothing is lost, and the way back is open."""

import io
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from tests import filled_database as filled
from tests.filled_database import known, sound
from tests.voices.test_isolation import content_of
from voices.models import (
    ConsentRecord,
    Job,
    Recording,
    StoredFile,
    TrainingPoint,
    Upload,
    UsageDay,
    Voice,
    VoiceHeard,
)
from voices.models.stored_file import PART
from voices.owner import Owner
from voices.selectors.quotas import holdings_of
from voices.services.speech.sharing import share_create
from voices.services.upkeep.backup import backup_restore
from voices.services.voices.voices import voice_delete

VERSION_0_1 = [("voices", "0013_traceparents")]
BACKUP = Path(__file__).parent / "backup_0_1.tar.xz"
ALICE = Owner(user_id=filled.USER_ID)


def migrated(targets):
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


@pytest.fixture
def old(transactional_db, settings, tmp_path):
    """The models of version 0.1, and its schema in the database."""
    settings.MEDIA_ROOT = tmp_path / "media"
    yield migrated(VERSION_0_1)
    call_command("migrate", verbosity=0)


def fill(old, settings):
    filled.fill(old.get_model, Path(settings.MEDIA_ROOT))
    call_command("migrate", verbosity=0)


@pytest.fixture(params=["filled", "backup"])
def upgraded(request, settings, old):
    """Filled by the old models, or by a backup that the old version itself has made."""
    if request.param == "filled":
        fill(old, settings)
        return
    if connection.vendor != "sqlite":
        pytest.skip("the backup is of SQLite")
    call_command("migrate", verbosity=0)
    assert backup_restore(BACKUP) == len(filled.FILES)
    call_command("migrate", verbosity=0)


@pytest.fixture
def client(upgraded):
    client = Client()
    client.force_login(User.objects.get(), "django.contrib.auth.backends.ModelBackend")
    return client


def test_every_sound_plays_as_before(client):
    for name in set(filled.RESULTS) - {"guest's"}:
        job = client.get(f"/api/v1/jobs/{known(name)}/").json()
        assert job["audio"]["size_bytes"] == len(sound(name))
        assert (job["audio"]["format"], job["audio"]["seconds"]) == ("wav", 1.5)
        assert content_of(client.get(job["audio"]["url"])) == sound(name)
    for name in ("anna", "boris"):
        assert content_of(client.get(f"/api/v1/voices/{name}/preview/")) == sound(name)
    batch = content_of(client.get(f"/api/v1/batches/{known('srt')}/archive/"))
    with zipfile.ZipFile(io.BytesIO(batch)) as archive:
        sounds = {archive.read(name) for name in archive.namelist() if name != "index.csv"}
    assert sounds == {sound("subtitle 1"), sound("subtitle 2"), sound("track")}
    token, _ = share_create(owner=ALICE, job_id=known("single"), seconds=60)
    assert content_of(Client().get(f"/s/{token}/audio/")) == sound("single")
    assert client.get(f"/api/v1/jobs/{known('failed')}/").json()["audio"] is None


def test_voices_and_their_recordings_are_as_before(client):
    voices = {voice["id"]: voice for voice in client.get("/api/v1/voices/").json()["results"]}
    mine = voices[str(known("mine"))]
    assert mine["settings"]["speed"] == 1.2
    assert [take["size_bytes"] for take in mine["recordings"]] == [len(sound("take 1"))] * 2
    assert {take["seconds"] for take in mine["recordings"]} == {4.5}
    assert str(known("guest's voice")) not in voices
    for name, profile in (("mine", filled.OTHER_PROFILE), ("anna", filled.PROFILE)):
        assert Voice.objects.get(pk=known(name)).profile == profile
    assert Voice.objects.get(pk=known("new voice")).profile == {}
    assert Recording.objects.count() == len(filled.RECORDINGS)
    assert ConsentRecord.objects.count() == 2


def test_jobs_quotas_and_what_is_heard_are_as_before(client):
    assert Job.objects.count() == 20
    assert {job.name: job.status for job in Job.objects.filter(pk=known("live"))} == {
        "": Job.Status.RUNNING
    }
    assert holdings_of(ALICE).storage_bytes == filled.BYTES_OF_ALICE
    assert holdings_of(Owner(visitor=filled.VISITOR)).storage_bytes == sum(
        len(sound(name)) for name in ("guest's", "guest's take")
    )
    heard = set(VoiceHeard.objects.filter(voice=known("mine")).values_list("job", flat=True))
    assert {known("dialogue"), known("track"), known("line 1")} < heard
    assert known("of anna") not in heard


def test_the_export_has_every_file(client):
    export = content_of(client.get("/api/v1/account/export/"))
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        assert archive.testzip() is None
        contents = {archive.read(name) for name in archive.namelist()}
        assert "missing.jsonl" not in archive.namelist()
    assert {sound(name) for name in (*filled.KEPT_OF_ALICE, "mine")} <= contents


def test_a_voice_goes_with_all_its_files(client):
    deleted = voice_delete(owner=ALICE, voice_id=known("mine"))
    results = ("single", "dialogue", "subtitle 1", "track", "line 1")
    takes = sum(len(sound(name)) for name in ("take 1", "take 2", *results))
    assert (deleted.recordings, deleted.results, deleted.size_bytes) == (2, 5, takes)
    for name in ("take 1", "take 2", "mine", "live", "chunk", "phrase", *results):
        assert not default_storage.exists(filled.FILES[name]), name
    for name in ("of anna", "subtitle 2", "guest's", "guest's take", "anna"):
        assert default_storage.exists(filled.FILES[name]), name


def table(old, name):
    return {row["pk"]: row for row in old.get_model("voices", name).objects.values(
        "pk", *(field.attname for field in old.get_model("voices", name)._meta.fields)
    )}  # fmt: skip


def test_the_way_back_restores_every_row(old, settings):
    filled.fill(old.get_model, Path(settings.MEDIA_ROOT))
    names = [model.__name__ for model in old.get_app_config("voices").get_models()]
    before = {name: table(old, name) for name in names}
    call_command("migrate", verbosity=0)
    assert apps.get_model("voices", "VoiceHeard").objects.exists()
    upload = Upload.objects.create(**ALICE.fields, size_bytes=3)
    StoredFile.objects.create(**ALICE.fields, name="part", role=PART, size_bytes=3, upload=upload)
    TrainingPoint.objects.create(job_id=known("single"), step=1, values={"loss": 0.5})
    assert UsageDay.objects.update(worked_seconds=7.5)
    assert {name: table(migrated(VERSION_0_1), name) for name in names} == before
