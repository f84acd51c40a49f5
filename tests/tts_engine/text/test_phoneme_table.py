"""The tables of docs/phonemes*.md: every phoneme, each with a word that is said so."""

import re
from pathlib import Path

import pytest

from tts_engine.text.symbols import PHONEMES, phonemes_to_ipa

DOCS = Path(__file__).resolve().parents[3] / "docs"
ROW = re.compile(r"\| `([^`]+)` \| ([а-яё]+) \| ([^ |]+) (?=\|)")


def rows(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    return ROW.findall(re.sub(r"\| \|(?= `)", "| |\n|", text))


@pytest.mark.parametrize("name", ["phonemes.md", "phonemes.ru.md"])
def test_the_table_has_every_phoneme(name):
    assert sorted(phoneme for phoneme, _, _ in rows(name)) == sorted(PHONEMES)


@pytest.mark.parametrize(("phoneme", "word", "said"), rows("phonemes.md"))
def test_the_word_is_said_so(frontend, phoneme, word, said):
    [spoken] = frontend.sentences(word)[0].words
    assert phonemes_to_ipa(spoken.phonemes) == said
    assert phoneme in spoken.phonemes
