"""Preparing a dataset, in the worker: what was recorded and uploaded becomes clips to learn from, and a report.

Of what has not changed since the last time only the edits are followed, which takes seconds. A job that is begun anew,
after its worker was lost, begins from the recordings: its files bear the number of the attempt, and rows are written in
the transaction that ends it.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from voices import engine
from voices.errors import AppError, Conflict, JobCancelled
from voices.kinds import DATASET
from voices.models import Dataset, Job, StoredFile, Take
from voices.models.stored_file import CLIP, COPY, PAGE, REPORT, TABLE
from voices.owner import Owner
from voices.selectors.datasets import prepared_files, prepared_path
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep
from voices.services.jobs.jobs import job_create
from voices.services.jobs.leases import JobLease
from voices.services.studio.datasets import dataset_fetch, dataset_locked, dataset_of_job
from voices.services.studio.takes import fetched, reader_of
from voices.storage import deleted_on_failure, files_delete, prepared_name

ROLES = {"report.json": REPORT, "report.html": PAGE, "metadata.csv": TABLE}
FOLDERS = {"clips": CLIP, "sources": COPY}
NAME_BYTES = 150  # of a file's name, of which systems allow 255


@transaction.atomic
def dataset_prepare(*, owner: Owner, dataset_id: UUID) -> Job:
    """Have a dataset prepared; the job that is at it already, if there is one.

    Raises:
        NotFound. Conflict: `takes_checking`, `no_takes`.
        QuotaExceeded: too many jobs wait. Unavailable: `queue_full`.
    """
    dataset = dataset_locked(owner=owner, dataset_id=dataset_id)
    if dataset.state == Dataset.State.PREPARING and dataset.job is not None:
        return dataset.job
    states = set(dataset.takes.values_list("state", flat=True))
    if Take.State.CHECKING in states:
        raise Conflict(
            "takes_checking",
            "recordings are still being checked; try again in a moment",
            "записи ещё проверяются; повторите чуть позже",
        )
    if Take.State.ACCEPTED not in states:
        raise Conflict(
            "no_takes",
            "there are no recordings to prepare; read sentences or upload files first",
            "готовить нечего: сначала прочтите предложения или загрузите записи",
        )
    dataset.job = job_create(
        owner=owner,
        kind=DATASET,
        voice=dataset.voice,
        name=dataset.title,
        params={"dataset": str(dataset.pk)},
    )
    dataset.state = Dataset.State.PREPARING
    dataset.save()
    return dataset.job


def dataset_work(lease: JobLease) -> None:
    """Prepare, or follow edits.

    Raises:
        AppError: nothing can be made of the recordings, or an edit cannot be followed; `dataset_job_outdated`,
            another job has prepared it since.
        JobCancelled: the job or the dataset is gone.
    """
    dataset = dataset_of_job(lease.job)
    if dataset is None:
        raise JobCancelled
    # one that is tried again after it had failed finds the dataset open
    if not Dataset.objects.filter(pk=dataset.pk, job=lease.job).update(
        state=Dataset.State.PREPARING
    ):
        raise Conflict(
            "dataset_job_outdated",
            "the dataset was prepared by another job since; prepare it anew",
            "набор с тех пор готовило другое задание; подготовьте его заново",
        )
    takes = list(_accepted(dataset))
    mark = fingerprint(dataset, takes)
    with TemporaryDirectory(prefix="dataset-") as name:
        folder = Path(name)
        if dataset.prepared_at is not None and dataset.figures.get("fingerprint") == mark:
            figures = _edited(lease, dataset, folder)
        else:
            figures = _prepared(lease, dataset, takes, folder)
        lease.progress(0, 1, "storing")
        _store(lease, dataset, folder, {**figures, "fingerprint": mark})


def _accepted(dataset: Dataset) -> Iterator[Take]:
    takes = dataset.takes.filter(state=Take.State.ACCEPTED).select_related("stored")
    return takes.defer("embedding").iterator()


def fingerprint(dataset: Dataset, takes: Sequence[Take]) -> str:
    """Of what a preparation depends on but its edits."""
    told = [sorted(str(take.pk) for take in takes), sorted(dataset.settings.items())]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _edited(lease: JobLease, dataset: Dataset, folder: Path) -> dict[str, Any]:
    lease.progress(0, 1, "editing")
    dataset_fetch(dataset, folder)
    orders = [_of_clip(edit) for edit in dataset.edits if not edit["followed"]]
    figures = engine.dataset_edit(folder, orders)
    return {**figures, "edits_lost": dataset.figures.get("edits_lost", 0)}


def _prepared(
    lease: JobLease, dataset: Dataset, takes: Sequence[Take], folder: Path
) -> dict[str, Any]:
    with TemporaryDirectory(prefix="takes-") as given:
        sources = _sources(lease, takes, Path(given))
        figures = engine.dataset_prepare(
            sources,
            folder,
            settings=dataset.settings,
            reader=reader_of(dataset),
            told=lease.progress,
        )
    lost = 0
    for edit in dataset.edits:
        try:
            figures = engine.dataset_edit(folder, [_of_stretch(edit)])
        except AppError as error:
            if error.code != "edits_invalid":
                raise
            lost += 1  # what it speaks of is no more
        lease.extend()
    return {**figures, "edits_lost": lost}


def _of_clip(edit: dict[str, Any]) -> dict[str, Any]:
    """For the report that it was made with."""
    return {name: edit[name] for name in ("clip", "action", "new_from_s", "new_to_s")}


def _of_stretch(edit: dict[str, Any]) -> dict[str, Any]:
    """For any other: recordings and times stay."""
    names = ("source", "from_s", "to_s", "action", "new_from_s", "new_to_s")
    return {name: edit[name] for name in names}


def _sources(lease: JobLease, takes: Sequence[Take], folder: Path) -> list[engine.Source]:
    found, taken = [], set[str]()
    for index, take in enumerate(takes):
        lease.progress(index, len(takes), "fetching")
        own = folder / f"{index:06}"
        own.mkdir()
        stem, suffix = _named(take, taken)
        path = fetched(take, own, suffix, stem)
        subtitles = take.text_format in ("srt", "vtt")
        if subtitles:
            path.with_suffix(f".{take.text_format}").write_text(take.text, encoding="utf-8")
        found.append(engine.Source(path=path, text="" if subtitles else take.text))
    return found


def _named(take: Take, taken: set[str]) -> tuple[str, str]:
    """What a recording is called in the report: its sentence, or the file's own name; none twice."""
    name = PurePath(take.original_name.replace("\0", ""))
    stem = take.text.rstrip(".!?… ") if take.is_reading else name.stem
    stem = "".join(" " if letter in '/\\:*?"<>|' else letter for letter in stem)
    stem = stem.encode()[:NAME_BYTES].decode(errors="ignore").strip(". ") or "recording"
    suffix = name.suffix[:17] if name.suffix[1:].isalnum() else ""
    number, chosen = 1, stem
    while chosen in taken:
        number += 1
        chosen = f"{stem} {number}"
    taken.add(chosen)
    return chosen, suffix


