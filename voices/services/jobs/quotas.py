"""Quotas: the one place where work and voices are allowed or refused."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from voices.errors import QuotaExceeded
from voices.in_words import number_in_words, time_in_words
from voices.models import Job, UsageDay
from voices.owner import Owner
from voices.selectors.datasets import dataset_seconds
from voices.selectors.quotas import (
    MEGABYTE,
    Limits,
    jobs_waiting,
    limits_of,
    seconds_to_midnight,
    storage_bytes,
    today,
    voices_owned,
)
from voices.services.jobs.rates import DAY_SECONDS, rate_take

JOBS_RETRY_SECONDS = 30
# limit: (English, Russian); they say how much is left, and when or by what it returns
_MESSAGES = {
    "characters_per_day": (
        (
            "{left} of {allowed} characters are left today, {asked} are needed; "
            "the count begins anew in {time}, at midnight UTC"
        ),
        (
            "на сегодня осталось {left} из {allowed} знаков, нужно {asked}; "
            "счёт начнётся заново через {time}, в полночь по UTC"
        ),
    ),
    "address_characters": (
        (
            "{allowed} characters a day may be spoken from one address and {asked} more are too many; "
            "try again in {time}"
        ),
        (
            "с одного адреса можно озвучить {allowed} знаков в сутки, ещё {asked} — слишком много; "
            "повторите через {time}"
        ),
    ),
    "work_seconds_per_day": (
        (
            "today's {allowed} seconds of work are used up; "
            "the count begins anew in {time}, at midnight UTC"
        ),
        (
            "сегодняшний запас работы, {allowed} с, израсходован; "
            "счёт начнётся заново через {time}, в полночь по UTC"
        ),
    ),
    "jobs_waiting": (
        (
            "{used} of {allowed} jobs that may wait at once are waiting, {asked} more do not fit; "
            "try again when some are done"
        ),
        (
            "ждать одновременно могут {allowed} заданий, уже ждут {used}, ещё {asked} не помещаются; "
            "повторите, когда часть будет готова"
        ),
    ),
    "voices": (
        "you have {used} of {allowed} voices; delete one first",
        "голосов у вас {used} из {allowed}; сначала удалите какой-нибудь",
    ),
    "dataset_seconds": (
        "{used} of {allowed} s of recordings are kept in datasets, {asked} s more do not fit; delete some first",
        "в наборах записей занято {used} из {allowed} с, ещё {asked} с не помещаются; сначала удалите часть",
    ),
    "storage_bytes": (
        "{left} of {allowed} MB for files are left; delete recordings or results first",
        "для файлов осталось {left} из {allowed} МБ; сначала удалите записи или результаты",
    ),
}


@transaction.atomic
def quota_take(
    *,
    owner: Owner,
    characters: int = 0,
    jobs: int = 0,
    voices: int = 0,
    new_bytes: int = 0,
    counts_work: bool = False,
) -> None:
    """Count what is about to be made, or refuse it. Call it before the rows are made, in the same
    transaction: the row of the owner's day stays locked until that ends, so two calls at once
    cannot both pass, and a transaction that fails gives back what it took.

    `job_create` does this for its job; code that makes many rows at once calls it with their sums.

    Args:
        counts_work: the jobs take seconds of work from the day. How many is known when it is done, so
            they may begin while any are left.

    Raises:
        QuotaExceeded: which limit, what it allows, what is used and what was asked for.
    """
    limits = limits_of(owner)
    if owner.visitor is not None and owner.address and characters:
        _address_take(owner.address, characters)
    _day_take(owner, limits, characters=characters, jobs=jobs, counts_work=counts_work)  # locks
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


def dataset_seconds_check(*, owner: Owner, new_seconds: float = 0.0) -> None:
    """Whether so many more seconds of recordings fit into an owner's datasets; of 0, whether any do.

    Raises QuotaExceeded.
    """
    allowed = limits_of(owner).dataset_seconds
    used = dataset_seconds(owner=owner)
    if allowed is not None and used + max(new_seconds, 1.0) > allowed:
        raise _exceeded(
            "dataset_seconds", allowed=allowed, used=round(used), asked=round(new_seconds)
        )


def usage_audio_add(*, job: Job, seconds: float) -> None:
    """Count finished audio for whoever owns the job now, within the transaction that ends it."""
    owner = Owner(**Job.objects.values("user_id", "visitor").get(pk=job.pk))
    _seconds_add(owner, audio_seconds=seconds)


@transaction.atomic
def usage_work_add(*, job: Job, seconds: float) -> None:
    """Count what a worker has given to a job that it lets go; also of one that was removed meanwhile."""
    now = Job.objects.values("user_id", "visitor").filter(pk=job.pk).first()
    owner = Owner(**(now or {"user_id": job.user_id, "visitor": job.visitor}))
    if owner.user_id is None or User.objects.filter(pk=owner.user_id).exists():
        _seconds_add(owner, worked_seconds=seconds)


def usage_live_add(*, owner: Owner, seconds: float) -> None:
    """Count a talk in another voice: for its length a place is held for its owner."""
    _seconds_add(owner, audio_seconds=seconds, worked_seconds=seconds)


def _seconds_add(owner: Owner, **seconds: float) -> None:
    row, _ = UsageDay.objects.get_or_create(**owner.fields, day=today())
    more = {name: F(name) + added for name, added in seconds.items()}
    UsageDay.objects.filter(pk=row.pk).update(**more)


def _day_take(
    owner: Owner, limits: Limits, *, characters: int, jobs: int, counts_work: bool
) -> None:
    day = {**owner.fields, "day": today()}
    room = UsageDay.objects.filter(**day)
    if limits.characters_per_day is not None and characters:
        room = room.filter(characters__lte=limits.characters_per_day - characters)
    work_allowed = limits.work_seconds_per_day if counts_work else None
    if work_allowed is not None:
        room = room.filter(worked_seconds__lt=work_allowed)
    more = {"characters": F("characters") + characters, "jobs": F("jobs") + jobs}
    if room.update(**more):
        return
    row, _ = UsageDay.objects.get_or_create(**day)  # the day's first
    if not room.update(**more):
        if work_allowed is not None and row.worked_seconds >= work_allowed:
            used = int(row.worked_seconds)
            raise _exceeded("work_seconds_per_day", allowed=work_allowed, used=used, asked=jobs)
        raise _exceeded(
            "characters_per_day",
            allowed=limits.characters_per_day or 0,
            used=row.characters,
            asked=characters,
        )


def _address_take(address: str, characters: int) -> None:
    allowed = settings.ADDRESS_CHARACTERS_PER_DAY
    if not allowed:
        return
    wait = rate_take(
        what="characters", who=address, allowed=allowed, seconds=DAY_SECONDS, cost=characters
    )
    if wait is not None:
        words = {"allowed": allowed, "asked": characters}
        error = _refusal("address_characters", words, seconds=wait)
        error.details = {"limit": "characters_per_day", "used": None, **words}
        raise error


def _exceeded(name: str, *, allowed: int, used: int, asked: int) -> QuotaExceeded:
    unit = MEGABYTE if name == "storage_bytes" else 1
    words = {
        "allowed": allowed // unit,
        "used": used // unit,
        "asked": asked // unit,
        "left": max(0, allowed - used) // unit,
    }
    midnight = seconds_to_midnight()
    seconds = {
        "characters_per_day": midnight,
        "work_seconds_per_day": midnight,
        "jobs_waiting": JOBS_RETRY_SECONDS,
    }
    error = _refusal(name, words, seconds=seconds.get(name))
    error.details = {"limit": name, "allowed": allowed, "used": used, "asked": asked}
    return error


def _refusal(name: str, words: dict[str, int], *, seconds: int | None) -> QuotaExceeded:
    en, ru = (
        text.format(
            time=time_in_words(seconds or 0, language),
            **{key: number_in_words(value, language) for key, value in words.items()},
        )
        for text, language in zip(_MESSAGES[name], ("en", "ru"), strict=True)
    )
    error = QuotaExceeded("quota_exceeded", en, ru)
    error.retry_after_seconds = seconds
    return error
