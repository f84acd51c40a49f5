"""Quotas: the one place where work and voices are allowed or refused."""

from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone as clock

from voices.errors import QuotaExceeded
from voices.models import Job, UsageDay
from voices.owner import Owner
from voices.selectors.quotas import (
    MEGABYTE,
    Limits,
    jobs_waiting,
    limits_of,
    storage_bytes,
    today,
    voices_owned,
)
from voices.services.rates import DAY_SECONDS, rate_take

JOBS_RETRY_SECONDS = 30
# limit: (English, Russian), with what it allows in braces
_MESSAGES = {
    "characters_per_day": (
        "the limit is {allowed} characters a day",
        "предел — {allowed} знаков в день",
    ),
    "jobs_waiting": (
        "at most {allowed} jobs may wait at once",
        "ждать одновременно могут не больше {allowed} заданий",
    ),
    "voices": (
        "the limit is {allowed} voices; delete one first",
        "предел — {allowed} голосов; сначала удалите какой-нибудь",
    ),
    "storage_bytes": (
        "the limit of stored files is {megabytes} MB; delete recordings or results first",
        "предел хранимых файлов — {megabytes} МБ; сначала удалите записи или результаты",
    ),
}


@transaction.atomic
def quota_take(
    *, owner: Owner, characters: int = 0, jobs: int = 0, voices: int = 0, new_bytes: int = 0
) -> None:
    """Count what is about to be made, or refuse it. Call it before the rows are made, in the same
    transaction: the row of the owner's day stays locked until that ends, so two calls at once
    cannot both pass, and a transaction that fails gives back what it took.

    `job_create` does this for its job; code that makes many rows at once calls it with their sums.

    Raises:
        QuotaExceeded: which limit, what it allows, what is used and what was asked for.
    """
    limits = limits_of(owner)
    if owner.visitor is not None and owner.address and characters:
        _address_take(owner.address, characters)
    _day_take(owner, limits, characters=characters, jobs=jobs)  # locks
    held: list[tuple[str, int | None, int, Callable[..., int]]] = [
        ("jobs_waiting", limits.jobs_waiting, jobs, jobs_waiting),
        ("voices", limits.voices, voices, voices_owned),
    ]
    for name, allowed, asked, count in held:
        if allowed is not None and asked:
            used = count(owner=owner)
            if used + asked > allowed:
                raise _exceeded(name, allowed=allowed, used=used, asked=asked)
    if limits.storage_bytes is not None:
        used = storage_bytes(owner=owner)
        # a job's result is not known beforehand: it may begin while anything is free
        if used + max(new_bytes, 1) > limits.storage_bytes:
            raise _exceeded(
                "storage_bytes", allowed=limits.storage_bytes, used=used, asked=new_bytes
            )


def usage_audio_add(*, job: Job, seconds: float) -> None:
    """Count finished audio for whoever owns the job now, within the transaction that ends it."""
    owner = Owner(**Job.objects.values("user_id", "visitor").get(pk=job.pk))
    row, _ = UsageDay.objects.get_or_create(**owner.fields, day=today())
    UsageDay.objects.filter(pk=row.pk).update(audio_seconds=F("audio_seconds") + seconds)


def _day_take(owner: Owner, limits: Limits, *, characters: int, jobs: int) -> None:
    day = {**owner.fields, "day": today()}
    room = UsageDay.objects.filter(**day)
    if limits.characters_per_day is not None and characters:
        room = room.filter(characters__lte=limits.characters_per_day - characters)
    more = {"characters": F("characters") + characters, "jobs": F("jobs") + jobs}
    if room.update(**more):
        return
    row, _ = UsageDay.objects.get_or_create(**day)  # the day's first
    if not room.update(**more):
        raise _exceeded(
            "characters_per_day",
            allowed=limits.characters_per_day or 0,
            used=row.characters,
            asked=characters,
        )


def _address_take(address: str, characters: int) -> None:
    allowed = settings.ADDRESS_CHARACTERS_PER_DAY
    if allowed and rate_take(
        what="characters", who=address, allowed=allowed, seconds=DAY_SECONDS, cost=characters
    ):
        raise _exceeded("characters_per_day", allowed=allowed, used=None, asked=characters)


def _exceeded(name: str, *, allowed: int, used: int | None, asked: int) -> QuotaExceeded:
    en, ru = (
        text.format(allowed=allowed, megabytes=allowed // MEGABYTE) for text in _MESSAGES[name]
    )
    error = QuotaExceeded(
        "quota_exceeded", en, ru, limit=name, allowed=allowed, used=used, asked=asked
    )
    if name == "characters_per_day":
        error.retry_after_seconds = _seconds_to_midnight()
    elif name == "jobs_waiting":
        error.retry_after_seconds = JOBS_RETRY_SECONDS
    return error


def _seconds_to_midnight() -> int:
    midnight = datetime.combine(today() + timedelta(days=1), time.min, tzinfo=timezone.utc)
    return max(1, int((midnight - clock.now()).total_seconds()))
