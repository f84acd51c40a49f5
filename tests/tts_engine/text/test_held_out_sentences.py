"""Sentences kept apart from every rule judge the front end: kinds of writing, and everyday sentences by the word."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONTROLS = str.maketrans({"⏎": "\n", "␌": "\f", "␋": "\v"})
LENGTH_MARK = "ː"


@dataclass(frozen=True)
class Sentence:
    """A written sentence and the readings that are right for it."""

    written: str
    readings: tuple[str, ...]
    kind: str


def held_out(name):
    """The sentences of one table; its first lines, without tabs, describe the format."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if "\t" in line)
    return [
        Sentence(written.translate(CONTROLS), tuple(said.translate(CONTROLS).split(" | ")), kind)
        for written, said, kind in rows
    ]


@pytest.fixture(scope="module")
def sounds(frontend):
    """Text -> the sounds of each of its words, without pauses and lengths."""

    def words(text):
        return [
            tuple(sound for sound in (p.replace(LENGTH_MARK, "") for p in word.phonemes) if sound)
            for sentence in frontend.sentences(text)
            for word in sentence.words
        ]

    return words


def joined(words):
    return [sound for word in words for sound in word]


def wrong_words(heard, expected):
    """Pairs (heard, expected) of the stretches of words that differ."""
    same = SequenceMatcher(None, heard, expected, autojunk=False)
    return [
        (heard[start:stop], expected[first:last])
        for tag, start, stop, first, last in same.get_opcodes()
        if tag != "equal"
    ]


def count_wrong(pairs):
    return sum(max(len(heard), len(expected)) for heard, expected in pairs)


def spelled(words):
    return " ".join("".join(word) for word in words) or "∅"


@pytest.mark.parametrize("table", ["kinds_sentences.tsv", "kinds_sentences_second.tsv"])
def test_85_of_100_sentences_of_difficult_kinds_are_read_right(sounds, table):
    sentences = held_out(table)
    failures = []
    for sentence in sentences:
        heard = joined(sounds(sentence.written))
        if all(heard != joined(sounds(reading)) for reading in sentence.readings):
            failures.append(sentence)
    wrong = Counter(sentence.kind for sentence in failures)
    total = Counter(sentence.kind for sentence in sentences)
    by_kind = [f"{kind}: {total[kind] - wrong[kind]} of {total[kind]}" for kind in total]
    listed = [f"[{s.kind}] {s.written!r} is not read as {s.readings[0]!r}" for s in failures]
    right = 1 - len(failures) / len(sentences)
    assert right >= 0.85, "\n".join([f"right sentences: {right:.1%}", *by_kind, *listed])


@pytest.mark.parametrize("table", ["everyday_sentences.tsv", "everyday_sentences_second.tsv"])
def test_at_most_5_of_1000_everyday_words_are_read_wrong(sounds, table):
    sentences = held_out(table)
    words = wrong = 0
    listed = []
    for sentence in sentences:
        heard = sounds(sentence.written)
        readings = [sounds(reading) for reading in sentence.readings]
        pairs = min((wrong_words(heard, reading) for reading in readings), key=count_wrong)
        words += len(readings[0])
        wrong += count_wrong(pairs)
        listed += [
            f"[{sentence.kind}] {sentence.written!r}: {spelled(got)} for {spelled(expected)}"
            for got, expected in pairs
        ]
    share = wrong / words
    assert share <= 0.005, "\n".join([f"wrong words: {wrong} of {words}, {share:.2%}", *listed])
