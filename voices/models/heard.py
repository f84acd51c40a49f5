"""Which voices are heard in a job."""

from django.db import models

from voices.models.job import Job
from voices.models.voice import Voice
from voices.models.voice_version import VoiceVersion


class VoiceHeard(models.Model):
    """One voice of one job: its own, one that its text calls for, or one of the subtitles on a track.

    Written when the job is made, with the version that is to be heard: a voice that changes later does not
    change the job. Jobs of 0.1 and those that make a voice have none. A row outlives its voice, so that what
    was being made while the voice was deleted is found too. The database keeps no references of these: servers
    that do not know the table delete jobs and voices beside this one while they are renewed.
    """

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="heard", db_constraint=False, db_index=False
    )
    voice = models.ForeignKey(
        Voice, on_delete=models.DO_NOTHING, related_name="heard", db_constraint=False
    )
    version = models.ForeignKey(
        VoiceVersion,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="heard",
        db_constraint=False,
    )

    class Meta:
        verbose_name_plural = "voices heard"
        constraints = [
            models.UniqueConstraint(fields=["job", "voice"], name="voice_heard_once_in_a_job")
        ]

    def __str__(self) -> str:
        return f"{self.voice_id} in {self.job_id}"
