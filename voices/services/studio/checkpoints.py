"""Checkpoints of a training made into versions of the voice: the best one by itself, others by ear."""

from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from voices.errors import Conflict, JobCancelled, NotFound
from voices.models import Checkpoint, Job, StoredFile, Voice, VoiceVersion
from voices.models.stored_file import STATE, WEIGHTS
from voices.models.voice_version import STUDIO, weights_name
from voices.owner import Owner
from voices.selectors.trainings import training_get
from voices.selectors.voices import voice_own_get
from voices.services.jobs.endings import job_end
from voices.services.jobs.files import file_keep, files_remove
from voices.services.jobs.quotas import quota_take
from voices.services.voices.versions import voice_version_activate, voice_version_add
from voices.storage import deleted_on_failure


def checkpoint_activate(*, owner: Owner, training_id: UUID, number: int) -> Voice:
    """Let the voice speak as a checkpoint does, also while the training goes on. Done again, it is the same version.

    Raises:
        NotFound: no such training of this owner, `unknown_checkpoint`.
        Conflict: `checkpoint_gone`, `voice_deleted`.
        QuotaExceeded: its weights do not fit into what the owner may keep.
    """
    job = training_get(owner=owner, training_id=training_id)
    checkpoint = job.checkpoints.filter(number=number).first()
    if checkpoint is None:
        raise NotFound(
            "unknown_checkpoint",
            f"the training has no checkpoint {number}",
            f"у обучения нет точки {number}",
        )
    if job.voice is None:
        raise Conflict("voice_deleted", "the voice was deleted", "голос удалён")
    made = checkpoint_version(job, number)
    if made is not None:
        return voice_version_activate(owner=owner, voice_id=job.voice.pk, number=made.number)
    if not checkpoint.weights:
        raise _gone(number)
    weights = checkpoint_weights_keep(job, checkpoint)
    with deleted_on_failure(*_new(weights)), transaction.atomic():
        voice = Voice.objects.select_for_update(of=("self",)).get(pk=job.voice.pk)
        if weights._state.adding:
            quota_take(owner=owner, new_bytes=weights.size_bytes)
        checkpoint_speak(voice, job, checkpoint, weights)
    return voice_own_get(owner=owner, voice_id=job.voice.pk)


def checkpoint_version(job: Job, number: int) -> VoiceVersion | None:
    """The version that was made of a checkpoint."""
    return VoiceVersion.objects.filter(job=job, kind=STUDIO, figures__checkpoint=number).first()


def checkpoint_weights_keep(job: Job, checkpoint: Checkpoint) -> StoredFile:
    """A copy of a checkpoint's weights for the voice, which outlives the training; the one that is there already,
    else a row that is still to be saved.

    Raises:
        Conflict: `checkpoint_gone`. Outage: `storage_full`.
    """
    source = job.files.filter(name=checkpoint.weights).first()
    if source is None or job.voice is None or not default_storage.exists(source.name):
        raise _gone(checkpoint.number)
    name = weights_name(job.voice.pk, source.sha256)
    known = StoredFile.objects.filter(name=name).first()
    if known is not None:
        return known
    with default_storage.open(source.name) as content:
        return file_keep(content, name=name, role=WEIGHTS, format="voice", voice=job.voice)


def checkpoint_speak(voice: Voice, job: Job, checkpoint: Checkpoint, weights: StoredFile) -> None:
    """A version of the checkpoint, which speaks from now on; within a transaction that has locked the voice."""
    if weights._state.adding:
        weights.user_id, weights.visitor = voice.user_id, voice.visitor
        weights.save(force_insert=True)
    figures = {
        **checkpoint.figures,
        "checkpoint": checkpoint.number,
        "epoch": checkpoint.epoch,
        "speech_seconds": job.params.get("speech_seconds"),
    }
    voice_version_add(
        voice=voice,
        kind=STUDIO,
        profile=checkpoint.profile,
        weights=weights.sha256,
        figures={name: value for name, value in figures.items() if value is not None},
        job=job,
    )


def training_end(job: Job, *, rows: QuerySet[Job], steps: int, **params: Any) -> None:
    """The training is done: its best checkpoint speaks from now on, unless that is the voice as it was.

    Args:
        job: of the training.
        rows: its row on the condition that it may end.
        steps: that were taken.
        params: what is to be known of it from now on.

    Raises:
        JobCancelled: it may not, or the voice is gone. Conflict: `checkpoint_gone`. Outage: `storage_full`.
    """
    chosen = job.checkpoints.filter(is_best=True).exclude(number=0).exclude(weights="").first()
    weights = None if chosen is None else checkpoint_weights_keep(job, chosen)
    with deleted_on_failure(*(_new(weights) if weights else [])), transaction.atomic():
        voice = Voice.objects.select_for_update(of=("self",)).filter(job=job).first()
        ended = job_end(
            rows=rows,
            status=Job.Status.SUCCEEDED,
            job=job,
            done=steps,
            params={**job.params, **params},
        )
        if voice is None or not ended:
            raise JobCancelled
        if chosen is not None and weights is not None:
            checkpoint_speak(voice, job, chosen, weights)
    files_remove(job.files.filter(role=STATE))


def _new(weights: StoredFile) -> list[str]:
    return [weights.name] if weights._state.adding else []


def _gone(number: int) -> Conflict:
    return Conflict(
        "checkpoint_gone",
        f"the weights of checkpoint {number} are not kept any more; newer ones have taken their place",
        f"веса точки {number} больше не хранятся: их место заняли более новые",
    )
