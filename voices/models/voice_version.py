"""What a voice sounded like from one change to the next."""

import uuid
from typing import Any

from django.db import models

from voices.models.job import Job
from voices.models.voice import Voice

INSTANT = "instant"  # measured from its recordings; others are trained
FITTED = "fitted"  # the measured one moved until it sounds like them
STUDIO = "studio"  # with weights of its own, trained from a dataset
MERGED = "merged"  # between other voices


def weights_name(voice_id: uuid.UUID, sha256: str) -> str:
    """Where the weights of a voice's version lie in the storage."""
    return f"weights/{voice_id}/{sha256}.voice"


class VoiceVersion(models.Model):
    """`profile` is what the engine needs to speak in it, `weights` the sha256 of a model of its own where one
    was trained, `figures` what tells people one version from another. Never changed, and gone with its voice.
    The weights are a file of the voice (`weights_name`), which several of its versions may share.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    profile = models.JSONField(default=dict)
    weights = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(default=dict)
    job = models.ForeignKey(
        Job, null=True, on_delete=models.SET_NULL, related_name="voice_versions"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["voice", "number"], name="one_version_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.voice_id} {self.number}"

    @property
    def spoken(self) -> dict[str, Any]:
        """The profile, and where the engine finds the weights that go with it."""
        if not self.weights:
            return dict(self.profile)
        where = {"name": weights_name(self.voice_id, self.weights), "sha256": self.weights}
        return {**self.profile, "deltas": [{**where, "share": 1.0}]}
