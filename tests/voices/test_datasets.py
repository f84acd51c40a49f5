"""Datasets: made, prepared by a job, reported, edited, deleted with all that belongs to them."""

import io
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from tests.voices.own_voices import create_voice, recording
from tests.voices.studio_engine import OTHER, REPORT_PAGE, SAME, StudioEngine
from tts_engine.dataset import page
from voices.errors import BadInput, Conflict, Forbidden
from voices.models import Dataset, Job, StoredFile, Take, Voice
from voices.selectors.retention import voices_unused
from voices.services.jobs.jobs import job_cancel
from voices.services.studio.datasets import dataset_folder, dataset_training_check
from voices.services.upkeep import reaper
from voices.services.upkeep.operator import jobs_retry
from voices.services.upkeep.retention import sweep
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice")
SENTENCES = ("Добрый вечер.", "Где ты был?")


@pytest.fixture
def studio(monkeypatch):
    return StudioEngine().put_into(monkeypatch)


@pytest.fixture
def client(caller, inline_worker, monkeypatch):
    """A worker does all but preparing, for which a test calls it."""
    from voices import dispatch

    at_once = dispatch._send
    monkeypatch.setattr(
        dispatch,
        "_send",
        lambda task, *, queue, **rest: queue == "conversion" or at_once(task, queue=queue, **rest),
    )
    return caller("alice")


@pytest.fixture
def path(client, studio):
    body = {"voice": create_voice(client)["id"], "title": "Мои записи"}
    place = client.post("/api/v1/datasets/", body, "json")["Location"]
    for sentence in SENTENCES:
        client.post(f"{place}takes/", {"sentence": sentence, "recording": recording()})
    return place


def prepare(client, path):
    answer = client.post(f"{path}prepare/")
    assert answer.status_code == 202, answer.content
    job_run_next(queue="conversion")
    return Job.objects.get(pk=answer.json()["id"])


def names():
    return sorted(
        row.name.split("/", 3)[3] for row in StoredFile.objects.filter(name__startswith="datasets/")
    )


def on_disk(settings):
    return [one for one in (settings.MEDIA_ROOT / "datasets").rglob("*") if one.is_file()]


def test_a_dataset_is_prepared_and_reported(client, path, studio):
    answer = client.post(f"{path}prepare/").json()
    assert (answer["kind"], answer["status"], answer["name"]) == ("dataset", "queued", "Мои записи")
    assert client.get(path).json()["state"] == "preparing"
    assert client.post(f"{path}prepare/").json()["id"] == answer["id"]
    job_run_next(queue="conversion")
    job = client.get(f"/api/v1/jobs/{answer['id']}/").json()
    assert (job["status"], job["progress"]["done"]) == ("succeeded", 2)
    assert studio.prepared == [
        [("Добрый вечер.wav", SENTENCES[0]), ("Где ты был.wav", SENTENCES[1])]
    ]
    dataset = client.get(path).json()
    assert (dataset["state"], dataset["figures"]["clips"]) == ("prepared", 2)
    assert not {"embedding", "fingerprint"} & dataset["figures"].keys()
    assert [one["text"] for one in client.get(dataset["report_url"]).json()["pieces"]] == list(
        SENTENCES
    )
    page = client.get(dataset["page_url"])
    assert page["Content-Type"].startswith("text/html")
    assert page["Content-Security-Policy"].startswith("default-src 'none'")
    clip = client.get(f"{path}files/clips/0001-0001.flac")
    assert clip["Content-Type"] == "audio/flac"
    assert b"".join(clip.streaming_content) == recording().read() + b"clips/0001-0001.flac"
    for wrong in ("clips/9.flac", "0001-0001.flac", "../report.json", "left.partial"):
        assert client.get(f"{path}files/{wrong}").status_code == 404
    assert names() == [
        "clips/0001-0001.flac", "clips/0002-0001.flac", "metadata.csv", "report.html", "report.json",
        "sources/0001.flac", "sources/0001.json", "sources/0002.flac", "sources/0002.json",
    ]  # fmt: skip


def test_the_report_opens_in_the_language_that_is_asked_for(client, path):
    template = (Path(page.__file__).parent / "page.html").read_text("utf-8")
    assert template.count('id="english" checked') == template.count('id="russian"') == 1
    prepare(client, path)
    shown = client.get(path).json()["page_url"]
    assert client.get(shown).content.decode() == REPORT_PAGE
    russian = client.get(shown, headers={"Accept-Language": "ru"}).content.decode()
    assert '<input id="english"><input id="russian" checked>' in russian


