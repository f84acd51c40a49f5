"""Workers' reports of themselves."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from voices.models import Worker
from voices.selectors.health import FORGET_AFTER

CLOCKS_AGREE = timedelta(minutes=5)


def worker_report(*, name: str, queues: list[str], **facts: bool | str) -> None:
    """Say that the worker lives; of its facts (`engine_ready`, `trouble`) those not given stay as they are."""
    values = {"queues": queues, "seen_at": Now(), **facts}
    Worker.objects.update_or_create(name=name, defaults=values)


def worker_engine_ready(*, name: str) -> None:
    """Note that the worker's models are loaded."""
    Worker.objects.filter(name=name, engine_ready=False).update(engine_ready=True)


def worker_clock_agrees(*, name: str) -> bool | None:
    """Whether this machine's clock is near the database's; None before the worker's first report."""
    seen_at = Worker.objects.filter(name=name).values_list("seen_at", flat=True).first()
    return None if seen_at is None else abs(seen_at - timezone.now()) < CLOCKS_AGREE


def worker_forget(*, name: str) -> None:
    """Remove the row of a worker that goes, and of those long silent."""
    Worker.objects.filter(name=name).delete()
    Worker.objects.filter(seen_at__lt=Now() - FORGET_AFTER).delete()
