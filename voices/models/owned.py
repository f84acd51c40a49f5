"""What every row that belongs to somebody has."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class OwnedModel(models.Model):
    """A row of a user or of a visitor; `owner_constraint` says so to the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    visitor = models.UUIDField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


def owner_constraint(name: str, *, or_nobody: Q | None = None) -> models.CheckConstraint:
    """Exactly one owner; none at all where `or_nobody` holds."""
    one: Any = Q(user__isnull=False, visitor__isnull=True) | Q(
        user__isnull=True, visitor__isnull=False
    )
    if or_nobody is not None:
        nobody = Q(user__isnull=True, visitor__isnull=True)
        one = (one & ~or_nobody) | (nobody & or_nobody)
    return models.CheckConstraint(condition=one, name=name)
