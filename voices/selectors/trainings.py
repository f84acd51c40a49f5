"""Trainings as their owner sees them: jobs of the kind, with their checkpoints and points."""

from uuid import UUID

from django.db.models import QuerySet

from voices.errors import NotFound
from voices.kinds import STUDIO_TRAINING
from voices.models import Job, TrainingPoint, VoiceVersion
from voices.models.voice_version import STUDIO
from voices.owner import Owner
from voices.selectors.jobs import job_get, job_list
from voices.selectors.voices import voice_own_get

SHOWN_POINTS = 200
PAUSED, PAUSING, FINISHING = "paused", "pausing", "finishing"


def training_get(*, owner: Owner, training_id: UUID) -> Job:
    """Raises NotFound, also when it belongs to somebody else."""
    try:
        job = job_get(owner=owner, job_id=training_id)
    except NotFound:
        raise _unknown() from None
    if job.kind != STUDIO_TRAINING.name:
        raise _unknown()
    return job


def training_list(*, owner: Owner, voice_id: UUID) -> QuerySet[Job]:
    """Of an own voice, the newest first.

    Raises:
        NotFound, Forbidden: not an own voice.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    jobs = job_list(owner=owner, kind=STUDIO_TRAINING.name).filter(voice=voice)
    return jobs.prefetch_related("checkpoints")


def trainings_active(*, voice_id: UUID) -> QuerySet[Job]:
    """Those that are at a voice, or rest."""
    return Job.objects.filter(kind=STUDIO_TRAINING.name, voice=voice_id, status__in=Job.ACTIVE)


def training_status(job: Job) -> str:
    """As people see it: one that its owner has rest is paused as soon as its worker has let go of it."""
    if job.is_active and job.finishing:
        return FINISHING
    if job.is_active and job.held:
        return PAUSING if job.status == Job.Status.RUNNING else PAUSED
    return str(job.shown_status)


def training_points(job: Job, *, most: int = SHOWN_POINTS) -> list[TrainingPoint]:
    """So many of its points, spread evenly, the earliest first; those of checkpoints are among them."""
    if job.last_step is None:
        return []
    points = list(TrainingPoint.objects.filter(job=job, step__lte=job.last_step).order_by("step"))
    every = -(-len(points) // most)
    measured = {checkpoint.step for checkpoint in job.checkpoints.all()}
    return [
        point
        for index, point in enumerate(points, start=1)
        if index % every == 0 or index == len(points) or point.step in measured
    ]


def checkpoint_versions(job: Job) -> dict[int, VoiceVersion]:
    """Versions that were made of its checkpoints, by the numbers of those."""
    versions = VoiceVersion.objects.filter(job=job, kind=STUDIO).select_related("voice")
    return {version.figures.get("checkpoint", 0): version for version in versions.defer("profile")}


def training_epoch(job: Job) -> int:
    """The one it is at, as its last point tells."""
    if job.last_step is None:
        return 0
    point = TrainingPoint.objects.filter(job=job, step=job.last_step).first()
    return int(point.values.get("epoch") or 0) if point else 0


def training_pace() -> dict[str, float] | None:
    """Seconds that parts of a training take here, as the last one that had an epoch behind it has measured."""
    measured = Job.objects.filter(kind=STUDIO_TRAINING.name, params__pace__step__gt=0)
    params = measured.order_by("-started_at").values_list("params", flat=True).first()
    pace: dict[str, float] | None = None if params is None else params["pace"]
    return pace


def _unknown() -> NotFound:
    return NotFound("unknown_training", "no such training", "нет такого обучения")
