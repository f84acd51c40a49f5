"""What a training had made of a voice after some epochs."""

from django.db import models

from voices.models.job import Job


class Checkpoint(models.Model):
    """Number 0 is the voice as it was before. `figures` and `losses` are what the engine's checkpoint tells; `profile`
    is what speaks with its weights.

    Its files are stored ones of the job: `weights` is the name of one, until newer ones have taken its place, `samples`
    are roles.
    The database keeps no reference: servers that do not know the table delete jobs beside this one while they are
    renewed.
    """

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="checkpoints", db_constraint=False
    )
    number = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField()
    step = models.PositiveBigIntegerField()
    is_best = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)
    losses = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    weights = models.CharField(max_length=200, blank=True)
    samples = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_checkpoint_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.number}"
