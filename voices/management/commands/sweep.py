"""manage.py sweep: what the workers do once an hour, by hand."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from voices.services.upkeep.retention import sweep


class Command(BaseCommand):
    help = "Remove results, batches and voices that have expired, and files that no row knows."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = asdict(sweep())
        self.stdout.write(
            ", ".join(f"{count} {what}" for what, count in swept.items()) + " removed"
        )