def test_a_worker_killed_in_the_middle_costs_an_attempt_and_gives_one_result(
    client, path, studio, settings
):
    def killed(done, total, stage):
        if done:
            raise KeyboardInterrupt  # nothing is caught, nothing is written down

    studio.at_stage = killed
    with pytest.raises(KeyboardInterrupt):
        prepare(client, path)
    assert client.get(path).json()["state"] == "preparing"
    Job.objects.filter(kind="dataset").update(lease_expires_at=Now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()
    studio.at_stage = lambda *_: None
    job_run_next(queue="conversion")
    job = Job.objects.get(kind="dataset")
    assert (job.status, job.attempts) == ("succeeded", 2)
    assert len(names()) == len(on_disk(settings)) == 9
    assert client.get(path).json()["figures"]["clips"] == 2


def test_a_worker_that_lost_the_job_while_storing_leaves_nothing(
    client, path, studio, settings, monkeypatch
):
    """The other one has taken it over: both have files, and one result stays."""
    from voices.services.studio import preparing

    keep, stored = preparing.file_keep, []

    def file_keep(*args, **facts):
        stored.append(facts["name"])
        if len(stored) == 5:
            Job.objects.filter(kind="dataset").update(lease_expires_at=Now() - timedelta(seconds=1))
            reaper.jobs_requeue_stuck()
            # SQLite's clock counts milliseconds: what was put back in this one is not yet due
            time.sleep(0.002)
            job_run_next(queue="conversion")
        return keep(*args, **facts)

    monkeypatch.setattr(preparing, "file_keep", file_keep)
    prepare(client, path)
    assert Job.objects.get(kind="dataset").status == "succeeded"
    assert len(names()) == len(on_disk(settings)) == 9
    assert all("/2/" in str(one) for one in on_disk(settings))


def test_a_cancelled_one_can_be_prepared_again(client, path, studio, settings):
    dataset = Dataset.objects.get()

    def cancel(done, total, stage):
        job = Job.objects.get(kind="dataset")
        job_cancel(owner=_owner(dataset), job_id=job.pk)

    studio.at_stage = cancel
    assert prepare(client, path).status == "cancelled"
    assert (client.get(path).json()["state"], names()) == ("collecting", [])
    studio.at_stage = lambda *_: None
    Job.objects.filter(kind="dataset").delete()
    assert prepare(client, path).status == "succeeded"


def test_one_that_the_operator_tries_again_is_done_unless_there_was_another(client, path, studio):
    def fail(*_):
        raise BadInput("no_recordings", "no recordings", "нет записей")

    studio.at_stage = fail
    failed = prepare(client, path)
    assert (failed.status, client.get(path).json()["state"]) == ("failed", "collecting")
    studio.at_stage = lambda *_: None
    assert jobs_retry(jobs=Job.objects.filter(pk=failed.pk)) == 1
    job_run_next(queue="conversion")
    failed.refresh_from_db()
    assert (failed.status, client.get(path).json()["state"]) == ("succeeded", "prepared")
    Job.objects.filter(pk=failed.pk).update(status="failed")
    prepare(client, path)
    jobs_retry(jobs=Job.objects.filter(pk=failed.pk))
    job_run_next(queue="conversion")
    failed.refresh_from_db()
    assert failed.error_code == "dataset_job_outdated"
    assert client.get(path).json()["state"] == "prepared"


def _owner(row):
    from voices.owner import Owner

    return Owner(user_id=row.user_id, visitor=row.visitor)


def test_while_it_is_prepared_nothing_changes(client, path):
    client.post(f"{path}prepare/")
    take = Take.objects.first().pk
    for answer in (
        client.post(f"{path}takes/", {"sentence": "Да.", "recording": recording()}),
        client.delete(f"{path}takes/{take}/"),
        client.patch(path, {"settings": {"denoise": False}}, "json"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "dataset_preparing")
    assert client.patch(path, {"title": "Иначе"}, "json").json()["title"] == "Иначе"


def test_nothing_to_prepare(client, studio):
    body = {"voice": create_voice(client)["id"], "title": "Пусто"}
    place = client.post("/api/v1/datasets/", body, "json")["Location"]
    assert client.post(f"{place}prepare/").json()["error"]["code"] == "no_takes"
    assert client.get(f"{place}report/").json()["error"]["code"] == "dataset_not_prepared"
    client.post(f"{place}takes/", {"recording": recording()})  # nobody has looked into it yet
    assert client.post(f"{place}prepare/").json()["error"]["code"] == "takes_checking"


def test_edits_are_kept_and_followed_without_preparing_anew(client, path, studio, settings):
    prepare(client, path)
    before = {row.name for row in StoredFile.objects.filter(role__in=("copy", "clip"))}
    edits = {"edits": [{"clip": "0001-0001", "action": "drop"}]}
    kept = client.post(f"{path}edits/", edits, "json")
    assert kept.status_code == 201, kept.content
    assert kept.json()["edits"] == [
        {"clip": "0001-0001", "source": "Добрый вечер.wav", "from_s": 0.0, "to_s": 3.0, "action": "drop",
         "new_from_s": None, "new_to_s": None, "followed": False}
    ]  # fmt: skip
    assert client.get(path).json()["edits_pending"] == 1
    prepare(client, path)
    assert len(studio.prepared) == 1
    assert studio.edited[0][0]["clip"] == "0001-0001"
    dataset = client.get(path).json()
    assert (dataset["figures"]["clips"], dataset["edits_pending"]) == (1, 0)
    after = {row.name for row in StoredFile.objects.filter(role__in=("copy", "clip"))}
    assert after < before  # what has not changed stays where it was
    assert len(after) == len(before) - 1
    assert len(on_disk(settings)) == StoredFile.objects.filter(name__startswith="datasets/").count()


def test_edits_outlive_new_recordings_unless_their_recording_has_gone(client, path, studio):
    prepare(client, path)
    client.post(f"{path}edits/", {"edits": [{"clip": "0002-0001", "action": "drop"}]}, "json")
    client.post(f"{path}takes/", {"sentence": "Третье.", "recording": recording()})
    prepare(client, path)
    assert (len(studio.prepared), client.get(path).json()["figures"]["clips"]) == (2, 2)
    gone = Take.objects.get(text=SENTENCES[1])
    client.delete(f"{path}takes/{gone.pk}/")

    def refuse(folder, edits):
        raise BadInput("edits_invalid", "no such recording", "нет такой записи")

    studio.dataset_edit, usual = refuse, studio.dataset_edit
    from voices import engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine, "dataset_edit", refuse)
        prepare(client, path)
    studio.dataset_edit = usual
    assert client.get(path).json()["figures"]["edits_lost"] == 1


def test_edits_that_cannot_be_are_refused_and_pending_ones_forgotten(client, path):
    prepare(client, path)
    for edit, code in (
        ({"clip": "9", "action": "drop"}, "unknown_clip"),
        ({"clip": "0001-0001", "action": "move"}, "move_without_times"),
        ({"clip": "0001-0001", "action": "keep", "new_to_s": 2.0}, "move_without_times"),
    ):
        answer = client.post(f"{path}edits/", {"edits": [edit]}, "json")
        assert answer.json()["error"]["code"] == code
    move = {"clip": "0001-0001", "action": "move", "new_to_s": 2.0}
    client.post(f"{path}edits/", {"edits": [move]}, "json")
    assert client.get(path).json()["state"] == "collecting"
    assert client.delete(f"{path}edits/").json()["edits"] == []


def test_settings_are_checked_and_prepared_by(client, path, studio):
    wrong = client.patch(path, {"settings": {"min_length_ms": 90_000}}, "json")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "slicing_out_of_range")
    prepare(client, path)
    changed = client.patch(
        path, {"settings": {"denoise": False, "threshold_db": -35}}, "json"
    ).json()
    assert (changed["state"], changed["settings"]["threshold_db"]) == ("collecting", -35)
    assert changed["settings"]["hop_ms"] == 10
    prepare(client, path)
    assert len(studio.prepared) == 2
    assert client.get(f"{path}report/").json()["settings"] == {
        "denoise": False,
        "threshold_db": -35,
    }


