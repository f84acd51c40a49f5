"""A recording that a voice was made from."""

import uuid

from django.db import models

from voices.models.stored_file import StoredFile
from voices.models.voice import Voice


class Recording(models.Model):
    """`stored` is what was uploaded; all that was measured is filled in by enrolment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="recordings")
    stored = models.OneToOneField(StoredFile, on_delete=models.CASCADE)
    original_name = models.CharField(max_length=200, blank=True)
    speech_seconds = models.FloatField(null=True)
    notes = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.original_name or str(self.id)
