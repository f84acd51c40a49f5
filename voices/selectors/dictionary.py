"""Somebody's own dictionary."""

from uuid import UUID

from django.db.models import QuerySet

from voices.errors import NotFound
from voices.models import DictionaryEntry
from voices.owner import Owner


def dictionary_list(*, owner: Owner, search: str = "") -> QuerySet[DictionaryEntry]:
    """Entries by the alphabet."""
    entries = DictionaryEntry.objects.filter(owner.q)
    return entries.filter(word__contains=search.lower()) if search else entries


def dictionary_of(*, owner: Owner) -> dict[str, str]:
    """All words and how they are said."""
    return dict(DictionaryEntry.objects.filter(owner.q).values_list("word", "said"))


def dictionary_entry_get(*, owner: Owner, entry_id: UUID) -> DictionaryEntry:
    """Raises NotFound, also when it belongs to somebody else."""
    entry = DictionaryEntry.objects.filter(owner.q, pk=entry_id).first()
    if entry is None:
        raise NotFound(
            "unknown_word", "no such word in the dictionary", "в словаре нет такого слова"
        )
    return entry
