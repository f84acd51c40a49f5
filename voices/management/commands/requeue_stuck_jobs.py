"""manage.py requeue_stuck_jobs: what every worker does by itself, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from voices.services.upkeep.reaper import jobs_requeue_stuck


class Command(BaseCommand):
    help = "Bring back jobs whose worker or message was lost."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{jobs_requeue_stuck()} jobs brought back")
