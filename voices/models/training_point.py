"""How a training goes, step by step."""

from django.db import models

from voices.models.job import Job


class TrainingPoint(models.Model):
    """What was measured at a step: `values` by name, null where it was no finite number.

    Those up to the job's `last_step` hold; others are of an attempt that was begun anew. The database keeps no
    reference: servers that do not know the table delete jobs beside this one while they are renewed.
    """

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="points", db_constraint=False, db_index=False
    )
    step = models.PositiveBigIntegerField()
    values = models.JSONField()

    class Meta:
        ordering = ["step"]
        constraints = [
            models.UniqueConstraint(fields=["job", "step"], name="one_point_of_a_job_at_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.job_id} at {self.step}"
