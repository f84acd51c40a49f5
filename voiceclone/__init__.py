"""Django project: wiring only. Importing it registers the Celery app, as Celery asks."""

from voiceclone.celery import app as celery_app

__all__ = ["celery_app"]
