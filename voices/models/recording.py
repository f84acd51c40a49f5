"""A recording that a voice was made from."""

import uuid

from django.db import models

from voices.models.voice import Voice


class Recording(models.Model):
    """`file` holds the bytes as they were uploaded; all that was measured is filled in by enrolment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="recordings")
    file = models.CharField(max_length=200)
    original_name = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    seconds = models.FloatField(null=True)
    speech_seconds = models.FloatField(null=True)
    notes = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.original_name or str(self.id)
