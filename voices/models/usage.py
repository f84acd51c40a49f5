"""What was used: by owner and day, and by whom a rate limit counts."""

from django.db import models
from django.db.models import Q

from voices.models.owned import OwnedModel, owner_constraint


class UsageDay(OwnedModel):
    """One owner's day (UTC). Characters and jobs count when a job is queued, seconds of audio when it is made,
    seconds of work when a worker lets go of a job, for kinds that count it.

    Its row is also the lock under which an owner's quotas are checked.
    """

    day = models.DateField()
    characters = models.PositiveBigIntegerField(default=0)
    jobs = models.PositiveIntegerField(default=0)
    audio_seconds = models.FloatField(default=0.0)
    worked_seconds = models.FloatField(default=0.0, db_default=0.0)

    class Meta:
        ordering = ["-day"]
        constraints = [
            owner_constraint("usage_day_has_one_owner"),
            models.UniqueConstraint(
                fields=["user", "day"],
                condition=Q(user__isnull=False),
                name="one_usage_row_per_user_and_day",
            ),
            models.UniqueConstraint(
                fields=["visitor", "day"],
                condition=Q(visitor__isnull=False),
                name="one_usage_row_per_visitor_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.characters}"


class RateWindow(models.Model):
    """How often something was done since `started_at`; `key` names what and, hashed, by whom."""

    key = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField(db_index=True)
    count = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key
