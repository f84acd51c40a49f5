"""One sound of a phonetic word while the rules are still at work on it."""

from dataclasses import dataclass

from tts_engine.text.symbols import SOFT_CONSONANTS

VOICED_TO_VOICELESS = {"b": "p", "v": "f", "g": "k", "d": "t", "z": "s", "ʐ": "ʂ"}
VOICELESS_TO_VOICED = {voiceless: voiced for voiced, voiceless in VOICED_TO_VOICELESS.items()}
OBSTRUENTS = (
    frozenset(VOICED_TO_VOICELESS) | frozenset(VOICELESS_TO_VOICED) | {"ts", "tɕ", "ɕː", "x"}
)
ALWAYS_SOFT = frozenset({"tɕ", "ɕː", "j"})
_SOFT_PAIRS = {symbol[:-1] for symbol in SOFT_CONSONANTS if symbol.endswith("ʲ")}


@dataclass(slots=True)
class Sound:
    """A consonant (base symbol and softness) or a vowel (its letter until it is reduced).

    Attributes:
        base: consonant symbol without ʲ, or the vowel letter.
        word: index of the written word inside its phonetic word.
        is_vowel: whether `base` is a vowel letter.
        soft: palatalised; only consonants.
        stressed: only vowels.
        initial: the vowel begins its written word.
        ending: the vowel is an ending that keeps ə.
        closes: the last sound of a word or of a part of a hyphenated word that is said as a full word.
    """

    base: str
    word: int
    is_vowel: bool = False
    soft: bool = False
    stressed: bool = False
    initial: bool = False
    ending: bool = False
    closes: bool = False

    @property
    def is_obstruent(self) -> bool:
        return not self.is_vowel and self.base in OBSTRUENTS

    @property
    def is_voiced_obstruent(self) -> bool:
        return self.base in VOICED_TO_VOICELESS

    @property
    def sounds_soft(self) -> bool:
        return self.soft or self.base in ALWAYS_SOFT

    def consonant_symbol(self) -> str:
        """The inventory symbol of a consonant."""
        return f"{self.base}ʲ" if self.soft and self.base in _SOFT_PAIRS else self.base
