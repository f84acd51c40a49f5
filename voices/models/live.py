"""Somebody speaking in another voice, at this moment or earlier."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from voices.models.owned import OwnedModel, owner_constraint
from voices.models.voice import Voice
from voices.models.voice_version import VoiceVersion

LOST_SECONDS = 15  # a talk that has said nothing for longer is over


class LiveSession(OwnedModel):
    """One talk: asked for with a ticket, begun with it once, ended. What is said is not kept.

    `digest` is of the ticket; `beat_at` says that the talk goes on, `seconds` how long it has lasted.

    The database keeps no references: servers that do not know the table delete voices beside this one while they
    are renewed.
    """

    digest = models.CharField(max_length=64, unique=True)
    voice = models.ForeignKey(
        Voice, on_delete=models.CASCADE, related_name="live_sessions", db_constraint=False
    )
    version = models.ForeignKey(
        VoiceVersion, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    settings = models.JSONField(default=dict)
    rights = models.JSONField(default=dict)
    beat_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)
    seconds = models.FloatField(default=0.0)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [owner_constraint("live_session_has_one_owner")]

    @property
    def over_at(self) -> datetime | None:
        """When it ended, or was heard of last if its process was lost; None: it goes on, or has not begun."""
        if self.ended_at is not None or self.beat_at is None:
            return self.ended_at
        lost = timezone.now() - self.beat_at > timedelta(seconds=LOST_SECONDS)
        return self.beat_at if lost else None

    def __str__(self) -> str:
        return f"{self.voice_id} {self.seconds:.0f} s"