def test_a_training_gets_the_folder_if_the_same_person_has_consented_aloud(client, path, studio):
    dataset = Dataset.objects.get()
    with pytest.raises(Conflict, match="prepare it first"):
        dataset_training_check(dataset)
    prepare(client, path)
    dataset = Dataset.objects.get()
    with pytest.raises(Forbidden, match="consent") as caught:
        dataset_training_check(dataset)
    assert caught.value.code == "spoken_consent_required"
    Voice.objects.filter(is_bank=False).update(
        spoken_consent_at=Now(), spoken_consent_embedding=OTHER
    )
    with pytest.raises(Forbidden) as caught:
        dataset_training_check(Dataset.objects.get())
    assert caught.value.code == "dataset_of_another"
    Voice.objects.filter(is_bank=False).update(spoken_consent_embedding=SAME)
    dataset_training_check(Dataset.objects.get())
    with dataset_folder(dataset) as folder:
        found = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*.*"))
    assert found == ["clips/0001-0001.flac", "clips/0002-0001.flac", "report.json"]
    assert not folder.exists()


@pytest.mark.parametrize("what", ["dataset", "voice"])
def test_all_goes_with_the_dataset_and_with_its_voice(client, path, settings, what):
    prepare(client, path)
    voice = client.get(path).json()["voice"]["id"]
    client.delete(path if what == "dataset" else f"/api/v1/voices/{voice}/")
    assert client.get(path).status_code == 404
    assert not Take.objects.exists()
    assert not Dataset.objects.exists()
    left = StoredFile.objects.values_list("role", flat=True)
    assert set(left) == ({"recording"} if what == "dataset" else set())
    assert on_disk(settings) == []
    assert not (settings.MEDIA_ROOT / "takes").exists()


