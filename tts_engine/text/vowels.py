"""Vowel reduction of standard Moscow Russian.

*Source:* Avanesov, "Русское литературное произношение"; Yanushevskaya & Bunčić (JIPA 2015).
Akanje: а/о are ɐ just before the stress and word-initially, ə elsewhere; ikanje: а/е are ɪ after soft
consonants; е/э/ы are ᵻ after hard ones.
"""

STRESSED = {"а": "a", "я": "a", "о": "o", "ё": "o", "е": "e", "э": "e", "Э": "e",
            "и": "i", "ы": "ɨ", "у": "u", "ю": "u"}  # fmt: skip
OPEN_LETTERS = "ао"


def stressed_vowel(letter: str, *, after_hard: bool) -> str:
    """The full vowel of a letter; и after a hard consonant is ɨ."""
    return "ɨ" if letter == "и" and after_hard else STRESSED[letter]


def reduced_vowel(
    letter: str, *, after_hard: bool, after_soft: bool, strong: bool, ending: bool
) -> str:
    """The unstressed vowel of a letter.

    Args:
        letter: the vowel letter as respelled.
        after_hard: a hard consonant stands before it.
        after_soft: a soft consonant or j stands before it.
        strong: first pretonic, word-initial or next to another а/о: ɐ instead of ə.
        ending: a grammatical ending in я, а, е that keeps ə after soft consonants.
    """
    if letter in "ую":
        return "ʊ"
    if letter in "ыиеэЭ":
        if ending:
            return "ə"
        return "ᵻ" if letter == "ы" or after_hard else "ɪ"
    if after_soft and letter in "ая":
        return "ə" if ending else "ɪ"
    return "ɐ" if strong else "ə"
