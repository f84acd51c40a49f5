"""Faults: each is found where it is and nowhere else."""

import numpy as np
import pytest

from tts_engine.evaluation.robustness import (
    FAULTS,
    Finding,
    Robustness,
    inserted_runs,
    misheard,
    mistimed,
    word_spans,
)
from tts_engine.text.frontend import Sentence, Word
from tts_engine.types import VoiceProfile

WORDS = ["мама", "мыла", "нашу", "раму"]
PHONES = [list("mama"), list("mila"), list("nasu"), list("ramu")]


def sentence(words=WORDS, phonemes=PHONES):
    tokens, said = ["^"], []
    for word, sounds in zip(words, phonemes, strict=True):
        said.append(Word(word, word, tuple(sounds), len(tokens)))
        tokens += sounds
    return Sentence("", "", tuple(said), (*tokens, "."), ends_paragraph=False)


def spoken(*words):
    return [phoneme for word in words for phoneme in word]


def faults(first, second=None):
    return list(misheard([sentence()], [first, first if second is None else second]))


def test_what_is_heard_as_written_has_no_fault():
    assert faults(spoken(*PHONES)) == []


def test_a_word_that_nobody_heard_is_a_skip():
    assert faults(spoken(PHONES[0], PHONES[1], PHONES[3])) == [("skip", "нашу")]


def test_a_word_that_one_of_two_heard_is_no_skip():
    assert faults(spoken(PHONES[0], PHONES[1], PHONES[3]), spoken(*PHONES)) == []


def test_a_word_heard_as_other_sounds_is_no_skip():
    assert faults(spoken(PHONES[0], PHONES[1], list("kepi"), PHONES[3])) == []


def test_a_word_said_twice_is_a_repeat():
    twice = spoken(PHONES[0], PHONES[1], PHONES[1], *PHONES[2:])
    found = faults(twice)
    assert [fault for fault, _ in found] == ["repeat"]
    assert faults(twice, spoken(*PHONES)) == []


def test_three_stray_sounds_are_not_a_repeat_and_four_are():
    expected = spoken(*PHONES)
    assert list(inserted_runs(expected, [*expected, *"tok"])) == []
    assert list(inserted_runs(expected, [*expected, *"tokt"])) == [len(expected)]


def test_noise_is_garbled():
    assert "garbled" in [fault for fault, _ in faults(list("kepokepokepokepo"))]


def test_words_of_a_second_sentence_lie_after_the_first():
    spans = [span for _, span in word_spans([sentence(), sentence()])]
    assert spans[:2] == [(0, 4), (4, 8)]
    assert spans[4] == (16, 20)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(2.0, []), (4.2, []), (4.4, ["runaway"]), (0.9, ["cut short"])]
)
def test_lengths_far_from_the_voice_s_own_rate_are_faults(seconds, expected):
    # 16 phonemes at 8 a second and one pause: 2.3 s predicted, 4.28 s at most, 1 s at least
    voice = VoiceProfile(embedding=np.zeros(256, np.float32), phonemes_per_second=8.0)
    assert [fault for fault, _ in mistimed([sentence()], seconds, voice)] == expected


def test_counts_name_every_fault():
    found = Finding(fault="skip", voice="anna", text="", detail="")
    counts = Robustness(sentences=3, seconds=9.0, findings=(found, found)).counts()
    assert tuple(counts) == FAULTS
    assert counts["skip"] == 2
    assert counts["runaway"] == 0
