"""What an owner may use, and has used."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone as clock

from voices.kinds import kinds_free
from voices.models import Job, Quota, StoredFile, UsageDay, Voice
from voices.models.stored_file import NOT_COUNTED
from voices.owner import Owner
from voices.selectors.datasets import dataset_seconds

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most of each that an owner may use; None where nothing limits it."""

    characters_per_day: int | None
    jobs_waiting: int | None
    voices: int | None
    storage_bytes: int | None
    calls_per_minute: int | None
    work_seconds_per_day: int | None
    dataset_seconds: int | None


@dataclass(frozen=True, kw_only=True)
class Used:
    """Characters asked for, jobs queued, seconds of audio made and of work counted in a span of days."""

    characters: int
    jobs: int
    audio_seconds: float
    worked_seconds: float


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What an owner has at this moment."""

    jobs_waiting: int
    voices: int
    storage_bytes: int
    dataset_seconds: float


def limits_of(owner: Owner) -> Limits:
    """The owner's limits: the operator's word for this user, else the settings.

    `dataclasses.asdict(limits_of(owner))` is what an API answer shows of them; null is "no limit".
    """
    kind = "visitor" if owner.user_id is None else "account"
    values = dict(settings.QUOTAS[kind])
    own = Quota.objects.filter(user_id=owner.user_id).first() if owner.user_id else None
    for name in values:
        if own is not None and getattr(own, name) is not None:
            values[name] = getattr(own, name)
    return Limits(
        characters_per_day=values["characters_per_day"] or None,
        jobs_waiting=values["jobs_waiting"] or None,
        voices=values["voices"] or None,
        storage_bytes=values["storage_megabytes"] * MEGABYTE or None,
        calls_per_minute=settings.CALLS_PER_MINUTE[kind] or None,
        work_seconds_per_day=values["work_seconds_per_day"] or None,
        dataset_seconds=values["dataset_hours"] * 3600 or None,
    )


def used_since(*, owner: Owner, day: date) -> Used:
    """The sum from `day` to today."""
    days = UsageDay.objects.filter(owner.q, day__gte=day).order_by()
    sums = days.aggregate(
        characters=Sum("characters", default=0),
        jobs=Sum("jobs", default=0),
        audio_seconds=Sum("audio_seconds", default=0.0),
        worked_seconds=Sum("worked_seconds", default=0.0),
    )
    seconds = {name: round(sums[name], 3) for name in ("audio_seconds", "worked_seconds")}
    return Used(**{**sums, **seconds})


def usage_days(*, owner: Owner, since: date) -> list[UsageDay]:
    """Days on which something was used, the latest first."""
    return list(UsageDay.objects.filter(owner.q, day__gte=since))


def holdings_of(owner: Owner) -> Holdings:
    """Counted from the rows themselves, so that nothing can drift."""
    return Holdings(
        jobs_waiting=jobs_waiting(owner=owner),
        voices=voices_owned(owner=owner),
        storage_bytes=storage_bytes(owner=owner),
        dataset_seconds=round(dataset_seconds(owner=owner), 1),
    )


def jobs_waiting(*, owner: Owner) -> int:
    waiting = Job.objects.filter(owner.q, status=Job.Status.QUEUED, paused=False, parent=None)
    return waiting.exclude(kind__in=kinds_free()).count()


def voices_owned(*, owner: Owner) -> int:
    return Voice.objects.filter(owner.q).count()


def storage_bytes(*, owner: Owner) -> int:
    """Bytes of recordings, results and whatever else is kept for an owner."""
    files = StoredFile.objects.filter(owner.q).exclude(role__in=NOT_COUNTED)
    return int(files.aggregate(total=Sum("size_bytes", default=0))["total"])


def today() -> date:
    """The day that usage counts for (UTC)."""
    return clock.now().date()


def seconds_to_midnight() -> int:
    """Until the day's count of characters begins anew."""
    midnight = datetime.combine(today() + timedelta(days=1), time.min, tzinfo=timezone.utc)
    return max(1, int((midnight - clock.now()).total_seconds()))
