"""Trainings, comparisons and voice files by the Python client."""

# ruff: noqa: F811  # fixtures of the other file

import pytest

from tests.voiceclone_client.test_client import client, service  # noqa: F401
from tests.voices.asking import owner_of
from tests.voices.stored import voice_create
from tests.voices.test_voice_files import along, content_of
from tests.voices.trained import CountingTrainer, dataset_of, trainer_lives, voice_of
from voiceclone_client import ConflictError
from voices import engine
from voices.services.voices.versions import voice_version_add

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def dataset(monkeypatch, inline_worker):
    """Whose training is done as soon as it is asked for."""
    monkeypatch.setattr(engine, "train_voice", CountingTrainer().train_voice)
    trainer_lives()
    return dataset_of(owner_of("alice"), voice_of(owner_of("alice")))


def test_a_training_is_begun_watched_and_removed(service, dataset):
    voice, data = str(dataset.voice_id), str(dataset.pk)
    wish = {"epochs": 6, "save_every": 2, "keep": 1}
    assert service.training_estimate(voice, data, **wish) > 0
    begun = service.training_create(voice, data, name="Первое", **wish)
    ended = service.training_wait(begun.id)
    assert (ended.status, ended.epoch, ended.epochs, ended.has_ended) == ("succeeded", 6, 6, True)
    assert [one["best"] for one in ended.checkpoints] == [False, False, True, False]
    assert [one.id for one in service.trainings(voice)] == [begun.id]
    assert len(list(service.job_points(begun.id))) == 25
    assert service.checkpoint_activate(begun.id, 3).id == voice
    with pytest.raises(ConflictError):
        service.training_pause(begun.id)
    with pytest.raises(ConflictError):
        service.training_resume(begun.id)
    with pytest.raises(ConflictError):
        service.training_finish(begun.id)
    assert service.training_cancel(begun.id).status == "succeeded"  # too late: it stays
    service.training_delete(begun.id)
    assert list(service.trainings(voice)) == []


def test_versions_are_compared_blind(service):
    voice = voice_create(**owner_of("alice").fields, name="Иван", profile=along(0))
    voice_version_add(voice=voice, profile=along(1), figures={}, kind="fitted")
    asked = service.comparison_create(str(voice.pk), versions=[1, 2], text="Да.")
    assert (asked.text, asked.choice, asked.a["version"]) == ("Да.", "", None)
    told = service.comparison_choose(asked.id, "a")
    assert {told.a["version"], told.b["version"]} == {1, 2}
    [tally] = service.comparison_tally(str(voice.pk))
    assert sum(tally["chosen"]) == 1


def test_voices_are_brought_saved_and_merged(service, tmp_path, monkeypatch):
    monkeypatch.setattr("tts_engine.studio.voice_file.fingerprint", lambda folder: "b" * 64)
    path = tmp_path / "me.voice"
    path.write_bytes(content_of(0))
    brought = service.voice_import(path, consent=True)
    assert brought.name == "Из записи"
    path.write_bytes(service.voice_version_file(brought.id, 1))
    again = service.voice_import(path, name="Ещё", consent=True)
    merged = service.voices_merge("Между", {brought.id: 1, again.id: 3}, consent=True)
    assert (merged.name, merged.is_bank) == ("Между", False)
