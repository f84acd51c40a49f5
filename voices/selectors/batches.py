"""Batches as their owner sees them."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from voices.errors import Conflict, NotFound
from voices.kinds import TRACK
from voices.models import Batch, Job, StoredFile
from voices.models.stored_file import RESULT
from voices.owner import Owner


def batch_list(*, owner: Owner, status: str = "", source: str = "") -> QuerySet[Batch]:
    """Newest first, each with its counts of jobs."""
    batches = _counted(Batch.objects.filter(owner.q)).order_by("-created_at", "-id")
    asked = {"status": status, "source": source}
    return batches.filter(**{name: value for name, value in asked.items() if value})


def batch_get(*, owner: Owner, batch_id: UUID) -> Batch:
    """With its counts of jobs. Raises NotFound, also when it belongs to somebody else."""
    batch = _counted(Batch.objects.filter(owner.q, pk=batch_id)).first()
    if batch is None:
        raise NotFound("unknown_batch", f"no batch {batch_id}", f"нет пакета {batch_id}")
    return batch


def _counted(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    texts = ~Q(jobs__kind=TRACK.name)
    return batches.annotate(
        texts=Count("jobs", filter=texts),
        **{
            status.value: Count("jobs", filter=texts & Q(jobs__status=status))
            for status in Job.Status
        },
    )


def batch_track(batch: Batch) -> Job | None:
    """The job that puts the subtitles on one track, if they are subtitles."""
    return Job.objects.with_result().filter(batch=batch, kind=TRACK.name).first()


def batch_jobs(batch: Batch) -> QuerySet[Job]:
    """All of it, in order; the track comes last."""
    jobs = Job.objects.with_result().filter(batch=batch)
    return jobs.select_related("voice").order_by("position")


def batch_finished_get(*, owner: Owner, batch_id: UUID) -> Batch:
    """A batch whose sounds can be downloaded.

    Raises:
        NotFound: `unknown_batch`, or `archive_empty`: not one sound was made.
        Conflict: `batch_running`.
    """
    batch = batch_get(owner=owner, batch_id=batch_id)
    if batch.status == Batch.Status.RUNNING:
        raise Conflict(
            "batch_running",
            "the batch is not finished yet",
            "пакет ещё не готов",
        )
    if not StoredFile.objects.filter(job__batch=batch, role=RESULT).exists():
        raise NotFound(
            "archive_empty",
            "nothing in this batch was made, so there is nothing to download",
            "в этом пакете ничего не получилось, скачивать нечего",
        )
    return batch
