"""A word of somebody's own dictionary."""

from django.db import models
from django.db.models import Q

from voices.models.owned import OwnedModel, owner_constraint


class DictionaryEntry(OwnedModel):
    """`word` in lower case; `said` is a stress, other words, or sounds between slashes."""

    word = models.CharField(max_length=64)
    said = models.CharField(max_length=200)

    class Meta:
        ordering = ["word"]
        verbose_name_plural = "dictionary entries"
        constraints = [
            owner_constraint("dictionary_entry_has_one_owner"),
            models.UniqueConstraint(
                fields=["user", "word"],
                condition=Q(user__isnull=False),
                name="one_reading_per_user_and_word",
            ),
            models.UniqueConstraint(
                fields=["visitor", "word"],
                condition=Q(visitor__isnull=False),
                name="one_reading_per_visitor_and_word",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} = {self.said}"
