"""Own voices are fitted to their recordings in the background: a version more, which speaks if it is better."""

import pytest
from django.utils import timezone

from tests.voices.own_voices import create_voice, recording
from voices import engine
from voices.errors import Unusable
from voices.kinds import FITTING, TRAINING
from voices.models import Job, StoredFile, UsageDay, Voice, VoiceHeard, Worker
from voices.owner import Owner
from voices.selectors.quotas import holdings_of
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice")

BEFORE = {"embedding": [1.0] + [0.0] * 255}
AFTER = {**BEFORE, "fitted": [0.5] * 276}
FIGURES = {"likeness": 0.76, "likeness_before": 0.71, "better": True}


@pytest.fixture
def trainer(inline_worker, monkeypatch):
    """A worker serves the trainings; it takes them when a test says so."""
    Worker.objects.create(name="trainer:1", queues=[TRAINING.name], seen_at=timezone.now())
    from voices import dispatch

    at_once = dispatch._send

    def send(task, *, queue, **options):
        return queue == TRAINING.name or at_once(task, queue=queue, **options)

    monkeypatch.setattr(dispatch, "_send", send)


@pytest.fixture
def fitting(monkeypatch):
    """Stands for the engine's; what it is to do can be changed."""
    calls = []

    def fit_voice(profile, contents, on_step):
        calls.append((profile, contents))
        for done in (1, 2):
            on_step(done, 2, "fitting")
        return engine.Fitted(profile=AFTER, better=fitting.better, steps=2, figures=FIGURES)

    def fitting():
        return calls

    fitting.better = True
    monkeypatch.setattr(engine, "fit_voice", fit_voice)
    return fitting


@pytest.fixture
def client(caller, trainer, fitting, settings):
    settings.FIT_VOICES = True
    return caller("alice")


@pytest.fixture
def path(client):
    return f"/api/v1/voices/{create_voice(client, name='Иван')['id']}/"


def mine():
    return Voice.objects.get(is_bank=False)


def train():
    job_run_next(queue=TRAINING.name)
    return Job.objects.filter(kind=FITTING.name).latest("created_at")


def listed(client, path):
    rows = client.get(f"{path}versions/").json()["results"]
    return {row["number"]: (row["kind"], row["active"]) for row in rows}


def add_recording(client, path):
    body = {"consent": "true", "recording": [recording(seconds=5.0)]}
    answer = client.post(f"{path}recordings/", body)
    assert answer.status_code == 201
    return answer.json()


def test_a_voice_speaks_at_once_and_better_a_minute_later(client, path, fitting):
    voice = client.get(path).json()
    assert listed(client, path) == {1: ("instant", True)}
    job = client.get(f"/api/v1/jobs/{voice['fitting']}/").json()
    assert (job["kind"], job["status"]) == ("fitting", "queued")
    assert train().status == Job.Status.SUCCEEDED
    assert fitting() == [(BEFORE, [recording().read()])]
    assert client.get(path).json()["fitting"] is None
    assert listed(client, path) == {2: ("fitted", True), 1: ("instant", False)}
    assert mine().profile == AFTER
    [fitted, _] = client.get(f"{path}versions/").json()["results"]
    assert fitted["figures"] == {"recordings": 1, "speech_seconds": 3.0, **FIGURES}
    client.post(f"{path}versions/1/activate/")
    assert mine().profile == BEFORE


def test_one_that_is_no_better_can_be_chosen(client, path, fitting):
    fitting.better = False
    train()
    assert listed(client, path) == {2: ("fitted", False), 1: ("instant", True)}
    client.post(f"{path}versions/2/activate/")
    assert mine().profile == AFTER


def test_jobs_keep_the_version_that_they_were_made_with(client, path):
    text = {"text": "Раз.", "voice": "Иван"}
    made = client.post("/api/v1/jobs/", text, "json").json()["id"]
    train()
    later = client.post("/api/v1/jobs/", text, "json").json()["id"]
    numbers = VoiceHeard.objects.filter(job__in=[made, later]).order_by("job__created_at")
    assert list(numbers.values_list("version__number", flat=True)) == [1, 2]


def test_both_are_heard(client, path, humming_engine):
    train()
    humming_engine.clear()
    for number in (1, 2):
        sample = f"{path}versions/{number}/preview/"
        assert client.get(sample).status_code == 404
        made = client.post(sample)
        assert (made.status_code, made.json()["preview_url"]) == (200, sample)
        assert client.get(sample)["Content-Type"] == "audio/mpeg"
        assert client.post(sample).status_code == 200  # there already
    assert [order.profile for order in humming_engine] == [BEFORE, AFTER]
    assert client.post(f"{path}preview/").status_code == 200
    assert StoredFile.objects.filter(role="version").count() == 2
    files = StoredFile.objects.filter(role="recording")
    assert holdings_of(Owner(user_id=mine().user_id)).storage_bytes == files.get().size_bytes
    client.patch(path, {"settings": {"speed": 1.2}}, "json")  # both sound otherwise now
    assert client.get(f"{path}versions/1/preview/").status_code == 404
    assert client.post(f"{path}versions/1/preview/").status_code == 200
    assert StoredFile.objects.filter(role="version").count() == 2
    client.delete(path)
    assert not StoredFile.objects.filter(role="version").exists()


