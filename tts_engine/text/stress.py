"""Stress of Russian words in their sentence, and the letter ё.

What wins, first to last: a `+` typed by the user; ё; words without stress (clitics); names; words whose company
tells them apart; requests; readings told by grammar; the exceptions file and the list of stems; silero-stress
(homographs by a small BERT, other words by n-grams); espeak-ng's dictionary and rules; the last vowel but one. Last,
some prepositions take the stress of their noun. One-syllable words need no mark.
"""

import logging
import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from tts_engine import lapses
from tts_engine.text.accentor import accentuate as silero_accentuate
from tts_engine.text.clitics import is_clitic
from tts_engine.text.company import choose_by_company
from tts_engine.text.datafiles import read_entries, read_pairs
from tts_engine.text.espeak import espeak_ipa
from tts_engine.text.imperatives import stress_requests
from tts_engine.text.morphology import is_plain_word
from tts_engine.text.names import stress_names
from tts_engine.text.readings import choose_readings
from tts_engine.text.shifted import shift_stress
from tts_engine.text.spelling import MARK, VOWEL_LETTERS, mark_vowel, vowel_positions

logger = logging.getLogger(__name__)

_LONGEST_ENDING = 3
_ESPEAK_VOWELS = frozenset("aɑɐʌæeɛəiɪɨyoɔɵuʊʉ")
_UNSTRESSED_PARTS = frozenset(
    [
        "то",
        "ка",
        "либо",
        "нибудь",
        "таки",
        "де",
        "с",
        "тка",
        "по",
        "во",
        "в",
        "кое",
        "кой",
        "из",
        "за",
        "под",
        "на",
    ]
)
# трёхэтажный: the model would stress ё of the first part and miss the main stress of the second.
_BIG_NUMBER = re.compile(
    r"^(?:(?:один|две|три|четыр|пят|шест|сем|восем|девят)надцати|(?:два|три)дцати|сорока"
    r"|(?:пяти|шести|семи|восьми)десяти|девяноста|(?:двух|трех|трёх|четырех|четырёх|пяти|шести)сот)(?=[а-яё]{4,}$)"
)
_THREE_OR_FOUR = re.compile(r"^(?:тр|четыр)[её]х(?=[а-яё]*[аеёиоуыэюя][а-яё]*$)(?=[а-яё]{2})")
_RUSSIAN_LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, str]:
    marked = read_pairs("stress_exceptions.txt")
    return {word.replace("ё", "е"): spelling for word, spelling in marked.items()}


@lru_cache(maxsize=1)
def _stems() -> dict[str, str]:
    marked = read_entries("stress_stems.txt")
    return {stem.replace(MARK, "").replace("ё", "е"): stem for stem in marked}


@lru_cache(maxsize=8_192)
def _by_stem(word: str) -> str | None:
    """The word with the stress of its stem, None when no stem is listed."""
    for ending in range(_LONGEST_ENDING + 1):
        cut = len(word) - ending
        stem = _stems().get(word[:cut].replace("ё", "е"))
        if stem:
            return stem + word[cut:]
    return None


def count_vowels(word: str) -> int:
    """How many vowel letters a lower-case Cyrillic word has."""
    return sum(letter in VOWEL_LETTERS for letter in word)


def stress_sentence(
    tokens: Sequence[str], accentuate: Callable[[str], str] = silero_accentuate
) -> list[str]:
    """Mark the stress of every Russian word of one sentence and restore ё.

    Args:
        tokens: words and punctuation as typed, in their order, no white space inside; words may carry `+`.
        accentuate: the model; takes and gives lower-case tokens joined by spaces.

    Returns:
        The same number of tokens, Russian ones in lower case; words of several syllables carry `+` (clitics, and
        words that gave their stress to a preposition, do not).
    """
    if not any(map(_is_russian, tokens)):
        return list(tokens)
    lowered = [token.lower() if _is_russian(token) else token for token in tokens]
    bare = [_without_number(token) for token in lowered]
    stressed = []
    for token, rest, guess in zip(lowered, bare, _guesses(bare, accentuate), strict=True):
        prefix = token[: len(token) - len(rest)].replace("ех", "ёх")
        stressed.append(_stress_word(token, prefix + guess))
    stressed = stress_requests(tokens, choose_readings(tokens, stressed), accentuate)
    stressed = stress_names(tokens, choose_by_company(lowered, stressed))
    return shift_stress(tokens, stressed)


def _guesses(tokens: Sequence[str], accentuate: Callable[[str], str]) -> list[str]:
    """What the model makes of each token; the token itself where its answer lost or changed it."""
    answers = accentuate(" ".join(tokens)).split(" ")
    if len(answers) == len(tokens):
        return answers
    logger.warning("the stress model gave %d words for %d", len(answers), len(tokens))
    lapses.tell("stress_model_mismatch")
    guesses = list(tokens)
    matcher = SequenceMatcher(
        None, list(map(_letters, tokens)), list(map(_letters, answers)), autojunk=False
    )
    for block in matcher.get_matching_blocks():
        guesses[block.a : block.a + block.size] = answers[block.b : block.b + block.size]
    return guesses


def _letters(word: str) -> str:
    return word.replace(MARK, "").replace("ё", "е")


def _without_number(word: str) -> str:
    """The part of трёхэтажный, пятидесятиметровка that bears the stress."""
    rest = _BIG_NUMBER.sub("", word)
    if rest != word and is_plain_word(rest):
        return rest
    return _THREE_OR_FOUR.sub("", word)


def _is_russian(token: str) -> bool:
    return any(letter in _RUSSIAN_LETTERS for letter in token.lower())


def _stress_word(word: str, guess: str) -> str:
    if MARK in word or not _is_russian(word) or is_clitic(word):
        return word
    known = _exceptions().get(word) or _by_stem(word)
    if known:
        return known
    if _letters(word) != _letters(guess):
        guess = word
    guess = _clear_particles(guess)
    if count_vowels(guess) < 2:
        return guess.replace(MARK, "")
    if MARK in guess:
        return guess
    if "ё" in guess:
        return mark_vowel(guess, vowel_positions(guess).index(guess.index("ё")))
    return _fallback(guess)


def _clear_particles(word: str) -> str:
    """кт+о-т+о -> кт+о-то."""
    if "-" not in word:
        return word
    parts = word.split("-")
    bare = [part.replace(MARK, "") for part in parts]
    return "-".join(b if b in _UNSTRESSED_PARTS else p for p, b in zip(parts, bare, strict=True))


@lru_cache(maxsize=8_192)
def _fallback(word: str) -> str:
    """espeak-ng's stress by the number of its vowel; if the counts differ, the last vowel but one."""
    vowels = count_vowels(word)
    before, mark, after = espeak_ipa(word, "ru").partition("ˈ")
    heard_before = sum(letter in _ESPEAK_VOWELS for letter in before)
    heard = heard_before + sum(letter in _ESPEAK_VOWELS for letter in after)
    return mark_vowel(word, heard_before if mark and heard == vowels else vowels - 2)
