"""Rule-based pronunciation of Russian words whose stress is known.

Standard Moscow norm: *source* Avanesov's orthoepic rules and Yanushevskaya & Bunčić (JIPA 2015). A written
word with stress (`з+амок`, ё counts as stressed) becomes symbols of tts_engine/text/symbols.py. Steps:
respell (spelling.py) -> sounds -> merge and assimilate consonants (consonants.py) -> reduce vowels (vowels.py).
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from tts_engine.text.clitics import PROCLITICS, PhoneticWord, group_words
from tts_engine.text.consonants import (
    assimilate_softness,
    assimilate_voicing,
    devoice_finals,
    merge_across_words,
)
from tts_engine.text.sounds import Sound
from tts_engine.text.spelling import SILENT, VOWEL_LETTERS, respell
from tts_engine.text.symbols import HARD_CONSONANTS
from tts_engine.text.vowels import OPEN_LETTERS, reduced_vowel, stressed_vowel

_CONSONANTS = {
    "б": "b", "в": "v", "г": "g", "д": "d", "ж": "ʐ", "з": "z", "й": "j", "к": "k", "л": "l", "м": "m",
    "н": "n", "п": "p", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "x", "ц": "ts", "ч": "tɕ", "ш": "ʂ",
    "щ": "ɕː",
}  # fmt: skip
_VOWELS = VOWEL_LETTERS + "Э"
_SOFTENING = "еёиюяь"
_NEVER_SOFT = "жшц"
_SIGNS = "ьъ"
_ENDING_YA = re.compile(r"(?:я|(?<=[чщ])а)(?:м|ми|х|т)?(?:с[ья])?$")
_ENDING_YE = re.compile(r"(?<=[аеёиоуыэюяь])е$")
_NOT_VERB_NYAT = re.compile(r"(?:за|при|от|под|по|на|об|пере|пред|до|у|вы)нят$")


def phrase_to_phonemes(words: Sequence[str], *, goes_on: bool = False) -> list[tuple[str, ...]]:
    """Say words between which there is no pause; clitics assimilate to their neighbours.

    Args:
        words: Cyrillic, `+` before each stressed vowel. Without a mark, ё or a single vowel is stressed,
            but in a preposition or particle; other letters than Cyrillic are silent.
        goes_on: whether a word that is not Russian follows without a pause.

    Returns:
        One tuple of symbols of the inventory for each word, no pauses.
    """
    lowered = [word.lower() for word in words]
    spoken: list[tuple[str, ...]] = []
    for group in group_words(lowered):
        members = tuple(lowered[group.start : group.stop])
        lone = len(members) == 1 and _leans_on(members[0], goes_on and group.stop == len(words))
        said = list(_say_group(members, group, lone=lone))
        if members[0] == "и" and spoken and _ends_hard(spoken[-1]):
            said[0] = ("ɨ",) if said[0] == ("i",) else ("ᵻ",)
        spoken.extend(said)
    return spoken


def _ends_hard(symbols: tuple[str, ...]) -> bool:
    return bool(symbols) and symbols[-1] in HARD_CONSONANTS


def _leans_on(word: str, goes_on: bool) -> bool:
    """Whether a preposition before a foreign word or a pause stays one: `без iPhone`, `в…`, but `или без?`"""
    return word in PROCLITICS and (goes_on or not any(c in VOWEL_LETTERS for c in word))


def _say_group(
    members: tuple[str, ...], group: PhoneticWord, *, lone: bool
) -> tuple[tuple[str, ...], ...]:
    proclitics = frozenset({0}) if lone else group.proclitics
    return _say(members, proclitics, group.stressless)


@lru_cache(maxsize=32_768)
def _say(
    members: tuple[str, ...], proclitics: frozenset[int], stressless: frozenset[int]
) -> tuple[tuple[str, ...], ...]:
    sounds: list[Sound] = []
    for index, word in enumerate(members):
        sounds.extend(_word_sounds(word, index, stressless=index in stressless))
    if len(members) > 1:
        sounds = merge_across_words(sounds)
    devoice_finals(sounds, proclitics)
    assimilate_voicing(sounds)
    assimilate_softness(sounds)
    symbols = _symbols(sounds)
    return tuple(
        tuple(symbol for symbol, sound in zip(symbols, sounds, strict=True) if sound.word == index)
        for index in range(len(members))
    )


def _word_sounds(word: str, index: int, *, stressless: bool) -> list[Sound]:
    """Sounds of one written word; the parts of a hyphenated one are respelled apart."""
    sounds: list[Sound] = []
    marked = "+" in word
    single = not stressless and sum(letter in VOWEL_LETTERS for letter in word) == 1
    for part in word.split("-"):
        letters, stressed = _split_stress(part)
        if single and not marked:
            stressed = {i for i, letter in enumerate(letters) if letter in VOWEL_LETTERS}
        said = _part_sounds(letters, frozenset(stressed), index)
        if said:
            said[-1].closes = part not in PROCLITICS or part == word
        sounds.extend(said)
    return sounds


def _split_stress(part: str) -> tuple[str, set[int]]:
    letters: list[str] = []
    stressed: set[int] = set()
    mark = False
    for letter in part:
        if letter == "+":
            mark = True
        elif letter in VOWEL_LETTERS or letter in _CONSONANTS or letter in _SIGNS:
            if letter in VOWEL_LETTERS and (mark or letter == "ё"):
                stressed.add(len(letters))
                mark = False
            letters.append(letter)
    return "".join(letters), stressed


def _part_sounds(letters: str, stressed: frozenset[int], index: int) -> list[Sound]:
    spelled = respell(letters, stressed)
    endings = _ending_positions(letters)
    sounds: list[Sound] = []
    previous = ""
    for position, letter in enumerate(spelled):
        if letter == SILENT:
            continue
        if letter in _VOWELS:
            if _needs_iot(letter, previous):
                sounds.append(Sound("j", index))
            sounds.append(
                Sound(
                    letter,
                    index,
                    is_vowel=True,
                    stressed=position in stressed,
                    initial=not previous,
                    ending=position in endings,
                )
            )
        elif letter in _CONSONANTS:
            following = spelled[position + 1 :].lstrip(SILENT)[:1]
            if not (letter == "й" and following and following in "еёюя"):
                soft = bool(following) and following in _SOFTENING and letter not in _NEVER_SOFT
                sounds.append(Sound(_CONSONANTS[letter], index, soft=soft))
        previous = letter
    return sounds


def _needs_iot(letter: str, previous: str) -> bool:
    if letter in "еёюя":
        return not previous or previous in VOWEL_LETTERS or previous in _SIGNS or previous in "йЭ"
    return previous == "ь" and letter in "ио"


def _ending_positions(letters: str) -> set[int]:
    """Positions of the ending vowels that stay ə after a soft consonant."""
    if _NOT_VERB_NYAT.search(letters):
        return set()
    found = _ENDING_YA.search(letters)
    positions = {found.start()} if found else set()
    if letters.endswith("ся"):
        positions.add(len(letters) - 1)
    if _ENDING_YE.search(letters):
        positions.add(len(letters) - 1)
    return positions


def _symbols(sounds: list[Sound]) -> list[str]:
    vowels = [index for index, sound in enumerate(sounds) if sound.is_vowel]
    before_stress = {
        first for first, second in itertools.pairwise(vowels) if sounds[second].stressed
    }
    last_stress = max((index for index in vowels if sounds[index].stressed), default=-1)
    symbols: list[str] = []
    for index, sound in enumerate(sounds):
        if sound.is_vowel:
            strong = (
                index in before_stress or sound.initial or _in_hiatus(sounds, index, last_stress)
            )
            sound.ending = sound.ending and index > last_stress
            symbols.append(_vowel_symbol(sounds, index, strong=strong))
        else:
            symbols.append(sound.consonant_symbol())
    return symbols


def _in_hiatus(sounds: list[Sound], index: int, last_stress: int) -> bool:
    """а/о beside another а/о before the stress: наоборот, сообщить."""
    if index > last_stress:
        return False
    neighbours = sounds[max(index - 1, 0) : index] + sounds[index + 1 : index + 2]
    return any(neighbour.base in OPEN_LETTERS for neighbour in neighbours)


def _vowel_symbol(sounds: list[Sound], index: int, *, strong: bool) -> str:
    sound = sounds[index]
    before = sounds[index - 1] if index else None
    after_consonant = before is not None and not before.is_vowel
    after_soft = bool(after_consonant and before and before.sounds_soft)
    after_hard = after_consonant and not after_soft
    if sound.stressed:
        return stressed_vowel(sound.base, after_hard=after_hard)
    return reduced_vowel(
        sound.base, after_hard=after_hard, after_soft=after_soft, strong=strong, ending=sound.ending
    )
