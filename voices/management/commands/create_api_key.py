"""manage.py create_api_key: a key for programs, shown once."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from voices.models import Scope
from voices.services.api_keys import api_key_create, api_key_in_file, user_ensure


class Command(BaseCommand):
    help = (
        "Create an API key and print it. With --file the key is kept there, and reused if it works."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--user", default="local", help="whose key; made when missing")
        parser.add_argument("--name", default="default", help="what the key is for")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[str(scope) for scope in Scope],
            help="what it may do, may be repeated; all by default",
        )
        parser.add_argument(
            "--file",
            type=Path,
            default=None if settings.PRODUCTION else settings.VAR_DIR / "api_key",
            help="where to keep it (var/api_key on the embedded default)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_ensure(username=options["user"])
        if options["file"] and not options["scope"]:
            self.stdout.write(
                api_key_in_file(user=user, name=options["name"], path=options["file"])
            )
            return
        scopes = options["scope"] or [str(scope) for scope in Scope]
        self.stdout.write(api_key_create(user=user, name=options["name"], scopes=scopes).secret)
