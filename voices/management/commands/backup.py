"""manage.py backup FILE: the database and the files on disk, in one tar."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from voices.errors import AppError
from voices.services.upkeep.backup import backup_make


class Command(BaseCommand):
    help = (
        "Write the database and the files on disk into a new tar; the service may go on meanwhile."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = backup_make(options["file"])
        except AppError as error:
            raise CommandError(str(error)) from error
        size = options["file"].stat().st_size / 1e6
        self.stdout.write(f"{options['file']}: the database and {count} files, {size:.1f} MB")
