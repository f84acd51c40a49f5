"""Text search that is the same in every database."""

import re

from django.db.models import Q


def contains(words: str, *fields: str) -> Q:
    """Rows where one of the fields contains the words; no matter the case, е or ё.

    A regular expression, because LIKE of SQLite knows the case of Latin letters only.
    """
    return _matching(_pattern(words), fields)


def called(name: str, *fields: str) -> Q:
    """Rows where one of the fields is that name; no matter the case, е or ё."""
    return _matching(f"^{_pattern(name)}$", fields)


def _pattern(words: str) -> str:
    return re.sub("[её]", "[её]", re.escape(words.strip()), flags=re.IGNORECASE)


def _matching(pattern: str, fields: tuple[str, ...]) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__iregex": pattern})
    return found
