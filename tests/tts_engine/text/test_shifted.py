"""Prepositions and `не` that take the stress of the next word."""

import pytest

from tts_engine.text.phonemes import phrase_to_phonemes
from tts_engine.text.shifted import shift_stress


def shifted(text):
    words = text.split()
    return " ".join(shift_stress(words, [word.lower() for word in words]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("упала на пол", "упала н+а пол"),
        ("На ночь не ешь", "н+а ночь не ешь"),
        ("без вести", "б+ез вести"),
        ("там не было никого", "там н+е было никого"),
        ("по два стакана", "п+о два стакана"),
        ("час от часу", "час +от часу"),
        ("на пол кухни", "на пол кухни"),
        ("за город Тулу", "за город тулу"),
        ("сражались за город", "сражались за город"),
        ("на два дня", "на два дня"),
        ("на стол", "на стол"),
    ],
)
def test_listed_pairs_shift_their_stress_where_nothing_depends_on_the_noun(text, said):
    assert shifted(text) == said


def test_a_typed_mark_takes_the_stress_of_a_listed_noun():
    assert shift_stress(["п+о", "полю", "Куликову"], ["п+о", "п+олю", "кулик+ову"])[:2] == [
        "п+о",
        "полю",
    ]


def test_the_noun_is_said_without_stress_and_voices_its_preposition():
    assert phrase_to_phonemes(["п+од", "гору"]) == [("p", "o", "d"), ("g", "ə", "r", "ʊ")]
    assert phrase_to_phonemes(["н+а", "пол"]) == [("n", "a"), ("p", "ə", "l")]


def test_a_found_shift_sounds_like_a_typed_one(frontend):
    def tokens(text):
        return [sentence.tokens for sentence in frontend.sentences(text)]

    assert tokens("Чашка упала на пол.") == tokens("Чашка упала н+а пол.")
    assert tokens("Едем за город.") == tokens("Едем з+а город.")
    assert tokens("Упала на пол?") != tokens("Упала на п+ол?")
