"""Workers and queues as the operator sees them."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from voices.kinds import SPEECH, models_of
from voices.models import Job, Worker

FORGET_AFTER = timedelta(hours=1)  # a worker that was lost is missed for so long


def workers_alive(*, queue: str = SPEECH.name) -> list[Worker]:
    """Workers of a queue that were heard of lately."""
    return [worker for worker in _heard_of() if queue in worker.queues]


def workers_in_trouble() -> list[Worker]:
    """Living ones of which a part has ended."""
    return list(_heard_of().exclude(trouble="").order_by("name"))


def queues_loading() -> set[str]:
    """Queues that need models and whose workers live, but none of them has its models yet."""
    ready: set[str] = set()
    waiting: set[str] = set()
    for queues, engine_ready in _heard_of().values_list("queues", "engine_ready"):
        (ready if engine_ready else waiting).update(queues)
    return {queue for queue in waiting - ready if models_of([queue])}


def _heard_of() -> QuerySet[Worker]:
    return Worker.objects.filter(
        seen_at__gte=Now() - timedelta(seconds=settings.WORKER_ALIVE_SECONDS)
    )


def queues_served() -> list[str]:
    """Queues with a worker that lives, or that was lost within the hour: one that stops leaves no row."""
    lately = Worker.objects.filter(seen_at__gte=Now() - FORGET_AFTER)
    return sorted({queue for worker in lately for queue in worker.queues})


def jobs_by_state() -> list[tuple[str, str, int]]:
    """(queue, status, count) of all jobs; a text and its chunks are one."""
    rows = (
        Job.objects.filter(parent=None)
        .order_by()
        .values("queue", "status")
        .annotate(count=Count("pk"))
    )
    return [(row["queue"], row["status"], row["count"]) for row in rows]


def oldest_wait_seconds() -> dict[str, float]:
    """By queue, how long its longest waiting job has waited."""
    waiting = Job.objects.filter(status=Job.Status.QUEUED, held=False, parent=None).order_by()
    rows = waiting.values("queue").annotate(since=Min("created_at"))
    now = timezone.now()
    return {row["queue"]: (now - row["since"]).total_seconds() for row in rows}
