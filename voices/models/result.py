"""What a job made, and when each word and sound of it is heard."""

from django.db import models

from voices.models.job import Job


class Result(models.Model):
    """Finished audio; one at most for a job."""

    job = models.OneToOneField(Job, primary_key=True, on_delete=models.CASCADE)
    file = models.CharField(max_length=200)
    format = models.CharField(max_length=16)
    size_bytes = models.PositiveBigIntegerField()
    seconds = models.FloatField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.file


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
