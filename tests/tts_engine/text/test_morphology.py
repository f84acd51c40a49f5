"""Agreement of units and abbreviations with numbers and prepositions."""

import pytest

from tts_engine.text.morphology import (
    allows_case,
    counted,
    governed_case,
    inflect,
    is_plain_word,
    noun_readings,
    word_before,
    words_after,
)


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("рубль", "рубль рубля рублей"),
        ("год", "год года лет"),
        ("человек", "человек человека человек"),
        ("вольт", "вольт вольта вольт"),
        ("градус Цельсия", "градус_Цельсия градуса_Цельсия градусов_Цельсия"),
        ("квадратный метр", "квадратный_метр квадратных_метра квадратных_метров"),
    ],
)
def test_things_are_counted(lemma, forms):
    assert [counted(lemma, n).replace(" ", "_") for n in (1, 2, 5)] == forms.split()


def test_oblique_cases_of_counted_things():
    assert counted("рубль", 5, "ablt") == "рублями"
    assert counted("человек", 3, "datv") == "человекам"
    assert counted("минута", 1, "accs") == "минуту"


def test_words_after_the_noun_stay():
    assert inflect("километр в час", "loct", plural=True) == "километрах в час"


def test_prepositions_govern():
    assert governed_case("до") == "gent"
    assert governed_case("выше") == "gent"
    assert governed_case("дом") is None
    assert allows_case("в", "loct")
    assert not allows_case("в", "datv")


def test_a_verb_is_no_noun():
    assert noun_readings("бежали") == ()
    assert noun_readings("этаже")[0].case == "loct"


def test_initialisms_are_no_plain_words():
    assert is_plain_word("привет")
    assert not is_plain_word("мгу")
    assert not is_plain_word("йцукен")


def test_neighbours_are_found():
    assert word_before("Он жил в (", 10) == "в"
    assert word_before("дом. ", 5) == ""
    assert words_after("5 новых книг, да", 1) == ["новых", "книг"]
