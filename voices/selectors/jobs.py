"""Jobs as their owner sees them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from voices.errors import NotFound
from voices.kinds import SONG_KINDS, kinds_of_history
from voices.models import Job, StoredFile, Timestamps, VoiceHeard
from voices.owner import Owner
from voices.selectors.matching import called, contains
from voices.selectors.voices import VECTORS
from voices.storage import part_name

NO_BATCH = "none"
ACTIVE = "active"  # waits or runs
HISTORY = "history"  # what the History page shows
SONGS = "songs"  # what the page of songs shows
_SHOWN = ("voice", "webhook")
_NOT_SHOWN = tuple(f"voice__{name}" for name in VECTORS)


def job_list(
    *,
    owner: Owner,
    status: str = "",
    kind: str = "",
    batch: str = "",
    search: str = "",
    voice: str = "",
) -> QuerySet[Job]:
    """Newest first; those of one batch in its order.

    Args:
        status: one of Job.Status, or "active" for those that wait or run.
        kind: of voices/kinds.py, "history" for those that the History page shows, or "songs" for conversions and
            separations.
        batch: its id, or "none" for jobs of no batch.
        search: part of the text, of its name or of the voice's, letters of either case.
        voice: id, slug or name of one that is heard in them.
    """
    jobs = _shown().prefetch_related("files").filter(owner.q, parent=None)
    if status == ACTIVE:
        jobs = jobs.filter(status__in=Job.ACTIVE)
    elif status:
        jobs = jobs.filter(_shown_as(status))
    if kind:
        several = {HISTORY: kinds_of_history(), SONGS: SONG_KINDS}
        jobs = jobs.filter(kind__in=several.get(kind, [kind]))
    if search:
        jobs = jobs.filter(contains(search, "text", "name", "voice_name", "voice__name_ru"))
    if voice:
        jobs = jobs.filter(_of_voice(voice))
    if batch == NO_BATCH:
        jobs = jobs.filter(batch=None)
    elif batch:
        jobs = jobs.filter(batch=UUID(batch)).order_by("position")
    return jobs


def _shown() -> QuerySet[Job]:
    return Job.objects.with_result().select_related(*_SHOWN).defer(*_NOT_SHOWN)


def _shown_as(status: str) -> Q:
    """As `Job.shown_status`."""
    paused = Q(status=Job.Status.QUEUED, paused=True, held=False)
    shown = Q(status=status)
    return shown | paused if status == Job.Status.RUNNING else shown & ~paused


def _of_voice(reference: str) -> Q:
    try:
        return Q(heard__voice=UUID(reference))
    except ValueError:
        named = called(reference, "voice__slug", "voice__name", "voice__name_ru")
        return Q(pk__in=VoiceHeard.objects.filter(named).values("job"))  # each job once


def job_get(*, owner: Owner, job_id: UUID, kind: str = "") -> Job:
    """A job, if it is of that kind. Raises NotFound, also when it belongs to somebody else."""
    try:
        found = _shown().filter(owner.q, pk=job_id, parent=None)
        return (found.filter(kind=kind) if kind else found).get()
    except Job.DoesNotExist:
        raise NotFound("unknown_job", f"no job {job_id}", f"нет задания {job_id}") from None


def job_with_audio_get(*, owner: Owner, job_id: UUID) -> Job:
    """A job whose audio is ready.

    Raises:
        NotFound: `unknown_job`, or `audio_not_ready` while it is made or when it never will be.
    """
    job = job_get(owner=owner, job_id=job_id)
    job_audio(job)
    return job


def job_audio(job: Job) -> StoredFile:
    """A job's finished audio. Raises NotFound: `audio_not_ready`."""
    if job.result is None:
        raise NotFound(
            "audio_not_ready",
            f"the job has no audio; it is {job.status}",
            f"у задания нет звука; его состояние: {job.status}",
            status=job.status,
        )
    return job.result


def job_file(job: Job, role: str) -> StoredFile:
    """One of the files that a job has made; its sound is the role `result`.

    Raises:
        NotFound: `unknown_file`, it has none of this role, or not yet.
    """
    stored = job.files.filter(role=role).first()
    if stored is None:
        raise NotFound(
            "unknown_file",
            f"the job has no file {role!r}; it is {job.status}",
            f"у задания нет файла {role!r}; его состояние: {job.status}",
            role=role,
            status=job.status,
        )
    return stored


def job_parts(*, job: Job, first: int) -> list[str]:
    """Names of a live job's stored sentences from `first` on.

    Raises:
        NotFound: `no_parts`, the job keeps none.
    """
    if not job.params.get("live"):
        raise NotFound(
            "no_parts",
            "the job keeps no parts; ask for it with live: true",
            "у задания нет частей; запросите его с live: true",
        )
    return [part_name(job.pk, job.attempts, index) for index in range(first, job.parts_ready)]


def jobs_ahead(jobs: Iterable[Job]) -> dict[UUID, int]:
    """How many jobs will be taken before each of these that waits; asks nothing when none does."""
    waiting = [job.pk for job in jobs if job.shown_status == Job.Status.QUEUED]
    if not waiting:
        return {}
    turn, made = OuterRef("turn"), OuterRef("created_at")
    earlier = Q(turn__lt=turn) | Q(turn=turn, created_at__lt=made)
    late = Q(IsNull(OuterRef("dispatched_at"), True))  # of a batch: its turn comes after all others
    before = Q(status=Job.Status.QUEUED, dispatched_at__isnull=False, held=False) & (earlier | late)
    found = Q(status=Job.Status.RUNNING) | before
    ahead = Job.objects.filter(found, queue=OuterRef("queue"), parent=None)
    count = ahead.order_by().values("queue").annotate(count=Count("pk")).values("count")
    counted = Job.objects.filter(pk__in=waiting).annotate(ahead=Coalesce(Subquery(count), 0))
    return dict(counted.order_by().values_list("pk", "ahead"))


def timestamps_get(*, owner: Owner, job_id: UUID) -> list[dict[str, Any]]:
    """Sentences with their words and sounds.

    Raises:
        NotFound: `unknown_job`, `audio_not_ready`, or `no_timestamps`: the job was not asked for them.
    """
    job = job_with_audio_get(owner=owner, job_id=job_id)
    row = Timestamps.objects.filter(job=job).first()
    if row is None:
        raise NotFound(
            "no_timestamps",
            "this job was made without timestamps; ask for them with timestamps=true",
            "у этого задания нет меток времени; запросите их: timestamps=true",
        )
    return list(row.sentences)
