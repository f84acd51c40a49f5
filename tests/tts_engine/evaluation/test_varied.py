"""The generated sentences: every length, always the same, hardly ever repeated."""

from collections import Counter

from tts_engine.evaluation.sentences import SENTENCE_SETS, SENTENCES_PER_SET
from tts_engine.evaluation.varied import LONGEST_WORDS, varied_sentences
from tts_engine.text.sentences import split_sentences


def test_sixty_sentences_have_every_length_once():
    lengths = Counter(len(sentence.split()) for sentence in varied_sentences(LONGEST_WORDS))
    assert lengths == Counter(range(1, LONGEST_WORDS + 1))


def test_they_are_always_the_same_and_a_longer_list_begins_with_the_shorter():
    assert varied_sentences(130)[:70] == varied_sentences(70)


def test_a_thousand_hardly_repeat_and_end_in_every_way():
    sentences = varied_sentences(1000)
    longer = [sentence for sentence in sentences if len(sentence.split()) > 2]
    assert len(set(longer)) > 0.99 * len(longer)
    assert {sentence[-1] for sentence in sentences} == set(".!?…")


def test_fixed_sets_are_full_and_every_entry_is_one_sentence():
    for sentences in SENTENCE_SETS.values():
        assert len(set(sentences)) == SENTENCES_PER_SET
        assert all(len(split_sentences(sentence)) == 1 for sentence in sentences)
