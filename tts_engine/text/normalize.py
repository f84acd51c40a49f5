"""Spells out numbers and signs of one sentence."""

import re
import unicodedata

from num2words import num2words


def normalize_sentence(text: str) -> str:
    """First version: NFC, stress marks, plain cardinals."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"([аеёиоуыэюяАЕЁИОУЫЭЮЯ])\u0301", r"+\1", text)
    text = re.sub(r"[–—]|\s-\s", " — ", text)
    text = re.sub(r"[;:()\[\]]", ",", text).replace("...", "…")
    return re.sub(r"\d{1,15}", lambda found: num2words(int(found.group()), lang="ru"), text)
