"""A voice is trained from its dataset: watched, heard at checkpoints, chosen by figures or by ear."""

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from tests.voices.asking import owner_of, refused
from tests.voices.trained import (
    EPOCH_STEPS,
    NOT_TO_KEEP,
    CountingTrainer,
    content_of,
    dataset_of,
    trainer_lives,
    voice_of,
)
from voices import engine
from voices.kinds import STUDIO_TRAINING, TRAINING
from voices.models import Checkpoint, Job, StoredFile, TrainingPoint, UsageDay, Voice
from voices.services.jobs import leases, pauses
from voices.services.upkeep.reaper import jobs_requeue_stuck
from voices.services.upkeep.retention import sweep
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "messages")

SETTINGS = {"epochs": 6, "save_every": 2, "keep": 1}
STEPS = SETTINGS["epochs"] * EPOCH_STEPS


@pytest.fixture(autouse=True)
def trainer(monkeypatch, messages):
    counting = CountingTrainer()
    monkeypatch.setattr(engine, "train_voice", counting.train_voice)
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)
    trainer_lives()
    return counting


@pytest.fixture
def client(caller):
    return caller("alice")


@pytest.fixture
def voice(messages):
    return voice_of(owner_of("alice"))


@pytest.fixture
def dataset(voice):
    return dataset_of(owner_of("alice"), voice)


@pytest.fixture
def path(voice):
    return f"/api/v1/voices/{voice.pk}/trainings/"


def begin(client, path, dataset, **settings):
    body = {"dataset": str(dataset.pk), "name": "Первое", "settings": {**SETTINGS, **settings}}
    answer = client.post(path, body, "json")
    assert answer.status_code == 202, answer.content
    return answer.json()


def look(client, training):
    return client.get(f"/api/v1/trainings/{training['id']}/").json()


def do(client, training, what):
    return client.post(f"/api/v1/trainings/{training['id']}/{what}/")


def worked():
    job_run_next(queue=TRAINING.name)


def killed():
    raise KeyboardInterrupt


def lost():
    """A worker dies at its job; the reaper of another one brings that back."""
    with pytest.raises(KeyboardInterrupt):
        worked()
    Job.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    jobs_requeue_stuck()


def losses(training):
    points = TrainingPoint.objects.filter(job=training["id"]).order_by("step")
    return [(point.step, point.values.get("mel")) for point in points]


def test_it_is_told_from_its_beginning_to_its_end(client, path, dataset, trainer):
    training = begin(client, path, dataset)
    assert (training["status"], training["checkpoints"], training["points"]) == ("queued", [], [])
    assert training["settings"]["save_every"] == 2
    assert training["settings"]["learning_rate"] > 0, "what is left out has its default"
    assert training["estimated_seconds"] > 0
    seen = []
    trainer.at[11] = lambda: seen.append(look(client, training))
    worked()
    at_ten = seen[0]
    assert (at_ten["status"], at_ten["stage"], at_ten["epoch"]) == ("running", "training", 3)
    assert (at_ten["done"], at_ten["total"]) == (10, STEPS)
    assert at_ten["seconds_left"] == 2.0 * (STEPS - 10)
    assert [point["step"] for point in at_ten["points"]] == [0, *range(1, 11)]
    assert [one["number"] for one in at_ten["checkpoints"]] == [0, 1]
    ended = look(client, training)
    assert (ended["status"], ended["done"]) == ("succeeded", STEPS)
    assert len(ended["points"]) == STEPS + 1
    measured = [p for p in ended["points"] if "heldout_score" in p["values"]]
    assert [point["step"] for point in measured] == [0, 8, 16, 24]
    assert all("mel" in point["values"] for point in measured)
    assert client.get(path).json()["results"][0]["id"] == training["id"]


def test_the_best_checkpoint_speaks_by_itself(client, path, dataset, voice):
    training = begin(client, path, dataset)
    worked()
    ended = {one["number"]: one for one in look(client, training)["checkpoints"]}
    assert [number for number, one in ended.items() if one["best"]] == [2]
    assert (ended[2]["active"], ended[2]["version"]) == (True, 2)
    assert [number for number, one in ended.items() if one["kept"]] == [2, 3], "and the newest"
    version = Voice.objects.get(pk=voice.pk).active_version
    assert (version.kind, version.figures["checkpoint"], version.figures["score"]) == (
        "studio",
        2,
        0.9,
    )
    weights = StoredFile.objects.get(role="weights")
    assert (weights.sha256, weights.voice_id) == (version.weights, voice.pk)
    assert version.spoken["deltas"] == [
        {"name": weights.name, "sha256": weights.sha256, "share": 1.0}
    ]
    assert not StoredFile.objects.filter(role="state").exists(), "nothing goes on from it"


def test_one_that_makes_the_voice_no_better_leaves_it_as_it_was(client, path, dataset, trainer):
    trainer.scores = (0.9, 0.4, 0.5, 0.3)
    training = begin(client, path, dataset)
    worked()
    ended = look(client, training)
    assert ended["status"] == "succeeded"
    assert not any(one["active"] for one in ended["checkpoints"])
    assert not StoredFile.objects.filter(role="weights").exists()


