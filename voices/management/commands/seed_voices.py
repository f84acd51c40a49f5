"""manage.py seed_voices: the shipped voices into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from voices.errors import AppError
from voices.services.voices.bank import bank_seed


class Command(BaseCommand):
    help = "Put the voice bank into the database; does nothing when it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = bank_seed(report=lambda line: self.stdout.write(f"  {line}"))
        except AppError as error:
            raise CommandError(f"{error.en} / {error.ru}") from error
        if made:
            self.stdout.write(f"voice bank: {made} voices")
