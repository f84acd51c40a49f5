"""What an operator wants to see first: queues, workers, disk, failures of the day."""

import shutil
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from voices.kinds import QUEUES
from voices.models import Job, Worker
from voices.selectors.health import jobs_by_state, oldest_wait_seconds, workers_alive

GIGABYTE = 1024**3


def operator_overview() -> dict[str, Any]:
    """Everything for one page, in a few queries."""
    waits = oldest_wait_seconds()
    queues: dict[str, dict[str, Any]] = {}
    for queue, status, count in jobs_by_state():
        row = queues.setdefault(queue, {"queue": queue, "queued": 0, "running": 0})
        if status in row:
            row[status] = count
    for queue, row in queues.items():
        row["oldest_seconds"] = round(waits.get(queue, 0))
    alive = {worker.pk for queue in QUEUES for worker in workers_alive(queue=queue)}
    disk = shutil.disk_usage(settings.VAR_DIR)
    since = timezone.now() - timedelta(days=1)
    failed = Job.objects.filter(status=Job.Status.FAILED, finished_at__gte=since, parent=None)
    return {
        "queues": sorted(queues.values(), key=lambda row: str(row["queue"])),
        "workers": [(worker, worker.pk in alive) for worker in Worker.objects.order_by("name")],
        "disk_free_gb": disk.free / GIGABYTE,
        "disk_total_gb": disk.total / GIGABYTE,
        "failures": failed.order_by()
        .values("error_code")
        .annotate(count=Count("pk"))
        .order_by("-count"),
    }
