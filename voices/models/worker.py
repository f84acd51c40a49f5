"""Workers as they report themselves, for readiness and for the operator."""

from django.db import models


class Worker(models.Model):
    """`name` is host:pid of the Celery process; `engine_ready`: it has the models that its
    queues need; `trouble` says what of it has ended and should not have."""

    name = models.CharField(max_length=200, primary_key=True)
    queues = models.JSONField(default=list)
    engine_ready = models.BooleanField(default=False)
    trouble = models.CharField(max_length=200, blank=True, default="", db_default="")
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
