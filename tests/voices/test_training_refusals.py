"""What a training needs, and what is said where it is missing."""

# ruff: noqa: F811  # fixtures of the other file

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.voices.asking import owner_of
from tests.voices.test_trainings import (  # noqa: F401  # the fixtures
    SETTINGS,
    begin,
    client,
    dataset,
    do,
    look,
    path,
    refused,
    trainer,
    voice,
    worked,
)
from tests.voices.trained import dataset_of, voice_of
from voices.models import Job, StoredFile, Voice, Worker
from voices.services.upkeep.retention import sweep

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "messages")


def test_what_it_needs_is_named(client, path, dataset, voice, caller, settings):
    body = {"dataset": str(dataset.pk), "settings": SETTINGS}

    def asked(**more):
        return client.post(path, {**body, **more}, "json")

    assert refused(asked(settings={"epochs": 0}))[1] == "invalid_request"
    assert refused(asked(settings={"epoch": 3}))[1] == "unknown_field"
    assert refused(caller("bob").post(path, body, "json")) == (404, "unknown_voice")
    other = dataset_of(owner_of("alice"), voice_of(owner_of("alice"), "Пётр"))
    assert refused(asked(dataset=str(other.pk))) == (400, "dataset_of_another_voice")
    raw = dataset_of(owner_of("alice"), voice, prepared=False)
    assert refused(asked(dataset=str(raw.pk))) == (409, "dataset_not_prepared")
    Voice.objects.filter(pk=voice.pk).update(spoken_consent_at=None)
    assert refused(asked()) == (403, "spoken_consent_required")
    Voice.objects.filter(pk=voice.pk).update(spoken_consent_at=timezone.now())
    first = asked().json()
    assert refused(asked()) == (409, "training_active")
    do(client, first, "cancel")
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "storage_megabytes": 1}}
    assert refused(asked()) == (429, "quota_exceeded")
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "storage_megabytes": 0}}
    Worker.objects.all().delete()
    assert refused(asked()) == (503, "no_training_worker")


def test_a_consent_that_is_taken_back_ends_it(client, path, dataset, voice):
    training = begin(client, path, dataset)
    Voice.objects.filter(pk=voice.pk).update(spoken_consent_at=None)
    worked()
    found = look(client, training)
    assert (found["status"], found["error"]["code"]) == ("failed", "spoken_consent_required")


def test_one_whose_dataset_is_gone_says_so(client, path, dataset):
    training = begin(client, path, dataset)
    dataset.delete()
    worked()
    assert look(client, training)["error"]["code"] == "dataset_deleted"


def test_one_that_rests_for_too_long_is_cancelled(client, path, dataset, settings, trainer):
    training = begin(client, path, dataset)
    trainer.at[6] = lambda: do(client, training, "pause")
    worked()
    limits = {**settings.RETENTION["account"], "result_days": 10}
    settings.RETENTION = {**settings.RETENTION, "account": limits}
    sweep()
    assert look(client, training)["status"] == "paused"
    Job.objects.filter(pk=training["id"]).update(dispatched_at=timezone.now() - timedelta(days=11))
    sweep()
    assert look(client, training)["status"] == "cancelled"
    assert not StoredFile.objects.filter(job=training["id"]).exists()
