"""English words in the sounds of the Russian inventory, through espeak-ng's en-us voice.

Every phoneme of that voice goes to its nearest Russian neighbour: θ s, ð z, w ʊ, h x, ŋ n, æ e, ʌ a,
ɜː er. Before i and j consonants are soft, as in Russian loan words. Final consonants stay voiced.
"""

import re
import unicodedata
from functools import lru_cache

from tts_engine.text.datafiles import read_entries, read_pairs
from tts_engine.text.espeak import espeak_ipa
from tts_engine.text.symbols import SOFT_CONSONANTS, STRESSED_VOWELS

# Longest symbols first; a vowel is (stressed sounds, unstressed sounds).
_VOWELS: dict[str, tuple[str, str]] = {
    "eɪ": ("e j", "ɪ j"), "aɪ": ("a j", "ɐ j"), "ɔɪ": ("o j", "ə j"), "oʊ": ("o ʊ", "ə ʊ"), "aʊ": ("a ʊ", "ɐ ʊ"),
    "iː": ("i", "ɪ"), "uː": ("u", "ʊ"), "ɑː": ("a", "ɐ"), "ɔː": ("o", "ə"), "ɜː": ("e r", "ə r"), "oː": ("o", "ə"),
    "ɑ̃": ("a n", "ɐ n"), "ɔ̃": ("o n", "ə n"), "eː": ("e", "ᵻ"), "aː": ("a", "ɐ"), "ɛː": ("e", "ᵻ"),
    "a": ("a", "ɐ"), "ɑ": ("a", "ɐ"), "æ": ("e", "ᵻ"), "ʌ": ("a", "ɐ"), "ɐ": ("a", "ə"), "ə": ("a", "ə"),
    "ɚ": ("e r", "ə r"), "ɝ": ("e r", "ə r"), "ɜ": ("e", "ə"), "e": ("e", "ᵻ"), "ɛ": ("e", "ᵻ"), "i": ("i", "ɪ"),
    "ɪ": ("i", "ɪ"), "ᵻ": ("i", "ɪ"), "y": ("u", "ʊ"), "o": ("o", "ə"), "ɔ": ("o", "ə"), "ɒ": ("o", "ə"),
    "u": ("u", "ʊ"), "ʊ": ("u", "ʊ"), "ø": ("e", "ᵻ"), "œ": ("e", "ᵻ"),
}  # fmt: skip
_CONSONANTS = {
    "tʃ": "tɕ", "dʒ": "d ʐ", "b": "b", "d": "d", "f": "f", "ɡ": "g", "g": "g", "h": "x", "x": "x", "ç": "xʲ",
    "j": "j", "k": "k", "l": "l", "ɫ": "l", "ɬ": "l", "m": "m", "n": "n", "ɲ": "nʲ", "ŋ": "n", "p": "p", "ɹ": "r",
    "r": "r", "ɾ": "d", "s": "s", "ʃ": "ʂ", "t": "t", "ʔ": "t", "v": "v", "w": "ʊ", "ʍ": "ʊ", "z": "z", "ʒ": "ʐ",
    "θ": "s", "ð": "z", "n̩": "ə n", "l̩": "ə l", "m̩": "ə m", "əl": "ə l",
}  # fmt: skip
_PIECES = re.compile(
    "|".join(sorted(map(re.escape, [*_VOWELS, *_CONSONANTS, "ˈ", "ˌ"]), key=lambda p: -len(p)))
)
_SOFT = frozenset(SOFT_CONSONANTS)
_FRONT = frozenset({"i", "ɪ", "j"})
_LETTERS = ["a", "e", "i", "o", "u", "y"]
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+")
_SPELLED_LENGTH = 3  # capitals up to this length are read letter by letter
LETTER_NAMES = {
    "A": "e j", "B": "bʲ i", "C": "sʲ i", "D": "dʲ i", "E": "i", "F": "e f", "G": "d ʐ ɨ", "H": "e j tɕ", "I": "a j",
    "J": "d ʐ e j", "K": "k e j", "L": "e l", "M": "e m", "N": "e n", "O": "o ʊ", "P": "pʲ i", "Q": "kʲ j u",
    "R": "a r", "S": "e s", "T": "tʲ i", "U": "j u", "V": "vʲ i", "W": "d a b lʲ j u", "X": "e k s", "Y": "ʊ a j",
    "Z": "z e t",
}  # fmt: skip


def english_to_phonemes(text: str) -> list[tuple[str, ...]]:
    """Say English text, one tuple of inventory symbols for each word.

    Args:
        text: any text; words are runs of Latin letters (an apostrophe may join them) and runs of digits;
            marks over letters are ignored. Capitals such as USB are spelled.

    Returns:
        Symbols of tts_engine/text/symbols.py for each word, without pauses. A word espeak-ng cannot say is
        spelled, so no tuple is empty.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return [_say_word(word) for word in _WORD.findall(bare)]


def spell_english(letters: str) -> tuple[str, ...]:
    """Names of Latin letters said one after another: USB -> j u e s bʲ i."""
    return tuple(s for letter in letters.upper() for s in LETTER_NAMES.get(letter, "").split())


@lru_cache(maxsize=1)
def _weak_forms() -> dict[str, str]:
    return read_pairs("english_weak_forms.txt")


@lru_cache(maxsize=1)
def _spoken_capitals() -> frozenset[str]:
    return frozenset(read_entries("english_acronyms.txt"))


def is_spelled(word: str) -> bool:
    """Whether a Latin word is read letter by letter."""
    if len(word) == 1:
        return word not in ("a", "A", "I")
    if not word.isupper() or not word.isalpha() or word in _spoken_capitals():
        return False
    return len(word) <= _SPELLED_LENGTH or not any(vowel in word.lower() for vowel in _LETTERS)


@lru_cache(maxsize=32_768)
def _say_word(word: str) -> tuple[str, ...]:
    word = word.replace("’", "'")
    if is_spelled(word):
        return spell_english(word)
    ipa = _weak_forms().get(word.lower()) or espeak_ipa(word.lower(), "en-us")
    return ipa_to_phonemes(ipa) or spell_english(word)


def ipa_to_phonemes(ipa: str) -> tuple[str, ...]:
    """Map English IPA with ˈ ˌ to the inventory; unknown symbols are skipped."""
    sounds: list[str] = []
    stressed = False
    for piece in _PIECES.findall(ipa):
        if piece in "ˈˌ":
            stressed = True
        elif piece in _VOWELS:
            sounds.extend(_VOWELS[piece][0 if stressed else 1].split())
            stressed = False
        else:
            sounds.extend(_CONSONANTS[piece].split())
    return tuple(_palatalise(sounds))


def _palatalise(sounds: list[str]) -> list[str]:
    said = list(sounds)
    for index in range(len(said) - 1):
        soft = f"{said[index]}ʲ"
        if soft in _SOFT and said[index + 1] in _FRONT:
            said[index] = soft
        elif said[index] in "ʐʂ" and said[index + 1] in ("i", "ɪ"):
            said[index + 1] = "ɨ" if said[index + 1] in STRESSED_VOWELS else "ᵻ"
    return said