def test_another_checkpoint_is_chosen_by_ear_while_it_goes_on_and_after(
    client, path, dataset, voice, trainer
):
    training = begin(client, path, dataset)
    address = f"/api/v1/trainings/{training['id']}/checkpoints/1/activate/"
    trainer.at[10] = lambda: client.post(address)
    trainer.at[12] = lambda: client.post(address)
    seen = []
    trainer.at[13] = lambda: seen.append(Voice.objects.get(pk=voice.pk).active_version)
    worked()
    assert (seen[0].kind, seen[0].figures["checkpoint"]) == ("studio", 1)
    assert Voice.objects.get(pk=voice.pk).versions.count() == 3, "instant, chosen, best"
    again = client.post(address)
    assert again.status_code == 200
    assert Voice.objects.get(pk=voice.pk).active_version == seen[0], (
        "the version that it was before"
    )
    checkpoint = look(client, training)["checkpoints"][1]
    assert (checkpoint["kept"], checkpoint["active"]) == (False, True)
    other = f"/api/v1/trainings/{training['id']}/checkpoints"
    assert refused(client.post(f"{other}/9/activate/")) == (404, "unknown_checkpoint")
    assert refused(client.post(f"{other}/0/activate/")) == (409, "checkpoint_gone")


def test_every_checkpoint_is_heard(client, path, dataset):
    training = begin(client, path, dataset)
    worked()
    for one in look(client, training)["checkpoints"]:
        [sample] = one["samples"]
        answer = client.get(sample)
        assert b"".join(answer.streaming_content) == f"sound {one['number']}".encode()
        assert answer["Content-Type"] == "audio/flac"


def test_a_worker_that_is_lost_three_times_costs_nothing_but_time(client, path, dataset, trainer):
    whole = begin(client, path, dataset)
    worked()
    trainer.course.clear()
    interrupted = begin(client, path, dataset)
    for step in (6, 11, 19):
        trainer.at[step] = killed
        lost()
        assert look(client, interrupted)["status"] == "queued"
        told = [step for step, _ in losses(interrupted)]
        assert told == sorted(told)
    worked()
    assert look(client, interrupted)["status"] == "succeeded"
    assert losses(interrupted) == losses(whole), (
        "its losses are those of one that was not disturbed"
    )
    made = Checkpoint.objects.filter(job=interrupted["id"])
    assert [one.figures for one in made] == [
        one.figures for one in Checkpoint.objects.filter(job=whole["id"])
    ]
    # it went on after the epoch that was saved last
    assert trainer.course == [*range(1, 6), *range(5, 11), *range(9, 19), *range(17, 25)]
    assert Job.objects.get(pk=interrupted["id"]).attempts == 4


def test_what_is_of_the_lost_machine_alone_is_not_handed_on(client, path, dataset, trainer):
    begin(client, path, dataset)
    trainer.at[6] = killed
    lost()
    worked()
    begun_with = trainer.seen[-1]
    assert "state.json" in begun_with
    assert not NOT_TO_KEEP & set(begun_with)


def test_one_that_never_reaches_what_can_be_saved_is_given_up(client, path, dataset, trainer):
    training = begin(client, path, dataset)
    for _ in range(3):
        trainer.at[2] = killed
        lost()
    found = look(client, training)
    assert (found["status"], found["error"]["code"]) == ("failed", "worker_lost")
    roles = {row.role for row in StoredFile.objects.filter(job=training["id"])}
    assert roles == {"checkpoint-0", "sample-0-1"}, "what can be chosen, and nothing to go on from"


def test_it_rests_when_its_owner_says_so_and_goes_on_from_there(client, path, dataset, trainer):
    training = begin(client, path, dataset)
    seen = []
    trainer.at[7] = lambda: seen.append(do(client, training, "pause").json()["status"])
    worked()
    assert seen == ["pausing"]
    rests = look(client, training)
    assert (rests["status"], rests["done"]) == ("paused", 7)
    assert client.get(f"/api/v1/jobs/{training['id']}/").json()["status"] == "queued"
    worked()
    Job.objects.update(dispatched_at=Now() - timedelta(hours=1))
    jobs_requeue_stuck()
    worked()
    assert look(client, training)["done"] == 7, "nobody takes it meanwhile"
    assert do(client, training, "resume").json()["status"] == "running"
    worked()
    assert look(client, training)["status"] == "succeeded"
    assert trainer.course == list(range(1, STEPS + 1)), "no step is done twice"
    assert refused(do(client, training, "pause")) == (409, "job_ended")
    assert refused(do(client, training, "resume")) == (409, "job_ended")


def test_one_that_waits_may_rest_as_well(client, path, dataset, trainer):
    training = begin(client, path, dataset)
    assert do(client, training, "pause").json()["status"] == "paused"
    worked()
    assert trainer.course == []
    do(client, training, "resume")
    worked()
    assert look(client, training)["status"] == "succeeded"


