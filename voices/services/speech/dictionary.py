"""One's own dictionary: words are added, changed, removed, and picked for a text."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from voices import engine
from voices.errors import TooLarge
from voices.models import DictionaryEntry
from voices.owner import Owner
from voices.selectors.dictionary import dictionary_entry_get, dictionary_list


@transaction.atomic
def dictionary_entry_save(*, owner: Owner, word: str, said: str) -> DictionaryEntry:
    """Add a word, or change how it is said.

    Raises:
        BadInput: `dictionary_bad_word`, `dictionary_bad_reading`, `unknown_phoneme`.
        TooLarge: `dictionary_too_long`.
    """
    [(plain, reading)] = engine.dictionary_check({word: said}).items()
    entry, is_new = DictionaryEntry.objects.update_or_create(
        **owner.fields, word=plain, defaults={"said": reading}
    )
    limit = settings.DICTIONARY_LIMIT
    if is_new and dictionary_list(owner=owner).count() > limit:
        raise TooLarge(
            "dictionary_too_long",
            f"the dictionary has {limit} words, which is the most",
            f"в словаре уже {limit} слов, больше нельзя",
            limit=limit,
        )
    return entry


def dictionary_entry_delete(*, owner: Owner, entry_id: UUID) -> None:
    """Raises NotFound: no such word of this owner."""
    dictionary_entry_get(owner=owner, entry_id=entry_id).delete()


def dictionary_applied(*, text: str, stored: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """What applies to a text: the owner's stored dictionary, and over it the one that came with the request.

    Only words that occur in the text are returned.

    Raises:
        BadInput: a word or reading of the request's dictionary is no such thing.
    """
    lowered = " ".join(text.lower().replace("ё", "е").split())
    whole = {**stored, **engine.dictionary_check(own)}
    return {word: said for word, said in whole.items() if word in lowered}