def _store(lease: JobLease, dataset: Dataset, folder: Path, figures: dict[str, Any]) -> None:
    """Keep what has changed; what was prepared before and is not there any more goes."""
    before = {prepared_path(row): row for row in prepared_files(dataset)}
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and _role(path, folder)]
    with deleted_on_failure() as names:
        new, kept = [], set()
        for index, path in enumerate(paths):
            lease.progress(index, len(paths), "storing")
            place = path.relative_to(folder).as_posix()
            old = before.get(place)
            if old is not None and old.sha256 == _sha256(path):
                kept.add(old.pk)
                continue
            stored_name = prepared_name(lease.job.pk, lease.attempt, place)
            with path.open("rb") as content:
                new.append(
                    file_keep(
                        File(content),
                        name=stored_name,
                        role=_role(path, folder),
                        format=path.suffix[1:],
                    )
                )
            names.append(stored_name)
        gone = [row for row in before.values() if row.pk not in kept]
        _finish(lease, dataset, new, gone, figures)
    files_delete([row.name for row in gone])


def _role(path: Path, folder: Path) -> str:
    """ "" for what is nobody's."""
    place = path.relative_to(folder)
    return FOLDERS.get(place.parts[0], "") if len(place.parts) > 1 else ROLES.get(place.name, "")


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@transaction.atomic
def _finish(
    lease: JobLease,
    dataset: Dataset,
    new: list[StoredFile],
    gone: list[StoredFile],
    figures: dict[str, Any],
) -> None:
    locked = Dataset.objects.select_for_update(of=("self",)).filter(pk=dataset.pk).first()
    job_succeed(lease, done=figures["recordings"])
    if locked is None:
        raise JobCancelled
    StoredFile.objects.filter(pk__in=[row.pk for row in gone]).delete()
    for stored in new:
        stored.dataset, stored.user_id, stored.visitor = locked, locked.user_id, locked.visitor
    StoredFile.objects.bulk_create(new)
    locked.figures = figures
    locked.edits = [{**edit, "followed": True} for edit in locked.edits]
    locked.state, locked.prepared_at = Dataset.State.PREPARED, timezone.now()
    locked.save()


def dataset_undo(jobs: Sequence[Job]) -> list[str]:
    """What was not prepared is still to be."""
    waiting = Dataset.objects.filter(
        job__in=[job.pk for job in jobs], state=Dataset.State.PREPARING
    )
    waiting.update(state=Dataset.State.COLLECTING)
    return []
