"""Sentences to read aloud: covered fast, in an order that never changes, with phonemes as the front end has them."""

import random

from tts_engine.dataset.reading_list import (
    all_diphones,
    coverage,
    next_sentences,
    reading_list,
    sounds_of,
)


def texts(readings):
    return [reading.text for reading in readings]


def test_the_list_is_of_many_different_sentences_that_can_be_read():
    listed = texts(reading_list())
    assert len(listed) == len(set(listed)) >= 400
    assert all(20 <= len(text) <= 120 or len(text.split()) >= 2 for text in listed)
    assert len(all_diphones()) > 1200


def test_phonemes_in_the_file_are_those_of_the_front_end():
    for reading in reading_list()[::8]:
        assert reading.sounds == sounds_of(reading.text), reading.text


def test_each_next_sentence_adds_the_most():
    read = []
    for _ in range(12):
        [chosen] = next_sentences(read, 1)
        before = coverage(read).covered
        gain = coverage([*read, chosen.text]).covered - before
        left = [one for one in reading_list() if one.text not in read]
        gains = [coverage([*read, one.text]).covered - before for one in left]
        assert gain == max(gains)
        assert chosen == left[gains.index(gain)]
        read.append(chosen.text)
    assert read == texts(next_sentences([], 12))


def test_coverage_grows_as_fast_as_greedy_promises():
    """At least 1 - (1 - 1/k)^n of what k sentences can cover at best, which is no more than all (Nemhauser, 1978)."""
    chosen = texts(next_sentences([], 250))
    assert coverage(chosen).share == 1.0
    shares = [coverage(chosen[:count]).share for count in (10, 20, 40, 80, 150)]
    assert shares == sorted(shares)
    k = len(chosen)
    for count, share in zip((10, 20, 40, 80, 150), shares, strict=True):
        assert share >= 1 - (1 - 1 / k) ** count
    assert shares[2] > 0.55
    at_random = texts(random.Random(0).sample(reading_list(), 150))
    assert shares[4] > coverage(at_random).share + 0.08


def test_when_all_is_covered_what_was_read_once_is_sought():
    chosen = texts(next_sentences([], 250))
    more = next_sentences(chosen, 5)
    assert len(more) == 5
    assert not set(texts(more)) & set(chosen)
    assert next_sentences(texts(reading_list()), 5) == []


def test_other_texts_change_nothing():
    assert coverage(["Такого предложения в списке нет."]).covered == 0
    assert next_sentences(["Такого предложения в списке нет."], 2) == next_sentences([], 2)
