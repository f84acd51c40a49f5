"""A new kind of work is a row and a folder: all that the service does with jobs, it does with it too.

History, files, quotas, export, deletion, retention, retry, cancelling and lost workers: none of them names it.
"""

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from tests.voices.made_up_kind import echo
from tests.voices.made_up_kind.echo import ECHO, echo_job_create
from voices import kinds
from voices.errors import BadInput, QuotaExceeded
from voices.models import Job, StoredFile, UsageDay, Voice
from voices.owner import Owner
from voices.selectors.quotas import holdings_of
from voices.services.accounts.api_keys import user_ensure
from voices.services.jobs import leases
from voices.services.jobs.removal import jobs_remove
from voices.services.upkeep import operator, reaper
from voices.services.upkeep.retention import sweep
from voices.services.upkeep.runner import job_run_next
from voices.services.voices.versions import voice_version_add
from voices.services.voices.voices import voice_delete
from voices.storage import file_store

ROOT = Path(__file__).resolve().parents[3]
TEXT = "раз два три"
SOUND = "<раз><два><три>".encode()


@pytest.fixture(autouse=True)
def row(monkeypatch, settings, tmp_path, transactional_db):
    """The one line that the table gets."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setitem(kinds.KINDS, ECHO.name, ECHO)
    for sender in ("jobs.jobs", "upkeep.reaper", "upkeep.operator", "upkeep.runner"):
        monkeypatch.setattr(f"voices.services.{sender}.dispatch", lambda **_: True)


@pytest.fixture
def alice(row):
    return Owner(user_id=user_ensure(username="alice").pk)


@pytest.fixture
def voice(alice):
    voice = Voice.objects.create(**alice.fields, name="Голос")
    voice_version_add(voice=voice, profile={"embedding": [1.0] + [0.0] * 255}, figures={})
    return voice


@pytest.fixture
def job(alice, voice):
    return echo_job_create(owner=alice, voice=voice, text=TEXT)


@pytest.fixture
def made(job):
    return worked(job)


def worked(job):
    job_run_next(queue=ECHO.queue.name)
    return Job.objects.get(pk=job.pk)


def on_disk(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def body(response):
    return b"".join(response.streaming_content)


def test_its_owner_sees_it_as_any_job(caller, made):
    client = caller("alice")
    told = client.get(f"/api/v1/jobs/{made.pk}/").json()
    assert (told["kind"], told["status"], told["text"]) == ("echo", "succeeded", TEXT)
    progress = {name: told["progress"][name] for name in ("stage", "unit", "done", "total")}
    assert progress == {"stage": "writing", "unit": "words", "done": 3, "total": 3}
    assert [file["role"] for file in told["files"]] == ["result", "report"]
    for filters in ({"kind": "echo"}, {"kind": "history"}, {"voice": "Голос"}, {"search": "два"}):
        found = client.get("/api/v1/jobs/", filters).json()["results"]
        assert [row["id"] for row in found] == [str(made.pk)], filters
    assert client.get("/api/v1/jobs/", {"kind": "speech"}).json()["count"] == 0
    assert caller("bob").get(f"/api/v1/jobs/{made.pk}/").status_code == 404


def test_who_listens_hears_its_stages(caller, job, monkeypatch):
    client, heard = caller("alice"), []
    hears = echo.sound_of

    def listened(word):
        events = client.get(f"/api/v1/jobs/{job.pk}/events/").streaming_content
        data = json.loads(re.search(rb"data: (.*)", next(iter(events)))[1])
        heard.append([data["progress"][name] for name in ("stage", "done", "total")])
        return hears(word)

    monkeypatch.setattr(echo, "sound_of", listened)
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)
    worked(job)
    assert heard == [["", 0, 0], ["listening", 1, 3], ["listening", 2, 3]]


def test_its_files_are_sent_whole_by_ranges_and_once(caller, made):
    client = caller("alice")
    sound, report = (file["url"] for file in client.get(f"/api/v1/jobs/{made.pk}/").json()["files"])
    whole = client.get(sound)
    assert (whole["Content-Type"], body(whole)) == ("audio/mpeg", SOUND)
    assert body(client.get(f"/api/v1/jobs/{made.pk}/audio/")) == SOUND
    answer = client.get(report)
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].endswith(".json")
    assert json.loads(body(answer)) == {"words": TEXT.split()}
    part = client.get(report, headers={"Range": "bytes=1-7"})
    assert (part.status_code, body(part)) == (206, b'"words"')
    assert client.get(report, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert caller("bob").get(report).status_code == 404
    missing = client.get(f"/api/v1/jobs/{made.pk}/files/plot/")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "unknown_file")


def test_the_voice_has_a_version_of_it_and_can_go_back(caller, voice, made):
    client = caller("alice")
    path = f"/api/v1/voices/{voice.pk}/versions/"
    taught, _first = client.get(path).json()["results"]
    assert (taught["number"], taught["kind"], taught["figures"]) == (2, "taught", {"words": 3})
    assert taught["active"]
    assert client.post(f"{path}1/activate/").status_code == 200
    assert [version["active"] for version in client.get(path).json()["results"]] == [False, True]
    assert client.delete(f"/api/v1/jobs/{made.pk}/").status_code == 204
    assert client.get(path).json()["count"] == 2, "a version outlives its job"


def test_it_is_taken_from_the_quotas(alice, voice, job, settings):
    assert holdings_of(alice).jobs_waiting == 1
    day = UsageDay.objects.get(user_id=alice.user_id)
    assert (day.jobs, day.characters) == (1, len(TEXT))
    worked(job)
    held = holdings_of(alice)
    sizes = sum(StoredFile.objects.values_list("size_bytes", flat=True))
    assert (held.jobs_waiting, held.storage_bytes) == (0, sizes)
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "jobs_waiting": 1}}
    echo_job_create(owner=alice, voice=voice, text=TEXT)
    with pytest.raises(QuotaExceeded):
        echo_job_create(owner=alice, voice=voice, text=TEXT)


def test_it_is_exported_with_its_files(caller, made):
    archive = zipfile.ZipFile(io.BytesIO(body(caller("alice").get("/api/v1/account/export/"))))
    [row] = [json.loads(line) for line in archive.read("jobs.jsonl").splitlines()]
    assert (row["kind"], row["text"]) == ("echo", TEXT)
    names = [json.loads(line)["name"] for line in archive.read("files.jsonl").splitlines()]
    assert [archive.read(name) for name in names] == [
        SOUND,
        json.dumps({"words": TEXT.split()}).encode(),
    ]


@pytest.mark.parametrize("way", ["by its owner", "with its voice", "with others", "for its age"])
def test_it_goes_with_its_files(caller, alice, voice, made, settings, way):
    settings.RETENTION = {
        kind: {"result_days": 30, "result_megabytes": 0, "voice_days": 0}
        for kind in ("visitor", "account")
    }
    assert len(on_disk(settings)) == 2
    if way == "by its owner":
        assert caller("alice").delete(f"/api/v1/jobs/{made.pk}/").status_code == 204
    elif way == "with its voice":
        assert voice_delete(owner=alice, voice_id=voice.pk).results == 1
    elif way == "with others":
        assert jobs_remove(Job.objects.all()).jobs == 1
    else:
        Job.objects.update(finished_at=timezone.now() - timedelta(days=31))
        assert sweep().jobs == 1
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()
    assert not on_disk(settings)


def test_a_failed_one_is_undone_and_tried_again_by_the_operator(job, monkeypatch, settings):
    file_store(echo.echo_undo([job])[0], b"notes")
    hears = echo.sound_of

    def deaf(word):
        raise BadInput("deaf", "nothing was heard", "ничего не слышно")

    monkeypatch.setattr(echo, "sound_of", deaf)
    failed = worked(job)
    assert (failed.status, failed.error_code) == ("failed", "deaf")
    assert not on_disk(settings)
    monkeypatch.setattr(echo, "sound_of", hears)
    assert operator.jobs_retry(jobs=Job.objects.all()) == 1
    assert worked(job).status == "succeeded"


def test_one_that_is_cancelled_at_work_leaves_nothing(caller, job, monkeypatch, settings):
    hears = echo.sound_of

    def cancelled(word):
        caller("alice").post(f"/api/v1/jobs/{job.pk}/cancel/")
        return hears(word)

    monkeypatch.setattr(echo, "sound_of", cancelled)
    assert worked(job).status == "cancelled"
    assert not StoredFile.objects.exists()
    assert not on_disk(settings)


def test_a_lost_worker_costs_an_attempt_and_not_the_job(job, monkeypatch, settings):
    hears = echo.sound_of

    def killed(word):
        raise KeyboardInterrupt  # nothing is caught, nothing is written down

    monkeypatch.setattr(echo, "sound_of", killed)
    with pytest.raises(KeyboardInterrupt):
        worked(job)
    assert Job.objects.get().status == "running"
    Job.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()
    monkeypatch.setattr(echo, "sound_of", hears)
    again = worked(job)
    assert (again.status, again.attempts) == ("succeeded", 2)
    assert len(on_disk(settings)) == 2


def test_one_that_costs_every_worker_is_given_up(job, settings):
    Job.objects.update(status="running", attempts=settings.JOB_ATTEMPTS, claim=F("claim") + 1)
    Job.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()
    assert (Job.objects.get().status, Job.objects.get().error_code) == ("failed", "worker_lost")


def test_the_docs_show_this_very_row_and_name_what_is_there():
    page = (ROOT / "docs" / "adding-a-stage.md").read_text(encoding="utf-8")
    part = page.split("## A kind of work in the service")[1].split("\n## ")[0]
    [code] = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    assert dedent("   " + code.strip()) in Path(echo.__file__).read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:voices|tests|docs)/[\w/]+(?:\.py|/))`", part))
    assert paths >= {"voices/kinds.py", "tests/voices/made_up_kind/"}
    assert not [path for path in paths if not (ROOT / path).exists()]
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "voices").rglob("*.py"))
    called = set(re.findall(r"`(?:lease\.)?([a-z]+_[a-z_]+)`", part)) - {"tts_engine"}
    assert called >= {
        "job_create",
        "job_succeed",
        "file_keep",
        "file_save_for",
        "voice_version_add",
    }
    assert not [name for name in called if f"def {name}(" not in source]
