"""Whose job is next: owners take turns, however many jobs each of them has waiting.

Start-time fair queueing. A new job's turn is one after its owner's last waiting job, but not before
the turn that the queue has come to; workers take the lowest. So the thousand jobs of one person
stand behind each other, and another's single job stands beside the first of them. A text that is
long in the saying gives its turn up between groups of sentences when others wait, and an enrolment
between recordings.
"""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Length, Now

from voices.errors import Unavailable
from voices.kinds import ENROLMENT
from voices.models import Job
from voices.owner import Owner

QUEUE_RETRY_SECONDS = 30
SHORT_CHARACTERS = (
    600  # said in two or three seconds: it goes before the long ones of its owner too
)


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


def jobs_to_let_by(*, job: Job) -> QuerySet[Job]:
    """What shall not wait for all of a long job, the next one first: of others, and one's own short."""
    waiting = jobs_due(queue=job.queue).filter(parent=None).exclude(pk=job.pk)
    owner = Owner(user_id=job.user_id, visitor=job.visitor)
    return waiting.annotate(characters=Length("text")).filter(~owner.q | _short_beside(job))


def _short_beside(job: Job) -> Q:
    """What goes before an owner's long work. Of two enrolments neither does: they follow each other."""
    short = Q(characters__lte=SHORT_CHARACTERS)
    return short & ~Q(kind=ENROLMENT.name) if job.kind == ENROLMENT.name else short


def turn_given_up(*, job: Job) -> int:
    """The next turn of a job that lets others by: after the first of them, and before its owner's long ones."""
    first = jobs_to_let_by(job=job).values_list("turn", flat=True).first()
    turn = 0 if first is None else first + 1
    owner = Owner(user_id=job.user_id, visitor=job.visitor)
    own = Job.objects.filter(owner.q, queue=job.queue, status=Job.Status.QUEUED, turn__lt=turn)
    long = own.annotate(characters=Length("text")).exclude(Q(parent=None) & _short_beside(job))
    long.filter(dispatched_at__isnull=False).update(turn=turn)
    return turn


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
