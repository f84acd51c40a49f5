"""The one phoneme inventory of text, recognizer and synthesizer.

Standard Moscow Russian in IPA (Yanushevskaya & Buncic, "Russian", JIPA 2015). Stress is carried by the
vowel itself: the six full vowels are stressed, the five reduced ones are not. Long consonants are two
equal tokens. Foreign sounds are mapped to their nearest Russian neighbours before they reach this table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PAD = "_"
START = "^"

STRESSED_VOWELS = ("a", "e", "i", "o", "u", "ɨ")
REDUCED_VOWELS = ("ɐ", "ə", "ɪ", "ʊ", "ᵻ")
HARD_CONSONANTS = (
    "b", "p", "v", "f", "g", "k", "d", "t", "z", "s", "ʐ", "ʂ", "ts", "x", "m", "n", "l", "r",
)  # fmt: skip
SOFT_CONSONANTS = (
    "bʲ", "pʲ", "vʲ", "fʲ", "gʲ", "kʲ", "dʲ", "tʲ", "zʲ", "sʲ", "xʲ", "mʲ", "nʲ", "lʲ", "rʲ",
    "tɕ", "ɕː", "j",
)  # fmt: skip
VOWELS = STRESSED_VOWELS + REDUCED_VOWELS
PHONEMES = VOWELS + HARD_CONSONANTS + SOFT_CONSONANTS

COMMA, DASH, PERIOD, QUESTION, EXCLAMATION, ELLIPSIS = ",", "—", ".", "?", "!", "…"
FINAL_PAUSES = (PERIOD, QUESTION, EXCLAMATION, ELLIPSIS)
PAUSES = (COMMA, DASH, *FINAL_PAUSES)

SYMBOLS = (PAD, START, *PAUSES, *PHONEMES)
SYMBOL_IDS = {symbol: index for index, symbol in enumerate(SYMBOLS)}


def symbols_to_ids(symbols: Sequence[str]) -> list[int]:
    """Token ids of symbols; an unknown symbol is a KeyError, our own fault."""
    return [SYMBOL_IDS[symbol] for symbol in symbols]


def is_phoneme(symbol: str) -> bool:
    """Whether a symbol is a sound, not a pause or a marker."""
    return SYMBOL_IDS[symbol] >= SYMBOL_IDS[PHONEMES[0]]


def phonemes_only(symbols: Iterable[str]) -> list[str]:
    """Drop pauses and markers."""
    return [symbol for symbol in symbols if is_phoneme(symbol)]


def phonemes_to_ipa(phonemes: Iterable[str]) -> str:
    """Readable IPA of one word, a stress mark before each stressed vowel: z ˈa m ə k -> zˈamək."""
    return "".join(f"ˈ{p}" if p in STRESSED_VOWELS else p for p in phonemes)


@dataclass(frozen=True)
class Spoken:
    """A word whose sounds are given, by markup or a person's dictionary: as shown, and its symbols.

    In a text it is one private-use character, which passes through normalisation as it is.
    """

    text: str
    phonemes: tuple[str, ...]
