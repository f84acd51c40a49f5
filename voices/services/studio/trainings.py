"""Trainings of studio voices: begun, made to rest, gone on with, stopped and removed. Workers do them
(voices/services/studio/training_work.py).
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from voices import engine
from voices.errors import BadInput, Conflict, JobCancelled, Unavailable
from voices.kinds import STUDIO_TRAINING
from voices.models import Dataset, Job, Voice
from voices.owner import Owner
from voices.selectors.datasets import dataset_get
from voices.selectors.health import workers_alive
from voices.selectors.trainings import (
    checkpoint_versions,
    training_get,
    training_pace,
    trainings_active,
)
from voices.selectors.voices import voice_own_get
from voices.services.jobs.holds import job_finish, job_hold, job_release
from voices.services.jobs.jobs import job_cancel, job_create
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.removal import jobs_remove
from voices.services.studio.checkpoints import training_end
from voices.services.studio.datasets import dataset_training_check

STATE_BYTES = 24 * 2**20  # of a low-rank training: weights that move, three numbers for each
CHECKPOINT_BYTES = 2 * 2**20  # of one, with its samples
CORPUS_BYTES_PER_SECOND = 44_100  # of clips


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How long a training will take at most; by trainings of this service, or by that of the documentation."""

    seconds: float
    measured_here: bool


@dataclass(frozen=True, kw_only=True)
class TrainingRemoved:
    """What went with a training; versions that were made of it stay with the voice."""

    checkpoints: int
    size_bytes: int
    versions_kept: int


@transaction.atomic
def training_create(
    *, owner: Owner, voice_id: UUID, dataset_id: UUID, name: str = "", values: dict[str, Any]
) -> Job:
    """Have an own voice trained from one of its datasets.

    Raises:
        NotFound: no such voice or dataset of this owner.
        Forbidden: a voice of the bank, `spoken_consent_required`, `dataset_of_another`.
        BadInput: `dataset_of_another_voice`; a setting that is out of range.
        Conflict: `dataset_not_prepared`, `dataset_empty`, `training_active`.
        Unavailable: `no_training_worker`, `queue_full`.
        QuotaExceeded: no seconds of work are left of the day, or its files would not fit.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    dataset = _dataset(owner, voice, dataset_id)
    chosen = engine.training_settings(values)
    dataset_training_check(dataset)
    Voice.objects.select_for_update(of=("self",)).get(pk=voice.pk)
    at_it = trainings_active(voice_id=voice.pk).first()
    if at_it is not None:
        raise Conflict(
            "training_active",
            "the voice is being trained already; wait for the end, or cancel that training",
            "голос уже обучается; дождитесь конца или отмените то обучение",
            training=str(at_it.pk),
        )
    if not workers_alive(queue=STUDIO_TRAINING.queue.name):
        raise Unavailable(
            "no_training_worker",
            "no worker for training is running",
            "обработчик обучения не запущен",
        )
    quota_take(owner=owner, new_bytes=_bytes_needed(dataset, chosen))
    return job_create(
        owner=owner,
        kind=STUDIO_TRAINING,
        voice=voice,
        name=" ".join(name.split()) or dataset.title,
        params={
            "dataset": str(dataset.pk),
            "dataset_title": dataset.title,
            "settings": chosen,
            "speech_seconds": speech_seconds(dataset),
            "estimated_seconds": training_estimate(dataset, chosen).seconds,
        },
    )


def training_foretell(
    *, owner: Owner, voice_id: UUID, dataset_id: UUID, values: dict[str, Any]
) -> Estimate:
    """How long such a training would take; nothing is begun. Raises as `training_create`, but for its quotas."""
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    dataset = _dataset(owner, voice, dataset_id)
    return training_estimate(dataset, engine.training_settings(values))


def training_estimate(dataset: Dataset, chosen: dict[str, Any]) -> Estimate:
    """Of all epochs: a training that gets no better ends earlier."""
    measured = training_pace()
    seconds = engine.training_seconds(
        chosen, speech_seconds=speech_seconds(dataset), clips=clips_of(dataset), pace=measured
    )
    return Estimate(seconds=seconds, measured_here=measured is not None)


def speech_seconds(dataset: Dataset) -> float:
    """Of what was prepared to learn from."""
    return round(float(dataset.figures.get("seconds_kept", 0.0)), 1)


def clips_of(dataset: Dataset) -> int:
    return int(dataset.figures.get("clips", 0))


def _dataset(owner: Owner, voice: Voice, dataset_id: UUID) -> Dataset:
    dataset = dataset_get(owner=owner, dataset_id=dataset_id)
    if dataset.voice_id != voice.pk:
        raise BadInput(
            "dataset_of_another_voice",
            "the dataset was gathered for another voice",
            "этот набор записей собран для другого голоса",
        )
    return dataset


def _bytes_needed(dataset: Dataset, chosen: dict[str, Any]) -> int:
    """While it runs; less afterwards."""
    kept = CHECKPOINT_BYTES * (chosen["keep"] + 1)
    return STATE_BYTES + kept + int(CORPUS_BYTES_PER_SECOND * speech_seconds(dataset))


def training_pause(*, owner: Owner, training_id: UUID) -> Job:
    """Have it rest; it is kept as it is, until it is told to go on.

    Raises:
        NotFound: no such training of this owner. Conflict: `job_ended`.
    """
    training_get(owner=owner, training_id=training_id)
    return job_hold(owner=owner, job_id=training_id)


def training_resume(*, owner: Owner, training_id: UUID) -> Job:
    """Let it go on from where it was; the rest as `training_pause`."""
    training_get(owner=owner, training_id=training_id)
    return job_release(owner=owner, job_id=training_id)


def training_finish(*, owner: Owner, training_id: UUID) -> Job:
    """Have it end now, as if its last epoch had come: the best checkpoint speaks. One that a worker is at ends after
    its step.

    Raises:
        NotFound: no such training of this owner. Conflict: `job_ended`; `nothing_trained`, it has no checkpoint yet.
        Outage: `storage_full`.
    """
    job = training_get(owner=owner, training_id=training_id)
    if job.is_active and not job.checkpoints.exclude(number=0).exclude(weights="").exists():
        raise Conflict(
            "nothing_trained",
            "the training has no checkpoint yet; wait for the first one, or cancel it",
            "у обучения ещё нет контрольной точки; дождитесь первой или отмените его",
        )
    job = job_finish(owner=owner, job_id=training_id)
    waiting = Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED)
    with suppress(JobCancelled):  # a worker is at it, and ends it
        training_end(job, rows=waiting, steps=job.params.get("saved_step", 0))
    return training_get(owner=owner, training_id=training_id)


def training_cancel(*, owner: Owner, training_id: UUID) -> Job:
    """Stop it for good: its checkpoints go, what was measured stays. One that has ended stays as it is.

    Raises:
        NotFound: no such training of this owner.
    """
    training_get(owner=owner, training_id=training_id)
    return job_cancel(owner=owner, job_id=training_id)


def training_delete(*, owner: Owner, training_id: UUID) -> TrainingRemoved:
    """Remove a training that has ended, with its checkpoints and points.

    Raises:
        NotFound: no such training of this owner. Conflict: `job_active`.
    """
    job = training_get(owner=owner, training_id=training_id)
    if job.is_active:
        raise Conflict("job_active", "cancel the job first", "сначала отмените задание")
    kept, versions = job.checkpoints.exclude(weights="").count(), len(checkpoint_versions(job))
    removed = jobs_remove(Job.objects.filter(pk=job.pk))
    return TrainingRemoved(checkpoints=kept, size_bytes=removed.size_bytes, versions_kept=versions)
