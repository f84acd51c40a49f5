"""Datasets: made for a voice, renamed, deleted, and lent to trainings as the folder that the engine reads."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import BadInput, Conflict, Forbidden
from voices.models import Dataset, Job, Voice
from voices.models.stored_file import CLIP, REPORT
from voices.owner import Owner
from voices.selectors.datasets import (
    PREPARED,
    dataset_get,
    dataset_prepared_check,
    prepared_files,
    prepared_path,
)
from voices.selectors.voices import voice_own_get
from voices.services.jobs.jobs import job_cancel
from voices.storage import files_delete


@transaction.atomic
def dataset_create(*, owner: Owner, voice_id: UUID, title: str, values: dict[str, Any]) -> Dataset:
    """An empty dataset for an own voice.

    Raises:
        NotFound, Forbidden: not an own voice. BadInput: `title_required`, `slicing_out_of_range`.
    """
    engine.dataset_settings_check(values)
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    Voice.objects.select_for_update(of=("self",)).get(pk=voice.pk)  # it may be going
    dataset = Dataset.objects.create(
        **owner.fields, voice=voice, title=_titled(title), settings=values
    )
    return dataset_get(owner=owner, dataset_id=dataset.pk)


def dataset_update(*, owner: Owner, dataset_id: UUID, values: dict[str, Any]) -> Dataset:
    """Change the title or how it is prepared; what is left out stays.

    Raises:
        NotFound; BadInput: `title_required`, `slicing_out_of_range`. Conflict: `dataset_preparing`.
    """
    with transaction.atomic():
        dataset = dataset_locked(owner=owner, dataset_id=dataset_id)
        if "title" in values:
            dataset.title = _titled(values["title"])
        if "settings" in values:
            dataset_changed(dataset)
            dataset.settings = {**dataset.settings, **values["settings"]}
            engine.dataset_settings_check(dataset.settings)
        dataset.save()
    return dataset_get(owner=owner, dataset_id=dataset_id)


def dataset_locked(*, owner: Owner, dataset_id: UUID) -> Dataset:
    """Its row, locked. Raises NotFound."""
    dataset = dataset_get(owner=owner, dataset_id=dataset_id)
    return Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)


def dataset_changed(dataset: Dataset) -> None:
    """What was prepared of it is of before; save it afterwards. Raises Conflict `dataset_preparing`."""
    if dataset.state == Dataset.State.PREPARING:
        raise Conflict(
            "dataset_preparing",
            "the dataset is being prepared; wait for the end or cancel the job",
            "набор записей готовится; дождитесь конца или отмените задание",
            job=str(dataset.job_id),
        )
    dataset.state = Dataset.State.COLLECTING


def dataset_delete(*, owner: Owner, dataset_id: UUID) -> None:
    """With its recordings and all that was prepared of them; a job that is at it is cancelled.

    Raises:
        NotFound.
    """
    dataset = dataset_get(owner=owner, dataset_id=dataset_id)
    if dataset.job is not None and dataset.job.is_active:
        job_cancel(owner=owner, job_id=dataset.job.pk)
    with transaction.atomic():
        locked = Dataset.objects.select_for_update(of=("self",)).filter(pk=dataset.pk)
        names = list(dataset.files.values_list("name", flat=True)) if locked.exists() else []
        locked.delete()
    files_delete(names)


def dataset_training_check(dataset: Dataset) -> None:
    """Before a voice is trained from it.

    Raises:
        Conflict: `dataset_not_prepared`, `dataset_empty`.
        Forbidden: `spoken_consent_required`; `dataset_of_another`, somebody else speaks in it than who has consented.
    """
    dataset_prepared_check(dataset)
    voice = dataset.voice
    if not dataset.figures.get("clips"):
        raise Conflict(
            "dataset_empty",
            "nothing was kept of this dataset; see its report",
            "из этого набора ничего не взято; смотрите отчёт",
        )
    if voice.spoken_consent_at is None or not voice.spoken_consent_embedding:
        raise Forbidden(
            "spoken_consent_required",
            f"voice {voice.name} waits for its owner's spoken consent",
            f"голос «{voice.name}» ждёт устного согласия своего обладателя",
            voice=str(voice.pk),
        )
    speaker = {"embedding": dataset.figures["embedding"]}
    if not engine.same_speaker(speaker, voice.spoken_consent_embedding):
        raise Forbidden(
            "dataset_of_another",
            "somebody else speaks in these recordings than who has consented aloud",
            "в этих записях говорит не тот, кто дал согласие вслух",
        )


@contextmanager
def dataset_folder(dataset: Dataset, *, roles: tuple[str, ...] = (REPORT, CLIP)) -> Iterator[Path]:
    """What was prepared of it as the folder that the engine reads, for as long as the block lasts.

    Raises:
        Conflict: `dataset_not_prepared`.
    """
    dataset_prepared_check(dataset)
    with TemporaryDirectory(prefix="dataset-") as name:
        dataset_fetch(dataset, Path(name), roles)
        yield Path(name)


def dataset_fetch(dataset: Dataset, folder: Path, roles: tuple[str, ...] = PREPARED) -> None:
    """Put what was prepared of it into a folder, as the engine lays it out."""
    for stored in prepared_files(dataset).filter(role__in=roles):
        path = folder / prepared_path(stored)
        path.parent.mkdir(parents=True, exist_ok=True)
        with default_storage.open(stored.name) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise BadInput("title_required", "the dataset needs a title", "дайте набору название")
    return title


def dataset_of_job(job: Job) -> Dataset | None:
    """The dataset that a job is about, with its voice."""
    found = Dataset.objects.filter(pk=job.params.get("dataset"))
    return found.select_related("voice").first()
