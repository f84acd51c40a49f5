"""The stress model leaves the process as it found it and answers as the original would."""

import re

import pytest
import torch

from tts_engine.text import accentor
from tts_engine.text.accentor import _LazyPattern, accentuate

START, END = r"(?<![а-яА-ЯёЁ\-])", r"(?![а-яА-ЯёЁ\-])"
PHRASES = (
    rf"(?P<зАмок>{START}(?:старый\ \[HOMO\]\ замок\ \[/HOMO\]|\[HOMO\]\ замок\ \[/HOMO\]\ на\ горе){END})"
    rf"|(?P<замОк>{START}(?:на\ \[HOMO\]\ замок\ \[/HOMO\]){END})"
)


def test_threads_and_gradients_stay_as_they_were():
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        accentuate("дорога дорога")
        assert torch.get_num_threads() == threads + 1
        assert torch.is_grad_enabled()
    finally:
        torch.set_num_threads(threads)


def test_the_model_is_loaded_once():
    assert accentor._load() is accentor._load()


@pytest.mark.parametrize(
    "text",
    [
        "Старый [HOMO] замок [/HOMO] стоял",
        "закрыл на [HOMO] замок [/HOMO] дверь",
        "на [HOMO] замок [/HOMO] на горе",
        "этот [HOMO] замок [/HOMO] другой",
        "престарый [HOMO] замок [/HOMO]",
        "",
    ],
)
def test_a_lazy_pattern_finds_what_the_compiled_one_finds(text):
    lazy, compiled = _LazyPattern(PHRASES, re.IGNORECASE), re.compile(PHRASES, re.IGNORECASE)
    found, expected = lazy.search(text), compiled.search(text)
    assert (found is None) == (expected is None)
    if found and expected:
        assert found.group() == expected.group()
        assert found.lastgroup == expected.lastgroup


def test_other_patterns_work_as_usual():
    assert _LazyPattern(r"\d+").sub("x", "a1b22") == "axbx"
    assert _LazyPattern(r"(?P<a>b)").search("ab").group("a") == "b"


def test_every_pattern_of_the_model_is_a_known_list():
    """A new release of the model that writes its lists otherwise would be slow; this tells."""
    patterns = accentor._load().homosolver.compiled_phrases.values()
    assert all(pattern._listed for pattern in patterns)
