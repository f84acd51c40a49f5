"""Respelling of Russian words as they are said, letter for letter, before sounds are made.

Every step keeps the length, so that stress positions stay valid: a silent letter becomes `_`, and a
capital Э is an е after which nothing is soft. Rules and word lists follow Avanesov's orthoepic norms.
"""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_entries, read_pairs

SILENT = "_"
VOWEL_LETTERS = "аеёиоуыэюя"
MARK = "+"  # before a stressed vowel
_CONSONANT = "[бвгджзклмнпрстфхцчшщ]"

# The words in -ого, -его where г is г; in all others it is в.
_REAL_G = frozenset(
    [
        "ого",
        "эго",
        "много",
        "немного",
        "намного",
        "ненамного",
        "премного",
        "строго",
        "нестрого",
        "дорого",
        "недорого",
        "задорого",
        "убого",
        "полого",
        "отлого",
        "лего",
        "лого",
        "диего",
        "того",
    ]
) - {"того"}

# Ordered: later rules see what earlier ones left. Each replacement keeps the length.
_CLUSTERS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"ться$", "цц_а"),
        (r"тся$", "цца"),
        (r"стск", "с__к"),
        (r"[сз]тс(?=[кт])", "с_с"),
        (r"[тд]с(?=[бвгджзклмнпрстфхц])", "_ц"),
        (r"[тд]с(?=[аоуыэ])", "цц"),
        (r"тьс(?=[аоуыэ])", "ц_ц"),
        (r"зс(?=[кт])", "_с"),
        (r"рдц", "р_ц"),
        (r"[тд]ц", "цц"),
        (r"[сз][тд]ч", "щ__"),
        (r"[тд]ч", "чч"),
        (r"тщ", "чщ"),
        (r"ссч", "щ__"),
        (r"[сзжш]ч", "щ_"),
        (r"[сз]щ", "щ_"),
        (r"[сз]ш", "шш"),
        (r"[сз]ж", "жж"),
        (r"чш", "тш"),
        (r"г(?=[кч])", "х"),
        (r"стн(?!у)", "с_н"),
        (r"здн", "з_н"),
        (r"лнц", "_нц"),
    )
)

_DOUBLE = re.compile(r"([бвгдзклмнпрстф])\1")
_PREFIXES = re.compile(
    r"(?:не|по|пере|пре|до|об|у|за|на)?"
    r"(?:рас|бес|вос|ис|под|над|от|без|раз|воз|из|в|с|пред|об|меж|чрез|сверх|транс|контр|пост)"
)
_FIRST_NATIVE_NN = 3  # нн nearer to the beginning is mostly of a borrowed word: аннотация, туннель


def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    table = read_pairs("respellings.txt")
    table.update(
        {entry.replace("Э", "е"): entry.strip("^$") for entry in read_entries("hard_e.txt")}
    )
    for pattern, respelling in table.items():
        if len(pattern.strip("^$")) != len(respelling):
            raise ValueError(f"respelling of {pattern} must keep its length, got {respelling}")
    longest_first = sorted(table, key=lambda pattern: -len(pattern))
    return re.compile("|".join(longest_first)), {p.strip("^$"): r for p, r in table.items()}


@lru_cache(maxsize=1)
def _respellings() -> tuple[re.Pattern[str], dict[str, str]]:
    return _table()


@lru_cache(maxsize=16_384)
def respell(word: str, stressed: frozenset[int]) -> str:
    """Spell a lower-case word as it is said.

    Args:
        word: Cyrillic letters only.
        stressed: indexes of the stressed vowels.

    Returns:
        A string of the same length; `_` is silent, `Э` is е after a hard consonant.
    """
    pattern, table = _respellings()
    spelled = pattern.sub(lambda found: table[found.group()], word)
    spelled = _genitive_g(spelled)
    for cluster, replacement in _CLUSTERS:
        spelled = cluster.sub(replacement, spelled)
    return _shorten_doubles(spelled, stressed)


def _genitive_g(word: str) -> str:
    if word.endswith(("ого", "его")) and word not in _REAL_G:
        return word[:-2] + "во"
    if word.endswith(("огося", "егося")):
        return word[:-4] + "вося"
    return word


def _shorten_doubles(word: str, stressed: frozenset[int]) -> str:
    """Silence one of two equal letters where Russian says a short consonant."""

    def shorten(found: re.Match[str]) -> str:
        first, letter = found.start(), found.group(1)
        return found.group() if _is_long(word, first, letter, stressed) else letter + SILENT

    return _DOUBLE.sub(shorten, word)


def _is_long(word: str, first: int, letter: str, stressed: frozenset[int]) -> bool:
    following = word[first + 2 : first + 3]
    if not following or following not in VOWEL_LETTERS + "эЭьъ":
        return False
    if first == 0 or first - 1 in stressed or _PREFIXES.fullmatch(word, 0, first + 1):
        return True
    return letter == "н" and first >= _FIRST_NATIVE_NN and word[first - 1] in VOWEL_LETTERS


def vowel_positions(word: str) -> list[int]:
    """Indexes of the vowel letters of a lower-case word."""
    return [index for index, letter in enumerate(word) if letter in VOWEL_LETTERS]


def mark_vowel(word: str, vowel: int) -> str:
    """Put `+` before the vowel with this number, counted from 0."""
    position = vowel_positions(word)[vowel]
    return f"{word[:position]}{MARK}{word[position:]}"
