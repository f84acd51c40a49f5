"""Latin words with a settled Russian reading; all others are left for english.py."""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs


@lru_cache(maxsize=1)
def _readings() -> tuple[re.Pattern[str], dict[str, str]]:
    table = read_pairs("latin_words.txt")
    words = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z]|[+#])", re.IGNORECASE), table


def say_latin(text: str) -> str:
    """Replace brands and common Latin words by their Russian readings."""
    pattern, table = _readings()
    return pattern.sub(lambda found: table[found.group().lower()], text)