def test_a_change_of_the_recordings_begins_anew(client, path, fitting):
    first = client.get(path).json()["fitting"]
    second = add_recording(client, path)["fitting"]
    assert second not in (None, first)
    assert client.get(f"/api/v1/jobs/{first}/").json()["status"] == "cancelled"
    train()
    [(_, contents)] = fitting()
    assert contents == [recording(seconds=5.0).read(), recording().read()]  # the longer first
    assert listed(client, path)[3] == ("fitted", True)


def test_one_tried_again_after_the_recordings_changed_says_so(client, path, trainer):
    first = client.get(path).json()["fitting"]
    add_recording(client, path)
    Job.objects.filter(kind=FITTING.name).exclude(pk=first).delete()
    Job.objects.filter(pk=first).update(status=Job.Status.QUEUED)
    assert (train().status, train().error_code) == (Job.Status.FAILED, "voice_changed")


def test_who_has_gone_back_meanwhile_is_left_there(client, path, monkeypatch, fitting):
    add_recording(client, path)
    client.post(f"{path}versions/1/activate/")
    train()
    assert listed(client, path) == {
        3: ("fitted", False), 2: ("instant", False), 1: ("instant", True),
    }  # fmt: skip


def test_it_can_be_cancelled_and_asked_for_again(client, path):
    job = client.get(path).json()["fitting"]
    client.post(f"/api/v1/jobs/{job}/cancel/")
    job_run_next(queue=TRAINING.name)
    assert listed(client, path) == {1: ("instant", True)}
    answer = client.post(f"{path}fitting/")
    assert (answer.status_code, answer.json()["kind"]) == (202, "fitting")
    assert client.post(f"{path}fitting/").json()["id"] == answer.json()["id"]
    train()
    assert listed(client, path)[2] == ("fitted", True)


def test_a_voice_deleted_meanwhile_leaves_nothing(client, path, monkeypatch):
    def fit_voice(profile, contents, on_step):
        client.delete(path)
        on_step(1, 2, "fitting")

    monkeypatch.setattr(engine, "fit_voice", fit_voice)
    job_run_next(queue=TRAINING.name)
    assert not Voice.objects.filter(is_bank=False).exists()
    assert not Job.objects.exists()


def test_a_recording_that_cannot_serve_leaves_the_voice_as_it_was(client, path, monkeypatch):
    def fit_voice(profile, contents, on_step):
        raise Unusable("nothing_to_align", "no phonemes", "нет фонем")

    monkeypatch.setattr(engine, "fit_voice", fit_voice)
    assert (train().status, train().error_code) == (Job.Status.FAILED, "nothing_to_align")
    assert listed(client, path) == {1: ("instant", True)}


def test_its_seconds_are_taken_from_the_day(client, path, settings):
    train()
    assert UsageDay.objects.get().worked_seconds > 0
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "work_seconds_per_day": 1}}
    UsageDay.objects.update(worked_seconds=2.0)
    answer = client.post(f"{path}fitting/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "quota_exceeded")
    assert (
        add_recording(client, path)["fitting"] is None
    )  # which is no reason to refuse a recording


def test_without_a_worker_for_training_voices_stay_as_they_are(client, path):
    train()
    Worker.objects.all().delete()
    assert add_recording(client, path)["fitting"] is None
    answer = client.post(f"{path}fitting/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_training_worker")


def test_the_operator_sees_the_versions(client, path, admin_client):
    train()
    page = admin_client.get(
        f"/admin/voices/voice/{mine().pk}/change/", headers={"Accept-Language": "en"}
    ).content.decode()
    assert "2: fitted, 0.71 → 0.76 ●" in page
    assert "1: instant" in page


def test_unless_the_operator_has_said_so_it_begins_when_asked_for(client, settings):
    settings.FIT_VOICES = False
    voice = create_voice(client)
    assert voice["fitting"] is None
    assert client.post(f"/api/v1/voices/{voice['id']}/fitting/").status_code == 202


def test_the_bank_is_not_fitted(client):
    bank = Voice.objects.get(slug="anna").pk
    assert client.post(f"/api/v1/voices/{bank}/fitting/").status_code == 403
    assert client.post(f"/api/v1/voices/{bank}/versions/1/preview/").status_code == 403
    assert client.get("/api/v1/voices/anna/").json()["fitting"] is None
