"""Rate limits in the database: they hold across processes, with or without Redis."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from voices.models import RateWindow

MINUTE_SECONDS, HOUR_SECONDS, DAY_SECONDS = 60, 3600, 24 * 3600
KEPT = timedelta(days=2)  # longer than any window


def rate_take(*, what: str, who: str, allowed: int, seconds: int, cost: int = 1) -> int | None:
    """Count one more of `what` by `who`, at most `allowed` in a window of `seconds`.

    Returns:
        None when it is allowed; otherwise nothing is counted, and in so many seconds it may be.
    """
    key, now, window = _key(what, who), timezone.now(), timedelta(seconds=seconds)
    row = RateWindow.objects.filter(key=key)
    room = row.filter(started_at__gt=now - window, count__lte=allowed - cost)
    if room.update(count=F("count") + cost):
        return None
    if cost <= allowed and (
        row.filter(started_at__lte=now - window).update(started_at=now, count=cost)
        or _first(key, now, cost)
        or room.update(count=F("count") + cost)  # another call began the window meanwhile
    ):
        return None
    started_at = row.values_list("started_at", flat=True).first() or now
    return max(1, math.ceil((started_at + window - now).total_seconds()))


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most `allowed` of `what` by `who` in a window of `seconds`."""

    what: str
    who: str
    allowed: int
    seconds: int


@transaction.atomic
def rates_take(rates: Iterable[Rate]) -> int | None:
    """Count one more of each, or, when one of them is full, of none; as `rate_take`.

    Callers name them in one order, so that two at once never wait for each other.
    """
    for rate in rates:
        wait = rate_take(what=rate.what, who=rate.who, allowed=rate.allowed, seconds=rate.seconds)
        if wait is not None:
            transaction.set_rollback(True)
            return wait
    return None


def _first(key: str, now: datetime, cost: int) -> bool:
    if RateWindow.objects.filter(key=key).exists():
        return False
    try:
        with transaction.atomic():
            RateWindow.objects.create(key=key, started_at=now, count=cost)
    except IntegrityError:
        return False
    return True


def rate_forget(*, what: str, who: str) -> None:
    """Start anew, for instance after a right password."""
    RateWindow.objects.filter(key=_key(what, who)).delete()


def rates_prune() -> None:
    """Drop windows that are long over."""
    RateWindow.objects.filter(started_at__lt=timezone.now() - KEPT).delete()


def _key(what: str, who: str) -> str:
    # hashed: the table shall not be a list of addresses and e-mails
    return f"{what}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"
