"""Two versions of a voice heard one after the other by somebody who does not know which is which."""

from django.db import models

from voices.models.job import Job
from voices.models.owned import OwnedModel, owner_constraint
from voices.models.voice import Voice


class Comparison(OwnedModel):
    """`first` and `second` are numbers of versions, in the order drawn by lot in which they are heard as A and B;
    `choice` is the person's. Its two sounds are files of the job. The tally outlives the sounds, and goes with
    the voice.

    The database keeps no references: servers that do not know the table delete voices and jobs beside this one
    while they are renewed.
    """

    class Choice(models.TextChoices):
        A = "a"
        B = "b"
        SAME = "same"

    voice = models.ForeignKey(
        Voice, on_delete=models.CASCADE, related_name="comparisons", db_constraint=False
    )
    job = models.ForeignKey(
        Job, null=True, on_delete=models.SET_NULL, related_name="comparisons", db_constraint=False
    )
    text = models.CharField(max_length=300)
    first = models.PositiveIntegerField()
    second = models.PositiveIntegerField()
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [owner_constraint("comparison_has_one_owner")]

    def __str__(self) -> str:
        return f"{self.voice_id} {self.first}:{self.second}"
