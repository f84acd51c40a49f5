"""Formulas of chemistry as they are read in Russian schools: H2O аш два о, Fe2O3 феррум два о три, pH пэ аш."""

import re
from functools import lru_cache

from tts_engine.text.datafiles import read_pairs
from tts_engine.text.numerals import cardinal

_ATOM = r"[A-Z][a-z]?\d{0,2}"
_GROUP = rf"\((?:{_ATOM}){{1,4}}\)\d{{0,2}}"
_FORMULA = re.compile(rf"(?<![\w.(-])(?:{_ATOM}|{_GROUP}){{1,12}}(?![\w(])")
_PIECE = re.compile(r"([A-Z][a-z]?)(\d{0,2})|(\()|\)(\d{0,2})")
_MOLECULES = frozenset(["H2", "O2", "O3", "N2", "F2", "Cl2", "Br2", "I2", "P4", "S8"])
# Salts, acids and bases without an index: a metal or hydrogen with a non-metal.
_BINARY = re.compile(
    r"(?:Na|K|Li|Ca|Mg|Ba|Zn|Cu|Fe|Ag|Al|Pb|Hg|H)(?:Cl|Br|F|I|S|O|OH|CN)|NaClO|SiC|SiO"
)
_NO_FORMULA = frozenset(
    ["KI", "HI", "HO", "HS", "HF", "KO", "B2C", "I2C", "PS2", "PS3", "PS4", "PS5"]
)
# СО2, Н2О in Cyrillic letters
_CYRILLIC = re.compile(r"(?<![\w-])[СОНР]{1,2}\d?[СОНР]{0,2}\d?(?![\w-])")
_LATIN = str.maketrans("СОНР", "COHP")
_TIMES = {"2": "дважды", "3": "трижды", "4": "четырежды"}
_ISOTOPES = {
    "H": "водород", "C": "углерод", "K": "калий", "Co": "кобальт", "Sr": "стронций", "I": "йод", "Cs": "цезий",
    "Po": "полоний", "Ra": "радий", "U": "уран", "Pu": "плутоний", "Th": "торий", "Am": "америций",
}  # fmt: skip
_ISOTOPE = re.compile(
    r"(?<![\w-])(C(?=-14)|K(?=-40)|H(?=-3)|Co|Sr|I|Cs|Po|Ra|U|Pu|Th|Am)-(\d{2,3}|3)(?!\w)"
)
_ACIDITY = re.compile(r"(?<![\w])[pр][HН](?![\w])")


@lru_cache(maxsize=1)
def _elements() -> dict[str, str]:
    return read_pairs("elements.txt")


@lru_cache(maxsize=1)
def _oxygen() -> re.Pattern[str]:
    """The name of oxygen after another element, typed in words: аш два о."""
    names = "|".join(name.replace("+", "") for name in _elements().values())
    counts = "два|три|четыре|пять|шесть|семь"
    return re.compile(
        rf"(?<!\w)((?:{names})(?: (?:{counts}))?) о(?= (?:аш|цэ|{counts}|и)(?!\w)|[.,;:!?)]|$)"
    )


def say_formulas(text: str) -> str:
    """Spell formulas out; what only looks like one (B12, A4, PS5) stays."""
    text = _ISOTOPE.sub(lambda found: f"{_ISOTOPES[found[1]]} {cardinal(int(found[2]))}", text)
    text = _ACIDITY.sub("пэ аш", text)
    text = _CYRILLIC.sub(_cyrillic, text)
    text = _FORMULA.sub(lambda found: _formula(found.group()), text)
    return _oxygen().sub(r"\1 +о", text)


def _cyrillic(found: re.Match[str]) -> str:
    latin = found.group().translate(_LATIN)
    return latin if _is_formula(latin) and len(re.findall("[A-Z]", latin)) > 1 else found.group()


@lru_cache(maxsize=2_048)
def _formula(written: str) -> str:
    if not _is_formula(written):
        return written
    said = []
    for element, count, _opening, times in _PIECE.findall(written):
        if element:
            said.append(_elements()[element])
        if count:
            said.append(cardinal(int(count)))
        if times:
            said.append(_TIMES.get(times, cardinal(int(times))))
    return " ".join(said)


def _is_formula(written: str) -> bool:
    atoms = re.findall(r"([A-Z][a-z]?)(\d{0,2})", written)
    if written in _NO_FORMULA or any(element not in _elements() for element, _ in atoms):
        return False
    counts = [count for _, count in atoms if count] + re.findall(r"\)(\d+)", written)
    if any(count[0] == "0" or count == "1" for count in counts):
        return False  # H1N1
    if len({element for element, _ in atoms}) == 1:
        return written in _MOLECULES
    return bool(counts) or bool(_BINARY.fullmatch(written))
