"""Whose rows they are: a user's (API key) or a visitor's (site without an account)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Exactly one of the two is set."""

    user_id: int | None = None
    visitor: UUID | None = None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.visitor is None):
            raise ValueError("an owner is either a user or a visitor")

    @property
    def fields(self) -> dict[str, Any]:
        """Column values for a new row; also a filter."""
        return {"user_id": self.user_id, "visitor": self.visitor}

    @property
    def q(self) -> Q:
        """Rows of this owner."""
        return Q(user_id=self.user_id) if self.visitor is None else Q(visitor=self.visitor)
