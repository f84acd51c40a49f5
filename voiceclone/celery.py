"""The Celery app: queues by kind, so that short work never waits behind long work.

speech      interactive: a sentence for somebody who waits, enrolment of a voice
batch       long texts
conversion  voice conversion
training    fine-tuning
webhooks    news of ended jobs, to addresses that may be slow to answer
"""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voiceclone.settings")

QUEUES = ("speech", "batch", "conversion", "training", "webhooks")

app = Celery("voiceclone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name, routing_key=name) for name in QUEUES]
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_site_does(**_kwargs: Any) -> None:
    """Celery would set up its own lines and hide those below WARNING."""
    logging.config.dictConfig(settings.LOGGING)