def test_one_deleted_while_it_is_prepared_leaves_nothing(client, path, studio, settings):
    studio.at_stage = lambda *_: client.delete(path)
    client.post(f"{path}prepare/")
    job_run_next(queue="conversion")
    assert Job.objects.get(kind="dataset").status == "cancelled"
    assert on_disk(settings) == []
    assert not Dataset.objects.exists()


def test_the_export_has_rows_and_files(client, path):
    prepare(client, path)
    answer = client.get("/api/v1/account/export/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert "Мои записи" in archive.read("datasets.jsonl").decode()
    assert SENTENCES[0] in archive.read("takes.jsonl").decode()
    inside = [name.split("/", 3)[-1] for name in archive.namelist()]
    assert {"clips/0001-0001.flac", "report.html"} <= set(inside)


def test_the_sweeper_knows_the_files(client, path, settings):
    prepare(client, path)
    import os
    import time

    (settings.MEDIA_ROOT / "takes" / "nobody").mkdir()
    (settings.MEDIA_ROOT / "takes" / "nobody" / "1").write_bytes(b"x")
    for one in settings.MEDIA_ROOT.rglob("*"):
        os.utime(one, (time.time() - 3 * 86_400,) * 2)
    assert sweep().files == 1
    assert len(on_disk(settings)) == 9
    assert default_storage.exists(Take.objects.first().stored.name)


def test_a_voice_that_is_recorded_for_is_in_use(client, path, settings):
    settings.RETENTION = {"account": {**settings.RETENTION["account"], "voice_days": 10}}
    settings.RETENTION["visitor"] = settings.RETENTION["account"]
    long_ago = Now() - timedelta(days=20)
    Job.objects.all().delete()
    Voice.objects.filter(is_bank=False).update(created_at=long_ago, last_heard_at=None)
    assert list(voices_unused()) == []
    Dataset.objects.update(changed_at=long_ago)
    assert [voice.is_bank for voice in voices_unused()] == [False]


def test_lists_are_ones_own_and_by_voice(client, caller, path):
    voice = client.get(path).json()["voice"]["id"]
    assert client.get(f"/api/v1/datasets/?voice={voice}").json()["count"] == 1
    other = "0b4d4a6e-8a4e-4c43-93b2-4e9d6a7b9f10"
    assert client.get(f"/api/v1/datasets/?voice={other}").json()["count"] == 0
    bob = caller("bob")
    assert bob.get("/api/v1/datasets/").json()["count"] == 0
    assert (
        bob.post("/api/v1/datasets/", {"voice": voice, "title": "Чужой"}, "json").status_code == 404
    )
    bank = Voice.objects.get(slug="anna").pk
    assert (
        client.post("/api/v1/datasets/", {"voice": str(bank), "title": "А"}, "json").status_code
        == 403
    )
    blank = client.post("/api/v1/datasets/", {"voice": voice, "title": " "}, "json")
    assert blank.status_code == 400