def test_it_lets_people_by(client, path, dataset, trainer, monkeypatch):
    monkeypatch.setattr(pauses, "STINT_SECONDS", 0.0)
    training = begin(client, path, dataset)
    text = {"text": "Раз.", "voice": "anna"}
    trainer.at[5] = lambda: client.post("/api/v1/jobs/", text, "json")
    worked()
    assert (look(client, training)["status"], look(client, training)["done"]) == ("running", 5)
    job_run_next(queue="batch")
    job_run_next(queue="speech")
    worked()
    assert trainer.course == list(range(1, STEPS + 1))


def test_a_cancelled_one_leaves_its_figures_and_no_file(client, path, dataset, trainer):
    training = begin(client, path, dataset)
    trainer.at[11] = lambda: do(client, training, "cancel")
    worked()
    found = look(client, training)
    assert found["status"] == "cancelled"
    assert [one["figures"]["score"] for one in found["checkpoints"]] == [0.1, 0.4]
    assert not any(one["kept"] or one["samples"] for one in found["checkpoints"])
    assert not StoredFile.objects.filter(job=training["id"]).exists()
    assert "checkpoints" not in default_storage.listdir("")[0]
    refusal = client.post(f"/api/v1/trainings/{training['id']}/checkpoints/1/activate/")
    assert refused(refusal) == (409, "checkpoint_gone")


def test_removing_one_leaves_the_voice_what_it_has_become(client, path, dataset, voice):
    training = begin(client, path, dataset)
    address = f"/api/v1/trainings/{training['id']}/"
    assert refused(client.delete(address)) == (409, "job_active")
    worked()
    removed = client.delete(address).json()
    assert (removed["checkpoints"], removed["versions_kept"]) == (2, 1)
    assert removed["size_bytes"] > 0
    assert client.get(address).status_code == 404
    assert not Checkpoint.objects.exists()
    assert Voice.objects.get(pk=voice.pk).active_version.kind == "studio"
    assert content_of(StoredFile.objects.get(role="weights")).startswith(b"weights")


def test_with_its_voice_everything_goes_and_is_told(client, path, dataset, voice):
    begin(client, path, dataset)
    worked()
    gone = client.delete(f"/api/v1/voices/{voice.pk}/").json()
    assert (gone["versions"], gone["checkpoints"]) == (2, 2)
    assert not StoredFile.objects.exclude(voice__is_bank=True).exists()
    left = [
        f for f in default_storage.listdir("")[0] if f in ("weights", "checkpoints", "datasets")
    ]
    assert not left


def test_what_is_kept_counts_and_is_no_orphan(client, path, dataset, trainer, monkeypatch):
    monkeypatch.setattr("voices.services.upkeep.retention.ORPHAN_AGE", timedelta(0))
    training = begin(client, path, dataset)
    trainer.at[10] = lambda: sweep()
    trainer.at[11] = killed
    lost()
    sweep()
    worked()
    assert look(client, training)["status"] == "succeeded"
    assert not Job.objects.filter(kind="training").exclude(status="succeeded").exists()
    sweep()
    assert default_storage.exists(StoredFile.objects.get(role="weights").name)
    roles = {row.role for row in StoredFile.objects.filter(job=training["id"])}
    assert roles == {"checkpoint-2", "checkpoint-3", *(f"sample-{n}-1" for n in range(4))}
    assert UsageDay.objects.get().worked_seconds > 0


def test_the_next_one_is_foretold_by_the_last(client, path, dataset):
    body = {"dataset": str(dataset.pk), "settings": SETTINGS}
    before = client.post(f"{path}estimate/", body, "json").json()
    assert not before["measured_here"]
    begin(client, path, dataset)
    worked()
    after = client.post(f"{path}estimate/", body, "json").json()
    steps = 6 * -(-360 * 86.13 // 3000)
    assert after == {
        "seconds": pytest.approx(40 * 0.1 + steps * 2 + 4 * 5, abs=0.1),
        "measured_here": True,
    }
    twice = {**body, "settings": {**SETTINGS, "epochs": 12}}
    assert client.post(f"{path}estimate/", twice, "json").json()["seconds"] > after["seconds"] * 1.5


def test_events_carry_its_points(client, path, dataset, trainer):
    training, seen = begin(client, path, dataset), []

    def hear():
        lines = client.get(f"/api/v1/jobs/{training['id']}/events/").streaming_content
        data = next(iter(lines)).decode().split("data: ")[1].split("\n")[0]
        seen.append(json.loads(data))

    trainer.at[10] = hear
    worked()
    assert seen[0]["progress"]["stage"] == "training"
    assert [point["step"] for point in seen[0]["points"]] == list(range(10))
    assert seen[0]["points"][8]["values"]["heldout_score"] == 0.4
    assert STUDIO_TRAINING.in_history
    history = client.get("/api/v1/jobs/?kind=history").json()["results"]
    assert [row["kind"] for row in history] == ["training"]
