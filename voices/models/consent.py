"""Who declared the right to a voice, and the phrases that are read aloud to prove it."""

import uuid
from typing import Any, NoReturn

from django.db import models

from voices.models.owned import OwnedModel, owner_constraint
from voices.models.voice import Voice

SPOKEN_TEXT = "spoken"  # text_version of a record of a phrase read aloud


class ImmutableError(Exception):
    """Something tried to change or remove a consent record."""


class ConsentRecords(models.QuerySet):
    """Rows that can be added and read only."""

    def update(self, **_: Any) -> NoReturn:
        raise ImmutableError("consent records are never changed")

    def delete(self) -> NoReturn:
        raise ImmutableError("consent records are never removed")


class ConsentRecord(models.Model):
    """One confirmation. Written once; it outlives the voice and the account, so it refers to both by
    value and holds no sound and no d-vector.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement"
        SPOKEN = "spoken"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    voice = models.UUIDField(db_index=True)
    voice_name = models.CharField(max_length=100)
    user = models.BigIntegerField(null=True, blank=True, db_index=True)
    user_name = models.CharField(max_length=150, blank=True)
    visitor = models.UUIDField(null=True, blank=True)
    text_version = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    text = models.TextField()
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    given_at = models.DateTimeField()

    objects = ConsentRecords.as_manager()

    class Meta:
        ordering = ["given_at", "id"]

    def __str__(self) -> str:
        return self.voice_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError("consent records are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise ImmutableError("consent records are never removed")


class ConsentPhrase(models.Model):
    """A phrase to be read aloud: shown once, used once, for a while. `outcome` is what was heard."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="consent_phrases")
    text = models.CharField(max_length=300)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.text


class VoiceConsent(OwnedModel):
    """A recorded consent, as OpenAI's clients give it before they make voices: what was confirmed, and from
    where. The recording was listened to and thrown away.
    """

    name = models.CharField(max_length=100)
    language = models.CharField(max_length=35)  # as BCP 47 has it
    text_version = models.CharField(max_length=16)
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [owner_constraint("voice_consent_has_one_owner")]

    def __str__(self) -> str:
        return self.name
