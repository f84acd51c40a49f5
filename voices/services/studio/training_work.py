"""A voice trained from a dataset, in the worker: told step by step, kept at every checkpoint, gone on with by others.

    dataset ─ folder ─ engine ── steps ──▶ points
                         └── checkpoints ─▶ weights, samples, figures ── the best one ─▶ version "studio"

It rests while people wait and when its owner says so, and ends early when told to. A worker that is lost costs what
came after the last checkpoint, and no try: only one that is lost over and over without reaching any is given up.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from voices import engine
from voices.errors import JobCancelled, NotFound, Outage
from voices.models import Checkpoint, Job, TrainingPoint
from voices.models.stored_file import CHECKPOINT, SAMPLE, STATE
from voices.services.jobs.leases import JobLease
from voices.services.jobs.pauses import (
    end_is_asked_for,
    job_pause,
    rest_is_asked_for,
    somebody_waits,
)
from voices.services.jobs.points import point_add
from voices.services.studio.checkpoints import training_end
from voices.services.studio.datasets import (
    dataset_folder,
    dataset_of_job,
    dataset_training_check,
)
from voices.services.studio.training_files import TrainingFolder

PREPARING = (
    "preparing"  # the engine's stage of which nothing can be kept: it is not broken off for others
)
MOST_POINTS = 1000  # of one training
FIGURES = (
    "heldout_"  # before the name of what was measured at a checkpoint, among the values of a point
)


class _RestError(Exception):
    """Unwinds the engine, which saves its state: others wait, or the owner has the training rest."""


class _EnoughError(Exception):
    """Unwinds the engine: the owner has the training end with what it has made."""


def training_work(lease: JobLease) -> None:
    """Train a voice, or go on with it.

    Raises:
        AppError: `dataset_deleted`, the consent was withdrawn, the clips cannot serve.
        JobCancelled: the job or the voice is gone.
        JobPaused: it rests; what is made is kept.
        Outage: the worker has to stop; another one goes on.
    """
    if end_is_asked_for(lease):  # before a model is loaded: nothing is trained any more
        training_end(lease.job, rows=lease.row, steps=lease.job.params.get("saved_step", 0))
        return
    dataset = dataset_of_job(lease.job)
    if lease.job.voice is None:
        raise JobCancelled
    if dataset is None:
        raise NotFound("dataset_deleted", "the dataset was deleted", "набор записей удалён")
    dataset_training_check(dataset)
    with TemporaryDirectory(prefix="training-") as name, dataset_folder(dataset) as clips:
        kept = TrainingFolder(lease, Path(name))
        if not kept.restore():  # one that had failed begins anew
            lease.job.params["saved_step"] = 0
        watch = _Watch(lease, kept)
        try:
            engine.train_voice(
                clips,
                kept.folder,
                lease.job.params["settings"],
                on_progress=watch.on_progress,
                on_checkpoint=watch.on_checkpoint,
            )
        except _RestError:
            watch.save()
            job_pause(lease)
        except _EnoughError:
            watch.save()
        except Outage:
            watch.save()
            raise
        watch.keep()
        training_end(lease.job, rows=lease.row, steps=watch.steps, **watch.pace())


class _Watch:
    """Hears of every step of the engine, and writes down what people see of it."""

    def __init__(self, lease: JobLease, kept: TrainingFolder) -> None:
        self._lease, self._kept = lease, kept
        self._epoch = 0
        self._figures: tuple[int, dict[str, float]] = (
            -1,
            {},
        )  # of the last checkpoint, and its step
        self.steps = 0
        self._resume()

    def _resume(self) -> None:
        """Points of before what was saved last stay, also when the worker was lost."""
        job = self._lease.job
        points = TrainingPoint.objects.filter(job=job, step__lte=job.params.get("saved_step", 0))
        last = points.order_by("-step").values_list("step", flat=True).first()
        if last is not None:
            self._lease.reached(last)
            job.last_step = last

    def on_progress(self, progress: engine.TrainingProgress) -> None:
        """Raises JobCancelled, Outage, and what has the training rest."""
        if progress.epoch > self._epoch and self.steps:  # the engine has saved the one before
            self.save()
        self._epoch = progress.epoch
        self._lease.progress(
            progress.done, progress.total, progress.stage, seconds_left=progress.seconds_left
        )
        if progress.losses:
            self._step(progress)
        if end_is_asked_for(self._lease):
            raise _EnoughError
        others = progress.stage != PREPARING and somebody_waits(self._lease)
        if others or rest_is_asked_for(self._lease):
            raise _RestError

    def _step(self, progress: engine.TrainingProgress) -> None:
        self.steps = progress.done
        every = -(-progress.total // MOST_POINTS)
        if progress.done % every == 0 or progress.done == progress.total:
            measured, figures = self._figures
            values = {**progress.losses, "epoch": progress.epoch}
            told = {**values, **figures} if progress.done == measured else values
            point_add(self._lease, step=progress.done, values=told)

    def on_checkpoint(self, made: engine.TrainingCheckpoint, best: bool) -> None:
        """Keep it, with all that the training needs to go on from it."""
        self._figures = (
            made.step,
            {f"{FIGURES}{name}": value for name, value in made.figures.items()},
        )
        self.steps = max(self.steps, made.step)
        self._tell(made)
        self.save()
        _write_down(self._lease, self._kept, made, best=best)

    def save(self) -> None:
        """As it stands, to be gone on with by whoever takes the job up next."""
        self.keep()
        self._lease.kept(0, saved_step=self.steps, **self.pace())
        self._lease.saved()

    def pace(self) -> dict[str, Any]:
        """What is to be known of it for the next training's estimate, once it was measured."""
        measured = engine.training_pace(self._kept.folder, self._lease.job.params["settings"])
        return {"pace": measured} if measured else {}

    def _tell(self, made: engine.TrainingCheckpoint) -> None:
        """Beside the losses of its step."""
        same = TrainingPoint.objects.filter(job=self._lease.job, step=made.step).first()
        losses: Mapping[str, Any] = same.values if same else {**made.losses, "epoch": made.epoch}
        told = {name: value for name, value in losses.items() if value is not None}
        point_add(self._lease, step=made.step, values={**told, **self._figures[1]})

    def keep(self) -> None:
        self._kept.keep(_role_of)


