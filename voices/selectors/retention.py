"""What is kept for how long: rows that have expired, and when a row will."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from voices.kinds import ENROLMENT
from voices.models import (
    Batch,
    ConsentPhrase,
    Dataset,
    DictionaryEntry,
    Job,
    LiveSession,
    Recording,
    StoredFile,
    Upload,
    UsageDay,
    Voice,
)
from voices.owner import Owner

MEGABYTE = 1024 * 1024
KINDS = {"visitor": Q(user__isnull=True), "account": Q(user__isnull=False)}
SWEPT_AT_ONCE = 500


def job_expires_at(job: Job) -> datetime | None:
    """When the job and its audio will be removed for their age; None: not while it runs, or never."""
    days = settings.RETENTION["visitor" if job.user_id is None else "account"]["result_days"]
    if job.finished_at is None or not days:
        return None
    return job.finished_at + timedelta(days=days)


def talks_expired() -> QuerySet[LiveSession]:
    """Talks and unused tickets past the days of what has been made."""
    last = Coalesce("ended_at", "beat_at", "created_at")
    return LiveSession.objects.annotate(last_at=last).filter(_older("result_days", "last_at"))


def jobs_expired() -> QuerySet[Job]:
    """Ended jobs past their days, the oldest first; those of a batch go with the batch."""
    ended = Job.objects.filter(batch=None, parent=None).exclude(status__in=Job.ACTIVE)
    return ended.filter(_older("result_days", "finished_at")).order_by("finished_at")


def jobs_held_long() -> QuerySet[Job]:
    """Those that have rested at their owner's word for as long as what has ended would be kept."""
    held = Job.objects.filter(held=True, status=Job.Status.QUEUED)
    return held.filter(_older("result_days", "dispatched_at")).order_by("dispatched_at")


def batches_expired() -> QuerySet[Batch]:
    ended = Batch.objects.exclude(status=Batch.Status.RUNNING)
    return ended.filter(_older("result_days", "finished_at")).order_by("finished_at")


def voices_unused() -> QuerySet[Voice]:
    """Own voices that were heard in no job of their last days, not even as a second speaker, and for which nothing
    was recorded."""
    spoken = Job.objects.filter(voice=OuterRef("pk"))
    lately = spoken.filter(_older("voice_days", "created_at", newer=True))
    own = Voice.objects.filter(is_bank=False)
    aged = own.annotate(used_at=Coalesce("last_heard_at", "created_at"))
    aged = aged.filter(_older("voice_days", "used_at"))
    gathered = Dataset.objects.filter(voice=OuterRef("pk"))
    gathered = gathered.filter(_older("voice_days", "changed_at", newer=True))
    return aged.exclude(Exists(lately)).exclude(Exists(gathered)).order_by("created_at")


def voices_never_made() -> QuerySet[Voice]:
    """Own voices whose enrolment was lost with a process before it could be undone."""
    old = Voice.objects.filter(status=Voice.Status.ENROLLING, created_at__lt=_a_day_ago())
    return old.exclude(Exists(_enrolments(OuterRef("pk"))))


def recordings_never_heard() -> QuerySet[Recording]:
    """The same for recordings that were to be added to a voice."""
    old = Recording.objects.filter(speech_seconds=None, created_at__lt=_a_day_ago())
    return old.exclude(Exists(_enrolments(OuterRef("voice"))))


def uploads_abandoned() -> QuerySet[Upload]:
    """Large files that nobody went on with, or made anything of, for a day."""
    return Upload.objects.filter(touched_at__lt=_a_day_ago())


def phrases_expired() -> QuerySet[ConsentPhrase]:
    """Phrases that nobody can read aloud any more; what came of one is in the consent records."""
    return ConsentPhrase.objects.filter(expires_at__lt=_a_day_ago())


def visitors_days() -> QuerySet[UsageDay]:
    """Days of visitors past the time that their things are kept."""
    return UsageDay.objects.filter(_older("voice_days", "day"), user=None)


def visitors_words() -> QuerySet[DictionaryEntry]:
    """Words in the dictionaries of visitors who have used nothing for that time."""
    words = DictionaryEntry.objects.filter(_older("voice_days", "created_at"), user=None)
    return words.exclude(Exists(UsageDay.objects.filter(visitor=OuterRef("visitor"))))


def _enrolments(voice: OuterRef) -> QuerySet[Job]:
    return Job.objects.filter(voice=voice, kind=ENROLMENT.name, status__in=Job.ACTIVE)


def _a_day_ago() -> datetime:
    return timezone.now() - timedelta(days=1)


def jobs_over_size() -> Iterator[Job]:
    """The oldest ended jobs of owners whose jobs' files take more than their megabytes."""
    for kind in KINDS:
        limit = settings.RETENTION[kind]["result_megabytes"] * MEGABYTE
        if not limit:
            continue
        column = "visitor" if kind == "visitor" else "user_id"
        of_kind = StoredFile.objects.filter(KINDS[kind], job__isnull=False).order_by()
        sums = of_kind.values_list(column).annotate(total=Sum("size_bytes"))
        for who, total in sums.filter(total__gt=limit):
            owner = Owner(visitor=who) if kind == "visitor" else Owner(user_id=who)
            yield from _oldest(owner, excess=total - limit)


def _oldest(owner: Owner, *, excess: int) -> Iterator[Job]:
    ended = Job.objects.filter(owner.q).exclude(status__in=Job.ACTIVE)
    kept = ended.annotate(size_bytes=Sum("files__size_bytes")).filter(size_bytes__gt=0)
    for job in kept.order_by("finished_at")[:SWEPT_AT_ONCE]:
        if excess <= 0:
            return
        excess -= job.size_bytes
        yield job


def _older(setting: str, column: str, *, newer: bool = False) -> Q:
    """Rows beyond (or within) the days of the setting, for visitors and accounts alike."""
    found = Q(pk__in=[])
    for kind, whose in KINDS.items():
        days = settings.RETENTION[kind][setting]
        if days:
            since = timezone.now() - timedelta(days=days)
            found |= whose & Q(**{f"{column}__{'gte' if newer else 'lt'}": since})
    return found
