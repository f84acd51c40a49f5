"""Text search that is the same in every database."""

import re

from django.db.models import Q


def contains(words: str, *fields: str) -> Q:
    """Rows where one of the fields contains the words; no matter the case, е or ё.

    A regular expression, because LIKE of SQLite knows the case of Latin letters only.
    """
    pattern = re.sub("[её]", "[её]", re.escape(words.strip()), flags=re.IGNORECASE)
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__iregex": pattern})
    return found
