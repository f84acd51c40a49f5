"""Words whose sounds are given, by markup or by a person's dictionary.

In a text each is one private-use character, which passes through normalisation as it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spoken:
    """As shown, and its symbols of the inventory."""

    text: str
    phonemes: tuple[str, ...]
