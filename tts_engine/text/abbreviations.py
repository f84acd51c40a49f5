"""Abbreviations with dots or hyphens, and initials before a surname."""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_entries
from tts_engine.text.initialisms import letter_name
from tts_engine.text.morphology import governed_case, inflect, word_before

_LOCATIVE = frozenset(["в", "во", "на", "при"])
_INITIALS = re.compile(r"(?<![\w.+])([А-ЯЁ])\.\s?(?:([А-ЯЁ])\.\s?)?(?=[А-ЯЁ]\+?[а-яё])")
_INITIALS_AFTER = re.compile(r"(?<=[а-яё] )([А-ЯЁ])\.\s?([А-ЯЁ])\.(?!\w)")
_CONDITIONS = {"name": r"(?=\s*[\"+]*[А-ЯЁ])", "number": r"(?=\s*(?:[\d№IVX]|\"[а-яё]\"))"}
_LETTERED = re.compile(r"\s*\"[а-яё]\"")
_BUILDING = re.compile(r"(?<=\d)(,\s?(?:корп(?:ус|\.)\s?\d+,\s?)?)стр\.(?=\s?\d)")
_UNDECLINED = frozenset(["сравни", "около", "пункты"])


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[tuple[str, str], str]]:
    """One pattern for all, the longest first, and what is said by (written form, kind)."""
    entries = []
    for entry in read_entries("abbreviations.txt"):
        written, said, kind = (part.strip() for part in f"{entry}|".split("|")[:3])
        entries.append((written, kind, said))
    entries.sort(key=lambda entry: -len(entry[0]))
    joined = "|".join(_pattern(written, kind) for written, kind, _ in entries)
    known = {(_key(written), kind): said for written, kind, said in entries}
    return re.compile(rf"(?<![\w+-])(?:{joined})(?![\w-])", re.IGNORECASE), known


def _pattern(written: str, kind: str) -> str:
    spaced = r"\s?".join(map(re.escape, written.split(" ")))
    return f"(?:{spaced}{_CONDITIONS.get(kind, '')})"


def _key(written: str) -> str:
    return "".join(written.lower().split())


def expand_abbreviations(text: str) -> str:
    """Write abbreviations and initials out in words."""
    pattern, _ = _table()
    if "дом" in text or "д." in text:
        text = _BUILDING.sub(r"\1строение", text)
    text = _INITIALS_AFTER.sub(lambda found: " ".join(map(letter_name, found.groups())), text)
    text = _INITIALS.sub(
        lambda found: "".join(f"{letter_name(g)} " for g in found.groups() if g), text
    )
    return pattern.sub(_expand, text)


def _expand(found: re.Match[str]) -> str:
    known = _table()[1]
    written = _key(found.group())
    following = found.string[found.end() :].lstrip(' "+')[:1]
    kinds = ["decline", ""]
    if following.isupper():
        kinds.insert(0, "name")
    numbered = following.isdecimal() or (following and following in "№IVX")
    if numbered or _LETTERED.match(found.string, found.end()):
        kinds.insert(0, "number")
    for kind in kinds:
        said = known.get((written, kind))
        if said is not None:
            return _decline(said, found) if kind else said
    return found.group()


def _decline(word: str, found: re.Match[str]) -> str:
    before = word_before(found.string, found.start())
    if found.string[: found.start()].rstrip().lower().endswith(("см.", "ср.")):
        return _spaced(inflect(word, "accs"), found)
    if " " in word or word in _UNDECLINED:
        return _spaced(word, found)
    if before.endswith("ой") and word in ("область", "улица", "площадь"):
        return _spaced(inflect(word, "loct"), found)
    case = (
        "loct"
        if before in _LOCATIVE
        else "datv"
        if before == "по"
        else governed_case(before) or "nomn"
    )
    if before in ("с", "со"):
        case = "gent"
    return _spaced(inflect(word, case), found)


def _spaced(said: str, found: re.Match[str]) -> str:
    following = found.string[found.end() : found.end() + 1]
    return said if not following or following in " ,;:!?)" else f"{said} "