def _role_of(path: str) -> str:
    """By the names that the engine gives its files."""
    found = engine.training_file(path)
    if found is None:
        return STATE
    number, sample = found
    return f"{CHECKPOINT}-{number}" if sample is None else f"{SAMPLE}-{number}-{sample}"


@transaction.atomic
def _write_down(
    lease: JobLease, kept: TrainingFolder, made: engine.TrainingCheckpoint, *, best: bool
) -> None:
    """The row of a checkpoint; made once more after a worker was lost, it is as it was."""
    lease.extend()  # and locks the job
    job = lease.job
    names = kept.names()
    rows = Checkpoint.objects.filter(job=job)
    if best:
        rows.update(is_best=False)
    rows.update_or_create(
        job=job,
        number=made.number,
        defaults={
            "epoch": made.epoch,
            "step": made.step,
            "figures": dict(made.figures),
            "losses": dict(made.losses),
            "profile": made.profile,
            "weights": names.get(made.path, ""),
            "samples": [_role_of(path) for path in made.samples if path in names],
            "is_best": best,
        },
    )
    there = set(names.values())
    for row in rows.exclude(weights=""):
        if row.weights not in there:
            rows.filter(pk=row.pk).update(weights="")


def training_undo(jobs: Sequence[Job]) -> list[str]:
    """Of those that were cancelled, or are removed, the files are gone: what was measured stays. One that has failed
    keeps its checkpoints, of which one can still be chosen."""
    gone = [job.pk for job in jobs if job.status != Job.Status.FAILED]
    Checkpoint.objects.filter(job__in=gone).update(weights="", samples=[])
    return []
