"""The Celery app: queues by kind, so that short work never waits behind long work.

speech      interactive: a sentence for somebody who waits, enrolment of a voice
batch       long texts
conversion  voice conversion
training    fine-tuning
"""

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voiceclone.settings")

QUEUES = ("speech", "batch", "conversion", "training")

app = Celery("voiceclone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name, routing_key=name) for name in QUEUES]
app.autodiscover_tasks()
