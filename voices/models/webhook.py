"""News of a job's or a batch's end, to be sent to an address that its owner has named."""

import uuid

from django.db import models

from voices.models.batch import Batch
from voices.models.job import Job


class Webhook(models.Model):
    """waiting ⇄ sending → delivered | failed. `due_at` is empty until there is something to tell.

    While it is being sent, nobody else tries before `due_at`: a process that is lost meanwhile leaves it due.

    `id` is also the message's own, the same at every try, so that a receiver can tell repetitions.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.OneToOneField(Job, null=True, on_delete=models.CASCADE, related_name="webhook")
    batch = models.OneToOneField(Batch, null=True, on_delete=models.CASCADE, related_name="webhook")
    url = models.CharField(max_length=2000)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"], name="webhook_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(job__isnull=False, batch__isnull=True)
                | models.Q(job__isnull=True, batch__isnull=False),
                name="webhook_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.url} ({self.status})"
