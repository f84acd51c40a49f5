"""Whose job is next: owners take turns, however many jobs each of them has waiting.

Start-time fair queueing. A new job's turn is one after its owner's last waiting job, but not before
the turn that the queue has come to; workers take the lowest. So the thousand jobs of one person
stand behind each other, and another's single job stands beside the first of them.
"""

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from voices.errors import Unavailable
from voices.models import Job
from voices.owner import Owner

QUEUE_RETRY_SECONDS = 30


def turn_next(*, owner: Owner, queue: str) -> int:
    """The turn of the owner's next job in the queue."""
    waiting = Job.objects.filter(queue=queue, status=Job.Status.QUEUED, dispatched_at__isnull=False)
    reached = waiting.order_by("turn").values_list("turn", flat=True).first() or 0
    own = (
        waiting.filter(owner.q, parent=None)
        .order_by("-turn")
        .values_list("turn", flat=True)
        .first()
    )
    return reached if own is None else max(reached, own + 1)


def jobs_due(*, queue: str) -> QuerySet[Job]:
    """What may be claimed now, the next one first."""
    due = Job.objects.filter(queue=queue, status=Job.Status.QUEUED, dispatched_at__lte=Now())
    return due.order_by("turn", "created_at")


def queue_room_check(*, queue: str, jobs: int) -> None:
    """Refuse what would wait too long anyway. Two calls at once may both pass: the bound is a soft one.

    Raises:
        Unavailable: `queue_full`.
    """
    allowed = settings.QUEUE_JOBS_WAITING
    if not allowed:
        return
    waiting = Job.objects.filter(queue=queue, status=Job.Status.QUEUED, parent=None).count()
    if waiting + jobs <= allowed:
        return
    error = Unavailable(
        "queue_full",
        "too much work is waiting in the service now; try again later",
        "в сервисе сейчас ждёт слишком много работы; повторите позже",
        queue=queue,
        allowed=allowed,
    )
    error.retry_after_seconds = QUEUE_RETRY_SECONDS
    raise error
