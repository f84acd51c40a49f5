"""What a book's description holds: 320 с., ISBN 978-5-17-118366-1. Before units are read: с. is no second here."""

import re

from tts_engine.text.morphology import counted
from tts_engine.text.numerals import digits

_BOOK = re.compile(r"\bISBN\b|\bэкз\.|\b[Тт]ираж|\b[Ии]зд(?:\.|-во|ательств)")
_PAGES = re.compile(r"(?<![\d.,])(\d{1,4})\s?с\.(?!\s?\d)")
_ISBN = re.compile(r"\bISBN:?\s?((?:\d{1,7}-){3,4}[\dXХ])(?![\d-])")


def say_books(text: str) -> str:
    """Pages and numbers of books, in texts that describe one."""
    if not _BOOK.search(text):
        return text
    text = _ISBN.sub(lambda found: f"и эс би эн {_groups(found[1])}", text)
    return _PAGES.sub(lambda found: f"{found[1]} {counted('страница', int(found[1]))}", text)


def _groups(number: str) -> str:
    return ", ".join(digits(group) or "икс" for group in number.split("-"))
