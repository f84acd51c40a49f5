"""manage.py create_api_key: a key for programs, shown once."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from voices.models import Scope
from voices.services.accounts.api_keys import api_key_create, api_key_in_file, user_ensure

USER, NAME = "local", "default"


def _own_file(options: dict[str, Any]) -> Path | None:
    """Where `serve` keeps the installation's own key; that of another user or name is none of it."""
    own = (options["user"], options["name"]) == (USER, NAME) and not settings.PRODUCTION
    return settings.VAR_DIR / "api_key" if own else None


class Command(BaseCommand):
    help = (
        "Create an API key and print it. With --file, and without any argument on the embedded "
        "default (var/api_key), the key is kept there and reused if it works."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--user", default=USER, help="whose key; made when missing")
        parser.add_argument("--name", default=NAME, help="what the key is for")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[str(scope) for scope in Scope],
            help="what it may do, may be repeated; all by default",
        )
        parser.add_argument(
            "--file",
            type=Path,
            help="where to keep it; reused if it is this user's key of this name",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_ensure(username=options["user"])
        path = options["file"] or _own_file(options)
        if path and not options["scope"]:
            self.stdout.write(api_key_in_file(user=user, name=options["name"], path=path))
            return
        scopes = options["scope"] or [str(scope) for scope in Scope]
        self.stdout.write(api_key_create(user=user, name=options["name"], scopes=scopes).secret)
