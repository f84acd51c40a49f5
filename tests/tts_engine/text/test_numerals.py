"""Number words in every case."""

import pytest

from tts_engine.text.numerals import (
    CASES,
    cardinal,
    decimal,
    digits,
    fraction,
    integer,
    last_class,
    ordinal,
)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(1, "one"), (21, "one"), (11, "many"), (2, "few"), (34, "few"), (12, "many"), (0, "many")],
)
def test_a_number_governs_its_noun(number, kind):
    assert last_class(number) == kind


@pytest.mark.parametrize(
    ("case", "said"),
    list(
        zip(
            CASES,
            [
                "две тысячи триста сорок одна",
                "двух тысяч трёхсот сорок+а одной",
                "двум тысячам трёмстам сорок+а одной",
                "две тысячи триста сорок одну",
                "двумя тысячами тремястами сорок+а одной",
                "двух тысячах трёхстах сорок+а одной",
            ],
            strict=True,
        )
    ),
)
def test_cardinals_are_declined(case, said):
    assert cardinal(2341, case, "femn") == said


def test_the_animate_accusative():
    assert cardinal(2, "accs", animate=True) == "двух"
    assert cardinal(22, "accs", animate=True) == "двадцать два"
    assert cardinal(2, "accs") == "два"


def test_a_thousand_is_not_one_thousand():
    assert cardinal(1500) == "тысяча пятьсот"
    assert cardinal(1_000_000) == "один миллион"


def test_ordinals_are_declined():
    assert ordinal(3, "gent", "femn") == "третьей"
    assert ordinal(90, "loct", plural=True) == "девяностых"
    assert ordinal(2000, "loct") == "двухтысячном"


def test_decimals():
    assert decimal("3", "5") == "три целых пять десятых"
    assert decimal("21", "01", "gent") == "двадцати одной целой одной сотой"
    assert decimal("3", "14159265") == "три запятая один четыре один пять девять два шесть пять"


def test_fractions():
    assert fraction(1, 2) == "одна вторая"
    assert fraction(3, 4, "gent") == "трёх четвёртых"


def test_long_numbers_are_read_by_digits():
    assert cardinal(10**20).split() == ["один"] + ["ноль"] * 20
    assert integer("007") == "ноль ноль семь"
    assert digits("a1-b2") == "один два"
