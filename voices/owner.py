"""Whose rows they are: a user's (API key) or a visitor's (site without an account)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Exactly one of the first two is set.

    `address` is where a visitor calls from, when that is known: a browser that drops its cookie is a
    new visitor, so what visitors use is counted by address too.
    """

    user_id: int | None = None
    visitor: UUID | None = None
    address: str = field(default="", compare=False)

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
        return self.q_through("")

    def q_through(self, relation: str) -> Q:
        """Rows that belong to this owner's through `relation`, for instance "job__"."""
        if self.visitor is None:
            return Q((f"{relation}user_id", self.user_id))
        return Q((f"{relation}visitor", self.visitor))
