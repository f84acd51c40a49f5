"""Trainings that end before their last epoch: told to, or failed; what they had made by then is of use."""

# ruff: noqa: F811  # fixtures of the other file

import pytest

from tests.voices.test_trainings import (  # noqa: F401  # the fixtures
    begin,
    client,
    dataset,
    do,
    killed,
    look,
    lost,
    path,
    refused,
    trainer,
    voice,
    worked,
)
from voices.errors import BadInput, Outage
from voices.models import Checkpoint, Job, StoredFile, Voice
from voices.services.upkeep.operator import jobs_retry

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "messages")


def raised(error):
    def do_raise():
        raise error

    return do_raise


def too_little():
    return BadInput("too_little_data", "too little", "слишком мало")


def roles_of(training):
    return {row.role for row in StoredFile.objects.filter(job=training["id"])}


def spoken_checkpoint(voice):
    return Voice.objects.get(pk=voice.pk).active_version.figures.get("checkpoint")


def test_one_that_runs_is_finished_and_its_best_checkpoint_speaks(
    client, path, dataset, voice, trainer
):
    training, seen = begin(client, path, dataset), []
    trainer.at[11] = lambda: seen.append(do(client, training, "finish").json()["status"])
    worked()
    assert seen == ["finishing"]
    ended = look(client, training)
    assert (ended["status"], ended["done"]) == ("succeeded", 11)
    assert [one["number"] for one in ended["checkpoints"] if one["active"]] == [1]
    assert spoken_checkpoint(voice) == 1
    assert "state" not in roles_of(training), "nothing goes on from it"
    assert trainer.course == list(range(1, 12))
    assert refused(do(client, training, "finish")) == (409, "job_ended")


def test_one_that_rests_is_finished_without_a_worker(client, path, dataset, voice, trainer):
    training = begin(client, path, dataset)
    trainer.at[17] = lambda: do(client, training, "pause")
    worked()
    assert look(client, training)["status"] == "paused"
    answer = do(client, training, "finish").json()
    assert (answer["status"], answer["done"]) == ("succeeded", 17)
    assert spoken_checkpoint(voice) == 2
    assert trainer.course == list(range(1, 18))


def test_one_whose_worker_is_lost_meanwhile_is_finished_by_the_next(
    client, path, dataset, voice, trainer
):
    training = begin(client, path, dataset)
    trainer.at[10] = lambda: do(client, training, "finish") and killed()
    lost()
    assert look(client, training)["status"] == "finishing"
    trainer.course.clear()
    worked()
    assert (look(client, training)["status"], trainer.course) == ("succeeded", [])
    assert spoken_checkpoint(voice) == 1


def test_before_the_first_checkpoint_there_is_nothing_to_finish_with(
    client, path, dataset, trainer
):
    training, seen = begin(client, path, dataset), []
    assert refused(do(client, training, "finish")) == (409, "nothing_trained")
    trainer.at[5] = lambda: seen.append(refused(do(client, training, "finish")))
    worked()
    assert seen == [(409, "nothing_trained")]
    assert look(client, training)["status"] == "succeeded"


def test_one_that_fails_keeps_its_checkpoints_to_be_chosen(client, path, dataset, voice, trainer):
    training = begin(client, path, dataset, keep=3)
    trainer.at[19] = raised(too_little())
    worked()
    failed = look(client, training)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "too_little_data")
    assert [one["kept"] for one in failed["checkpoints"]] == [True] * 3
    assert roles_of(training) == {
        *(f"checkpoint-{number}" for number in range(3)),
        *(f"sample-{number}-1" for number in range(3)),
    }, "and no state: nothing goes on from it"
    [sample] = failed["checkpoints"][2]["samples"]
    assert client.get(sample).status_code == 200
    chosen = client.post(f"/api/v1/trainings/{training['id']}/checkpoints/2/activate/")
    assert chosen.status_code == 200
    assert spoken_checkpoint(voice) == 2
    assert client.delete(f"/api/v1/trainings/{training['id']}/").json()["checkpoints"] == 3
    assert not StoredFile.objects.filter(role__startswith="checkpoint").exists()


def test_one_that_failed_and_is_tried_again_begins_anew(client, path, dataset, trainer):
    training = begin(client, path, dataset, keep=3)
    trainer.at[19] = raised(too_little())
    worked()
    trainer.course.clear()
    seen = []
    trainer.at[1] = lambda: seen.append(look(client, training))
    assert jobs_retry(jobs=Job.objects.filter(pk=training["id"])) == 1
    worked()
    assert trainer.course[0] == 1
    assert trainer.seen[-1] == [], "in an empty folder"
    assert [point["step"] for point in seen[0]["points"]] == [0]
    assert [one["number"] for one in seen[0]["checkpoints"] if one["kept"]] == [0]
    ended = look(client, training)
    assert (ended["status"], len(ended["checkpoints"])) == ("succeeded", 4)
    assert Checkpoint.objects.filter(job=training["id"], is_best=True).count() == 1


def test_an_outage_forgets_nothing_of_what_is_to_be_finished(client, path, dataset, trainer):
    training = begin(client, path, dataset)
    trainer.at[10] = lambda: (
        do(client, training, "finish")
        and raised(Outage("storage_lost", "the storage is away", "хранилище недоступно"))()
    )
    worked()
    assert look(client, training)["status"] == "finishing"
    Job.objects.update(dispatched_at=Job.objects.get(pk=training["id"]).created_at)
    worked()
    assert look(client, training)["status"] == "succeeded"
    assert max(trainer.course) == 10 - 1


def test_one_that_still_goes_on_foretells_the_next(client, path, dataset, trainer):
    training, seen = begin(client, path, dataset), []
    body = {"dataset": str(dataset.pk), "settings": {"epochs": 6}}

    def ask():
        seen.append(client.post(f"{path}estimate/", body, "json").json())

    def measure():
        (trainer.folder / "pace.json").write_text('{"clip": 0, "step": 7.0, "checkpoint": 0}')

    ask()
    trainer.at[2] = measure
    trainer.at[9] = ask
    worked()
    assert look(client, training)["status"] == "succeeded"
    assert [one["measured_here"] for one in seen] == [False, True]
    steps = 6 * -(-360 * 86.13 // 3000)
    assert seen[1]["seconds"] > 7.0 * steps
