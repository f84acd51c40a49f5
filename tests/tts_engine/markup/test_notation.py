"""Marks in plain text, typed on a Russian keyboard."""

import pytest

from tts_engine.errors import TextError
from tts_engine.markup.notation import USUAL_PAUSE_SECONDS, parse_notation
from tts_engine.markup.script import Delivery, Pause, Run, Stop


@pytest.mark.parametrize(
    "text",
    ["Просто текст.", "Вот (в скобках) текст", "Ну вот ((", ")))", "((ну вот))", "Время 12:30:: да", "ёж: да", "::"],
)  # fmt: skip
def test_ordinary_text_stays_as_it_is(text):
    assert [item for item in parse_notation(text).items if isinstance(item, Run)] == [
        Run(f"{text}\n", Delivery())
    ]


@pytest.mark.parametrize(
    ("mark", "seconds"),
    [
        ("((пауза))", USUAL_PAUSE_SECONDS),
        ("((пауза 2 с))", 2),
        ("((Пауза 0,5))", 0.5),
        ("((500 мс))", 0.5),
        ("(( 1,5 с ))", 1.5),
        ("((pause 2 s))", 2),
    ],
)
def test_pauses(mark, seconds):
    assert parse_notation(f"Раз {mark} два").items[1] == Pause(seconds)


@pytest.mark.parametrize(
    ("mark", "delivery"),
    [
        ("((медленно))", Delivery(speed=0.8)),
        ("((быстрее))", Delivery(speed=1.25)),
        ("((скорость 0,7))", Delivery(speed=0.7)),
        ("((скорость 70%))", Delivery(speed=0.7)),
        ("((выше))", Delivery(pitch_semitones=2)),
        ("((высота -3))", Delivery(pitch_semitones=-3)),
        ("((тихо))", Delivery(volume_db=-7)),
        ("((громкость +3 дБ))", Delivery(volume_db=3)),
        ("((голос: boris))", Delivery(voice="boris")),
        ("((голос Мой голос))", Delivery(voice="Мой голос")),
    ],
)
def test_marks_hold_from_here_on(mark, delivery):
    items = parse_notation(f"Раз {mark} два\nтри").items
    assert items == (Run("Раз ", Delivery()), Run(" два\nтри\n", delivery))


def test_usual_again():
    items = parse_notation("((быстро))((выше))а ((обычно))б ((голос x))в ((основной голос))г").items
    deliveries = [item.delivery for item in items if isinstance(item, Run)]
    assert deliveries == [
        Delivery(speed=1.25, pitch_semitones=2),
        Delivery(),
        Delivery(voice="x"),
        Delivery(),
    ]


def test_lines_of_a_dialogue():
    script = parse_notation("anna:: Добрый день!\n— boris:: Здравствуйте.\nОни простились.")
    assert script.items == (
        Run(" Добрый день!", Delivery(voice="anna")),
        Stop(paragraph=True),
        Run(" Здравствуйте.", Delivery(voice="boris")),
        Stop(paragraph=True),
        Run("Они простились.\n", Delivery()),
    )
    assert script.voices == ("anna", "boris")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("((пауза 61 с)) а", "pause_too_long"),
        ("((пауза долгая)) а", "bad_pause"),
        ("((скорость 5)) а", "markup_out_of_range"),
        ("((скорость света)) а", "markup_bad_value"),
        ("((высота 20)) а", "markup_out_of_range"),
    ],
)
def test_a_wrong_value_is_named(text, code):
    with pytest.raises(TextError) as caught:
        parse_notation(text)
    assert caught.value.code == code


def test_marks_of_kokoro_are_understood():
    script = parse_notation("Раз [Rate:1.5] два [voice:nikolay] три [pause:1.5s] [rate: 0.8]четыре")
    runs = [item for item in script.items if isinstance(item, Run)]
    assert [(run.text.strip(), run.delivery.speed, run.delivery.voice) for run in runs] == [
        ("Раз", 1.0, None),
        ("два", 1.5, None),
        ("три", 1.0, "nikolay"),
        ("четыре", 0.8, "nikolay"),
    ]
    assert [item.seconds for item in script.items if isinstance(item, Pause)] == [1.5]


@pytest.mark.parametrize("text", ["[pause=1.5] да", "[PAUSE 1.0] да", "[rate:быстро] да", "[1] да"])
def test_other_brackets_are_ordinary_text(text):
    (run,) = parse_notation(text).items
    assert run.text.strip() == text


def test_a_rate_of_kokoro_beyond_the_range_is_named():
    with pytest.raises(TextError, match=r"rate 4 is outside 0\.5\.\.2"):
        parse_notation("[rate:4] да")
