"""When each word and sound of a job's audio is heard."""

from django.db import models

from voices.models.job import Job


class Timestamps(models.Model):
    """Kept apart from the result: a long text has much of it, and lists of jobs need none.

    `sentences`: [{"text", "start", "end", "words": [{"text", "start", "end", "phonemes": [{"ipa",
    "start", "end"}]}]}], seconds.
    """

    job = models.OneToOneField(Job, primary_key=True, on_delete=models.CASCADE)
    sentences = models.JSONField()

    class Meta:
        verbose_name_plural = "timestamps"

    def __str__(self) -> str:
        return str(self.job_id)
