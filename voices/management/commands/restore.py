"""manage.py restore FILE: a backup back in place."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from voices.errors import AppError
from voices.services.upkeep.backup import backup_restore


class Command(BaseCommand):
    help = "Put a backup in place; site and workers must be stopped, the database migrated."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="throw away what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = backup_restore(options["file"], replace=options["replace"])
        except AppError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"restored: the database and {count} files; now run migrate")
