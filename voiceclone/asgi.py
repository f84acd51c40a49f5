"""Entry point of the live door: `uvicorn voiceclone.asgi:application`. The site itself is voiceclone/wsgi.py."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voiceclone.settings")
django.setup()

from voices.live.door import LiveDoor  # noqa: E402  wants Django to be set up

application = LiveDoor()
