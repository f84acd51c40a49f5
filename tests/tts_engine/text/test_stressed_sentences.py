"""Sentences of which one word or two have a known stress: homographs in context, names, moving stress."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tts_engine.text.clitics import is_clitic
from tts_engine.text.spelling import VOWEL_LETTERS

SENTENCES = Path(__file__).with_name("stressed_sentences.tsv")
WORD = re.compile(r"[а-яё+]+(?:-[а-яё+]+)*")
# Sentences of each kind that are known to be read wrongly.
KNOWN = {"homograph": 3, "moving stress": 1, "surname": 1}


def by_kind():
    kinds = defaultdict(list)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, sentence = line.split("\t")
            kinds[kind].append(sentence)
    return kinds


def said(word):
    """Letters and the number of the last stressed vowel."""
    letters = word.replace("+", "")
    vowels = [index for index, letter in enumerate(letters) if letter in VOWEL_LETTERS]
    if len(vowels) == 1:
        return letters, 0
    before = word.rpartition("+")[0] if "+" in word else letters.rpartition("ё")[0]
    return letters, sum(letter in VOWEL_LETTERS for letter in before)


def is_right(marked, spoken):
    wanted = WORD.findall(marked.lower())
    if len(wanted) != len(spoken):
        return False
    for index, word in enumerate(wanted):
        if "+" not in word:
            continue
        if is_clitic(word.replace("+", "")):
            if spoken[index] != word or "+" in spoken[index + 1]:
                return False
        elif said(spoken[index]) != said(word):
            return False
    return True


@pytest.mark.parametrize("kind", by_kind())
def test_sentences_of_this_kind_are_stressed_as_known(say, kind):
    wrong = []
    for marked in by_kind()[kind]:
        spoken = say(marked.replace("+ё", "е").replace("+", "")).split()
        if not is_right(marked, spoken):
            wrong.append(f"{marked} -> {' '.join(spoken)}")
    assert len(wrong) <= KNOWN.get(kind, 0), "\n".join(wrong)


def test_the_check_itself_sees_a_wrong_stress():
    assert is_right("К л+ету всё", ["к", "л+ету", "всё"])
    assert not is_right("К л+ету всё", ["к", "лет+у", "всё"])
    assert is_right("н+а пол", ["н+а", "пол"])
    assert not is_right("н+а пол", ["на", "пол"])
