"""Requests and what somebody does, written alike."""

import pytest

from tts_engine.text.stress import stress_sentence


def stressed(sentence):
    return " ".join(stress_sentence(sentence.split()))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Разделите тесто и смажьте противень .", "раздел+ите"),
        ("Положите овощи и тушите их час .", "туш+ите"),
        ("Осторожно открутите гайку .", "открут+ите"),
        ("Остановитесь у ворот .", "останов+итесь"),
        ("Готовьте и смотрите по сторонам .", "смотр+ите"),
        ("Вы разделите наследство поровну .", "разд+елите"),
        ("Если вы остановитесь , подождём .", "остан+овитесь"),
        ("Видите дом на холме .", "в+идите"),
        ("Говорите тише .", "говор+ите"),
    ],
)
def test_a_request_is_told_from_what_somebody_does(written, said):
    assert said in stressed(written).split()


def test_a_mark_typed_by_the_user_stays():
    assert "разд+елите" in stressed("Разд+елите тесто .").split()
