"""Workers' reports of themselves."""

from datetime import timedelta

from django.utils import timezone

from voices.models import Worker

FORGET_AFTER = timedelta(hours=1)


def worker_report(*, name: str, queues: list[str], engine_ready: bool | None = None) -> None:
    """Say that the worker lives; `engine_ready=None` leaves that flag as it is."""
    values: dict[str, object] = {"queues": queues, "seen_at": timezone.now()}
    if engine_ready is not None:
        values["engine_ready"] = engine_ready
    Worker.objects.update_or_create(name=name, defaults=values)


def worker_engine_ready(*, name: str) -> None:
    """Note that the worker's models are loaded."""
    Worker.objects.filter(name=name, engine_ready=False).update(engine_ready=True)


def worker_forget(*, name: str) -> None:
    """Remove the row of a worker that goes, and of those long silent."""
    Worker.objects.filter(name=name).delete()
    Worker.objects.filter(seen_at__lt=timezone.now() - FORGET_AFTER).delete()
