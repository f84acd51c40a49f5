"""Names of mixed voices."""

import pytest

from tts_engine.errors import VoiceError
from tts_engine.markup.mixes import MOST_VOICES, parse_mix
from tts_engine.markup.notation import parse_notation
from tts_engine.markup.ssml import parse_script


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        ("anna", {"anna": 1.0}),
        ("anna+elena", {"anna": 1.0, "elena": 1.0}),
        ("anna(2)+elena", {"anna": 2.0, "elena": 1.0}),
        (" anna (0.3) + mikhail(0,7) ", {"anna": 0.3, "mikhail": 0.7}),
        ("anna+anna(2)", {"anna": 3.0}),
        ("Мама 2+Папа (младший)(0.5)", {"Мама 2": 1.0, "Папа (младший)": 0.5}),
    ],
)
def test_a_mix_is_voices_with_weights(written, shares):
    assert parse_mix(written) == shares


@pytest.mark.parametrize("written", ["anna+", "+anna", "anna++elena", "anna(0)+elena", "+", " "])
def test_what_is_no_mix_is_named(written):
    with pytest.raises(VoiceError) as caught:
        parse_mix(written)
    assert caught.value.code == "bad_voice_mix"
    assert repr(written) in str(caught.value)


def test_a_mix_of_a_crowd_is_refused():
    with pytest.raises(VoiceError) as caught:
        parse_mix("+".join(["anna"] * (MOST_VOICES + 1)))
    assert caught.value.code == "voice_mix_too_large"


@pytest.mark.parametrize(
    "text",
    [
        "anna(0,3)+elena:: Привет.",
        "— anna(0,3)+elena:: Привет.",
        "((голос anna(0,3)+elena)) Привет.",
        "[voice:anna(0,3)+elena] Привет.",
        '<speak><voice name="anna(0,3)+elena">Привет.</voice></speak>',
    ],
)
def test_every_mark_of_a_voice_takes_a_mix(text):
    script = parse_script(text)
    assert script.voices == ("anna(0,3)+elena",)
    assert "".join(run.text for run in script.items if hasattr(run, "text")).strip() == "Привет."


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["((", "((a(1)", "a(1)", "[voice:", "(1(1"])
def test_marks_that_never_end_are_read_in_time(piece):
    assert parse_notation(piece * 10_000).voices == ()
