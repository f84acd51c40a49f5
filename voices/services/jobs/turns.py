"""Whose job is next: owners take turns, however many jobs each of them has waiting.

Start-time fair queueing. A new job's turn is one after its owner's last waiting job, but not before
the turn that the queue has come to; workers take the lowest. So the thousand jobs of one person
stand behind each other, and another's single job stands beside the first of them. A text that is
long in the saying gives its turn up between groups of sentences when others wait, and an enrolment
between recordings.

A queue that stands back, of work that takes hours, rests while jobs wait in the others: none of its jobs is due.
But not for ever: one that has waited for LONGEST_REST is due whoever waits. Each then has STINT_SECONDS before
it gives way again, or it would only load its models and save. So where people wait without end, a training
still has a sixth of the time; and trainings of several owners take stints in turn, which is how seconds of
work are shared.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Length, Now

from voices.errors import Unavailable
from voices.kinds import ENROLMENT, QUEUES, stands_back
from voices.models import Job
from voices.owner import Owner

LONGEST_REST = timedelta(minutes=10)
STINT_SECONDS = 120.0
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
    due = _waiting_in(queue)
    if stands_back(queue) and people_wait():
        return due.filter(dispatched_at__lte=Now() - LONGEST_REST)
    return due


def people_wait() -> bool:
    """Whether a job waits for a worker in a queue that does not stand back."""
    return _waiting_in(*(name for name in QUEUES if not stands_back(name))).exists()


def _waiting_in(*queues: str) -> QuerySet[Job]:
    waiting = Job.objects.filter(status=Job.Status.QUEUED, held=False, dispatched_at__lte=Now())
    return waiting.filter(queue__in=queues).order_by("turn", "created_at")


def jobs_to_let_by(*, job: Job) -> QuerySet[Job]:
    """What shall not wait for all of a long job, the next one first: of others, and one's own short."""
    waiting = _waiting_in(job.queue).filter(parent=None).exclude(pk=job.pk)
    owner = Owner(user_id=job.user_id, visitor=job.visitor)
    return waiting.annotate(characters=Length("text")).filter(~owner.q | _short_beside(job))


def _short_beside(job: Job) -> Q:
    """What goes before an owner's long work. Of two enrolments neither does, nor anything in a queue that
    stands back, where all work is long: they follow each other.
    """
    if stands_back(job.queue):
        return Q(pk__in=[])
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
    waiting = Job.objects.filter(
        queue=queue, status=Job.Status.QUEUED, held=False, parent=None
    ).count()
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
