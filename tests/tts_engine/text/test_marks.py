"""A typed stress is heard and changes nothing else in what is said."""

import pytest

from tests.tts_engine.text.tables import cases
from tts_engine.text.marks import keep_marks
from tts_engine.text.normalize import normalize_sentence

PLACED = {
    "both ways of typing": """
        з+амок = з+амок
        за\u0301мок = з+амок
        Е\u0308\u0301ж = +Ёж
        ча\u0300\u0301щу = ч+ащу
        Зам+ок и з+амок = Зам+ок и з+амок
        б+олт+ун = б+олт+ун
        северо-з+апад = северо-з+апад
    """,
    "names after an abbreviation": """
        г. +Орск = город +Орск
        Проф. +Осипов = профессор +Осипов
        А. +Островский = +а +Островский
        Рейс 1482 +Омск — Сочи = Рейс тысяча четыреста восемьдесят два +Омск — Сочи
    """,
    "marked words still count": """
        2 ст+ула = два ст+ула
        на 5 этаж+е = на пятом этаж+е
        Без 3 ст+ульев = Без трёх ст+ульев
        Около 20 м+етров = Около двадцати м+етров
        1 мин+уту = одну мин+уту
    """,
    "no unit, no number takes the place of a marked word": """
        5 м+ин = пять м+ин
        10 т+ом = десять т+ом
        40 с+орок = сорок с+орок
        3 р+уб = три р+уб
        2 г+ор = две г+ор
    """,
}


@pytest.mark.parametrize(("written", "said"), cases(PLACED))
def test_a_marked_word_is_said_whole_with_its_mark(written, said):
    assert normalize_sentence(written) == said


def test_a_typed_mark_takes_the_place_of_one_that_a_rule_sets():
    said = keep_marks("Замок и з+амок", lambda text: text.replace("замок", "зам+ок"))
    assert said == "Замок и з+амок"


@pytest.mark.parametrize(
    "sentence",
    [
        "Встречаемся в среду в 5 часов на улице Ленина, 5.",
        "На 3 этаже 25 квартир по 40 метров, цена 2 миллиона рублей.",
        "До пятницы осталось 2 недели и 3 дня.",
        "Около 100 человек пришли в пятый павильон.",
    ],
)
def test_a_mark_on_any_vowel_of_a_sentence_moves_nothing_else(sentence):
    plain = normalize_sentence(sentence)
    for index, letter in enumerate(sentence):
        if letter in "аеиоуыэюя":
            marked = normalize_sentence(f"{sentence[:index]}+{sentence[index:]}")
            assert marked.replace("+", "") == plain
            assert marked.count("+") == plain.count("+") + 1
