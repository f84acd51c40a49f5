"""Many texts, or recordings to be converted, asked for at once; each is a job of its own."""

from django.db import models
from django.db.models import Q

from voices.models.owned import OwnedModel, owner_constraint


class Batch(OwnedModel):
    """Ends when the last of its jobs does; `status` tells how they ended taken together."""

    class Status(models.TextChoices):
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        PARTLY = "partly_succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Source(models.TextChoices):
        TEXTS = "texts"
        TXT = "txt"
        DOCX = "docx"
        SRT = "srt"
        CSV = "csv"
        SONGS = "songs"

    name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RUNNING)
    format = models.CharField(max_length=16)
    # what the file had that cannot be said, or is no recording: [{"position", "text", "code"}]
    skipped = models.JSONField(default=list)
    # how the subtitles were fitted into one track: [{"position", "start_seconds", …}]
    track_notes = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["user", "-created_at"], name="batch_of_user"),
            models.Index(fields=["visitor", "-created_at"], name="batch_of_visitor"),
            models.Index(fields=["finished_at"], name="batch_unfinished"),
        ]
        constraints = [
            owner_constraint("batch_has_one_owner"),
            models.CheckConstraint(
                condition=Q(
                    status__in=["running", "succeeded", "partly_succeeded", "failed", "cancelled"]
                ),
                name="batch_status_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
