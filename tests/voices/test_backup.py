"""A backup holds rows and files; a restore puts them back, and refuses what would do harm."""

import tarfile
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.voices.stored import result_get
from voices.errors import AppError
from voices.models import Job, Worker
from voices.owner import Owner
from voices.services.speech.speech import SpeechWish, speech_job_prepare
from voices.services.upkeep.backup import backup_make, backup_restore

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def job():
    wish = SpeechWish(text="Привет.", voice="anna")
    made = speech_job_prepare(owner=Owner(visitor=uuid.uuid4()), wish=wish, text_limit=5000)()
    return Job.objects.get(pk=made.pk)


@pytest.fixture
def backup(job, tmp_path):
    path = tmp_path / "backup.tar"
    assert backup_make(path) == 1
    return path


def test_what_was_lost_comes_back(job, backup):
    with default_storage.open(job.result.name) as stored:
        sound = stored.read()
    default_storage.delete(job.result.name)
    Job.objects.all().delete()
    assert backup_restore(backup) == 1
    assert result_get().job_id == job.pk
    with default_storage.open(job.result.name) as stored:
        assert stored.read() == sound


def test_a_backup_overwrites_nothing(backup):
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", backup)


def test_what_is_there_is_thrown_away_only_when_asked(job, backup):
    with pytest.raises(AppError) as refused:
        backup_restore(backup)
    assert refused.value.code == "not_empty"
    Job.objects.update(text="другой")
    call_command("restore", backup, replace=True)
    assert Job.objects.get().text == "Привет."


def test_nothing_is_restored_under_a_running_service(job, backup):
    Worker.objects.create(name="w", queues=["speech"], seen_at=timezone.now())
    with pytest.raises(AppError) as refused:
        backup_restore(backup, replace=True)
    assert refused.value.code == "workers_running"


def test_a_torn_backup_is_refused_and_nothing_is_lost(job, backup, tmp_path):
    torn, empty = tmp_path / "torn.tar", tmp_path / "empty.tar"
    torn.write_bytes(backup.read_bytes()[:700])
    tarfile.open(empty, "w").close()
    for path in (torn, empty):
        with pytest.raises(AppError) as refused:
            backup_restore(path, replace=True)
        assert refused.value.code == "not_a_backup"
    assert Job.objects.get().pk == job.pk


def test_no_file_is_written_outside_its_folder(backup, tmp_path, settings):
    bad, about = tmp_path / "bad.tar", tmp_path / "about"
    with tarfile.open(backup) as good, tarfile.open(bad, "w") as archive:
        for name in ("backup.json", "database"):
            about.write_bytes(good.extractfile(name).read())
            archive.add(about, name)
        archive.add(about, "media/../../outside")
    with pytest.raises(AppError) as refused:
        backup_restore(bad, replace=True)
    assert refused.value.code == "not_a_backup"
    assert not (tmp_path.parent / "outside").exists()
    assert not (tmp_path / "outside").exists()
