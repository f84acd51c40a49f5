"""The Celery app."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from kombu import Queue

from voices.kinds import QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voiceclone.settings")

app = Celery("voiceclone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name, routing_key=name) for name in QUEUES]
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_site_does(**_kwargs: Any) -> None:
    """Celery would set up its own lines and hide those below WARNING."""
    logging.config.dictConfig(settings.LOGGING)
