"""A voice to speak in: one of the bank, or somebody's own."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from voices.models.owned import OwnedModel, owner_constraint

if TYPE_CHECKING:
    from voices.models.stored_file import StoredFile


class Voice(OwnedModel):
    """It speaks as its `active_version`; there is none until it is enrolled. `versions_made` counts them.

    `speed`, `pitch` and `variation` hold where a request leaves them out. `spoken_consent_embedding` is
    the d-vector of the phrase that the voice's owner read aloud. `shipped_fingerprint` is of what a bank
    voice's row was written from. `last_heard_at` is when a job of an own
    voice was made, to the day: it outlives the jobs.
    """

    class Status(models.TextChoices):
        ENROLLING = "enrolling"
        READY = "ready"

    class Gender(models.TextChoices):
        FEMALE = "female"
        MALE = "male"
        UNKNOWN = ""

    is_bank = models.BooleanField(default=False)
    slug = models.SlugField(max_length=64, null=True, blank=True, unique=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ENROLLING)
    name = models.CharField(max_length=100)
    name_ru = models.CharField(max_length=100, blank=True)
    description = models.TextField(max_length=1000, blank=True)
    description_ru = models.TextField(max_length=1000, blank=True)
    gender = models.CharField(
        max_length=8, choices=Gender.choices, blank=True, default=Gender.UNKNOWN
    )
    language = models.CharField(max_length=16, default="ru")
    licence = models.CharField(max_length=200, blank=True)
    attribution = models.TextField(blank=True)
    active_version = models.ForeignKey(
        "VoiceVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    versions_made = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    preview_fingerprint = models.CharField(max_length=64, blank=True)
    shipped_fingerprint = models.CharField(max_length=64, blank=True, default="", db_default="")
    speed = models.FloatField(null=True, blank=True)
    pitch = models.FloatField(null=True, blank=True)
    variation = models.FloatField(null=True, blank=True)
    last_heard_at = models.DateTimeField(null=True, editable=False)
    spoken_consent_at = models.DateTimeField(null=True, blank=True)
    spoken_consent_embedding = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-is_bank", "created_at", "id"]
        constraints = [
            owner_constraint("voice_has_one_owner", or_nobody=Q(is_bank=True)),
            models.CheckConstraint(
                condition=Q(is_bank=False) | Q(slug__isnull=False), name="bank_voice_has_slug"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def profile(self) -> dict[str, Any]:
        """What the engine needs to speak in it; empty until enrolled."""
        return self.active_version.spoken if self.active_version else {}

    @cached_property
    def preview(self) -> "StoredFile | None":
        """What it sounds like, or sounded when it was made; `preview_fingerprint` tells."""
        return self.files.filter(role="preview").first()
