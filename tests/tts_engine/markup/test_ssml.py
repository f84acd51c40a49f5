"""SSML: what is understood, and what is refused by name."""

import pytest

from tts_engine.errors import TextError
from tts_engine.markup.script import Delivery, Pause, Run, Stop
from tts_engine.markup.ssml import is_ssml, parse_script

TELEPHONE = "восемь, четыреста девяносто пять, сто двадцать три, сорок пять, шестьдесят семь"


def items(inner):
    return parse_script(f"<speak>{inner}</speak>").items


def runs(inner):
    return [item for item in items(inner) if isinstance(item, Run)]


def test_only_a_document_is_ssml():
    assert is_ssml('<?xml version="1.0"?>\n<speak version="1.1">а</speak>')
    assert is_ssml("  <speak/>")
    assert not is_ssml("Слово <speak> в тексте")
    assert not is_ssml("<speaker>")


def test_text_of_one_delivery_is_one_run():
    assert items("Раз <sub alias='два'>2</sub>\n три")[0] == Run("Раз два три", Delivery())


def test_paragraphs_and_sentences_end():
    kinds = [item for item in items("<p><s>Раз</s><s>два</s></p>") if isinstance(item, Stop)]
    assert [stop.paragraph for stop in kinds] == [False, False, True, False]


@pytest.mark.parametrize(
    ("attribute", "delivery"),
    [
        ('rate="slow"', Delivery(speed=0.75)),
        ('rate="80%"', Delivery(speed=0.8)),
        ('rate="+20%"', Delivery(speed=1.2)),
        ('rate="1,5"', Delivery(speed=1.5)),
        ('pitch="+2st"', Delivery(pitch_semitones=2)),
        ('pitch="high"', Delivery(pitch_semitones=2.5)),
        ('pitch="-50%"', Delivery(pitch_semitones=-12)),
        ('volume="-6dB"', Delivery(volume_db=-6)),
        ('volume="soft" rate="fast"', Delivery(speed=1.3, volume_db=-7)),
    ],
)
def test_prosody(attribute, delivery):
    assert runs(f"<prosody {attribute}>а</prosody>") == [Run("а", delivery)]


def test_prosody_adds_up_and_ends():
    deliveries = [
        run.delivery
        for run in runs('<prosody rate="0.8">а<prosody rate="0.8" pitch="1">б</prosody></prosody>в')
    ]
    assert deliveries[0].speed == 0.8
    assert deliveries[1].speed == pytest.approx(0.64)
    assert deliveries[1].pitch_semitones == 1
    assert deliveries[2] == Delivery()


@pytest.mark.parametrize(
    ("element", "seconds"),
    [
        ('<break time="500ms"/>', 0.5),
        ('<break time="1.5s"/>', 1.5),
        ('<break time="60s"/>', 60),
        ("<break/>", 0.5),
        ('<break strength="none"/>', 0),
    ],
)
def test_pauses(element, seconds):
    assert items(f"а{element}б")[1] == Pause(seconds)


@pytest.mark.parametrize(
    ("attributes", "written", "said"),
    [
        ('interpret-as="characters"', "МГУ1", "+эм, г+э, +у, один"),
        ('interpret-as="digits"', "112", "один один два"),
        ('interpret-as="cardinal" format="gf"', "21", "двадцати одной"),
        ('interpret-as="ordinal"', "5", "пятый"),
        ('interpret-as="fraction"', "3/4", "три четвёртых"),
        ('interpret-as="date"', "15.05", "пятнадцатое мая"),
        ('interpret-as="time"', "9:05", "девять ноль пять"),
        ('interpret-as="telephone"', "84951234567", TELEPHONE),
    ],
)  # fmt: skip
def test_say_as(attributes, written, said):
    assert [run.text.strip() for run in runs(f"<say-as {attributes}>{written}</say-as>")] == [said]


def test_phonemes_are_taken_as_given():
    script = parse_script('<speak>Это <phoneme ph="zˈamək">замок</phoneme>.</speak>')
    [given] = script.given.values()
    assert given.text == "замок"
    assert given.phonemes == ("z", "a", "m", "ə", "k")


def test_voices_of_a_dialogue_are_named():
    script = parse_script(
        '<speak><voice name="anna">Да.</voice><voice name="boris">Нет.</voice>Конец.</speak>'
    )
    assert script.voices == ("anna", "boris")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<speak>", "ssml_invalid"),
        ("<speak>а & б</speak>", "ssml_invalid"),
        ('<!DOCTYPE speak [<!ENTITY a "б">]><speak>&a;</speak>', "ssml_forbidden"),
        ('<!DOCTYPE speak SYSTEM "file:///etc/passwd"><speak>а</speak>', "ssml_forbidden"),
        ("<speak><audio src='a'/></speak>", "ssml_unknown_element"),
        ("<speak><speak>а</speak></speak>", "ssml_unknown_element"),
        ("<speak><prosody speed='2'>а</prosody></speak>", "ssml_unknown_attribute"),
        ("<speak><prosody rate='quick'>а</prosody></speak>", "markup_bad_value"),
        ("<speak><prosody rate='300%'>а</prosody></speak>", "markup_out_of_range"),
        ("<speak><prosody pitch='120Hz'>а</prosody></speak>", "markup_bad_value"),
        ("<speak><break time='soon'/>а</speak>", "bad_pause"),
        ("<speak><break time='61s'/>а</speak>", "pause_too_long"),
        ("<speak><sub>а</sub></speak>", "ssml_missing_attribute"),
        ("<speak><say-as interpret-as='poem'>а</say-as></speak>", "markup_bad_value"),
        ("<speak><phoneme ph='жжж'>а</phoneme></speak>", "unknown_phoneme"),
        ("<speak><phoneme alphabet='x-sampa' ph='a'>а</phoneme></speak>", "markup_bad_value"),
        ("<speak>" + "<p>" * 10 + "а" + "</p>" * 10 + "</speak>", "ssml_too_deep"),
        ("<speak>" + "<p>" * 5000 + "а" + "</p>" * 5000 + "</speak>", "ssml_too_deep"),
    ],
)
def test_what_is_wrong_is_named_in_both_languages(text, code):
    with pytest.raises(TextError) as caught:
        parse_script(text)
    assert caught.value.code == code
    assert str(caught.value)
    assert any("а" <= letter <= "я" for letter in caught.value.message_ru)


def test_ten_deep_is_allowed():
    assert runs("<p>" * 9 + "а" + "</p>" * 9)
