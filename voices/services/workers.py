"""Workers' reports of themselves."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from voices.models import Worker
from voices.selectors.health import FORGET_AFTER

CLOCKS_AGREE = timedelta(minutes=5)


def worker_report(*, name: str, queues: list[str], engine_ready: bool | None = None) -> None:
    """Say that the worker lives; `engine_ready=None` leaves that flag as it is."""
    values: dict[str, object] = {"queues": queues, "seen_at": Now()}
    if engine_ready is not None:
        values["engine_ready"] = engine_ready
    Worker.objects.update_or_create(name=name, defaults=values)


def worker_engine_ready(*, name: str) -> None:
    """Note that the worker's models are loaded."""
    Worker.objects.filter(name=name, engine_ready=False).update(engine_ready=True)


def worker_clock_agrees(*, name: str) -> bool:
    """Whether this machine's clock is near the database's; the worker has reported itself of late."""
    now = timezone.now()
    return Worker.objects.filter(
        name=name, seen_at__range=(now - CLOCKS_AGREE, now + CLOCKS_AGREE)
    ).exists()


def worker_forget(*, name: str) -> None:
    """Remove the row of a worker that goes, and of those long silent."""
    Worker.objects.filter(name=name).delete()
    Worker.objects.filter(seen_at__lt=Now() - FORGET_AFTER).delete()
