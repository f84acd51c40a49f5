"""Writes one sentence out in full words: the order of the rules.

Each rule is a function from text to text in a file of its own; earlier rules see the rawer text.
"""

import re

from tts_engine.text.abbreviations import expand_abbreviations
from tts_engine.text.chemistry import say_formulas
from tts_engine.text.chess import say_chess
from tts_engine.text.cleaning import clean_text
from tts_engine.text.coordinates import say_angles
from tts_engine.text.dates import say_dates
from tts_engine.text.identifiers import say_books, say_identifiers
from tts_engine.text.initialisms import say_initialisms, say_types
from tts_engine.text.latin_letters import say_latin, say_latin_compounds, say_latin_letters
from tts_engine.text.marks import keep_marks
from tts_engine.text.mixed_numbers import join_compounds, say_mixed_numbers
from tts_engine.text.numbers import say_numbers
from tts_engine.text.powers import say_powers
from tts_engine.text.quantities import say_quantities
from tts_engine.text.roman import say_roman
from tts_engine.text.shorthand import write_out_shorthand
from tts_engine.text.signs import (
    drop_misplaced_marks,
    hyphenate_ordinals,
    say_comparisons,
    say_products,
    say_signs,
    say_signs_with_numbers,
    say_unknowns,
)
from tts_engine.text.web import say_addresses

RULES = (
    say_mixed_numbers,
    say_powers,
    say_chess,
    clean_text,
    join_compounds,
    say_addresses,
    drop_misplaced_marks,
    say_identifiers,
    say_angles,
    say_formulas,
    say_unknowns,
    hyphenate_ordinals,
    say_books,
    write_out_shorthand,
    say_types,
    say_latin_compounds,
    say_latin,
    say_comparisons,
    say_products,
    say_dates,
    say_roman,
    say_quantities,
    expand_abbreviations,
    say_latin_letters,
    say_signs_with_numbers,
    say_initialisms,
    say_numbers,
    say_signs,
)
_UNREAD = re.compile(r"[^\w\s+.,;:!?…—()\[\]'\"\ue000-\uf8ff-]|_")
_SLASH = re.compile(r"[/\\|]")


def normalize_sentence(text: str) -> str:
    """Spell out numbers, signs and abbreviations of a sentence.

    Args:
        text: one sentence; `+` before a vowel and U+0301 after it mark stress and stay (as `+`).

    Returns:
        Russian and Latin words with . , ; : ! ? … — ( ) and quotes; no digits.
    """
    return keep_marks(text, _write_out)


def _write_out(text: str) -> str:
    for rule in RULES:
        text = rule(text)
    text = re.sub(r"\s?[–]\s?", " — ", text)
    text = _UNREAD.sub(" ", _SLASH.sub(" ", text))
    text = re.sub(r"\s+([,.;:!?…)])", r"\1", text)
    return " ".join(text.split())
