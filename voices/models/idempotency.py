"""Keys that programs send so that a repeated call makes nothing twice."""

from django.db import models
from django.db.models import Q

from voices.models.batch import Batch
from voices.models.job import Job
from voices.models.owned import OwnedModel, owner_constraint


class IdempotencyKey(OwnedModel):
    """`fingerprint` is a digest of the call; the key belongs to the first call that brought it."""

    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]
        constraints = [
            owner_constraint("idempotency_key_has_one_owner"),
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=Q(user__isnull=False),
                name="one_call_per_user_and_key",
            ),
            models.UniqueConstraint(
                fields=["visitor", "key"],
                condition=Q(visitor__isnull=False),
                name="one_call_per_visitor_and_key",
            ),
        ]

    def __str__(self) -> str:
        return self.key
