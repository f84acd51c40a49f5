"""Scores as JSON: there and back, and what is no score."""

import json
import math
from importlib.resources import files

import pytest

from tests.tts_engine.singing.made import KALINKA, measure, musicxml
from tests.tts_engine.singing.made import note as written
from tts_engine.confinement.running import Limits, run_confined
from tts_engine.errors import RequestError
from tts_engine.singing.documents import reading_task, score_from_dict, score_to_dict
from tts_engine.singing.midi_writing import midi_bytes
from tts_engine.singing.score import Note, Part, parse_score

NOTE = {"start": 0.0, "seconds": 0.5, "midi": 64}


def document(*notes):
    return {"title": "Песня", "parts": [{"name": "Голос", "notes": list(notes)}]}


def test_a_score_comes_back_as_it_was():
    told = score_to_dict(parse_score(musicxml(KALINKA).encode(), "song.musicxml"))
    assert score_to_dict(score_from_dict(told)) == told
    assert [note["syllable"] for note in told["parts"][0]["notes"]][:3] == ["Ка", "лин", "ка"]


def test_what_is_left_out_of_a_note_is_as_usual():
    [note] = score_from_dict(document(NOTE)).parts[0].notes
    assert note == Note(start_seconds=0.0, seconds=0.5, midi=64.0)
    assert (note.syllable, note.begins_word, note.loudness) == ("", True, 0.7)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seconds": 0}, "0 s"),
        ({"seconds": -1}, "seconds"),
        ({"start": math.nan}, "start"),
        ({"start": True}, "start"),
        ({"midi": 128}, "midi"),
        ({"midi": "до"}, "midi"),
        ({"loudness": 1.1}, "loudness"),
        ({"syllable": "а" * 41}, "syllable"),
        ({"syllable": 5}, "syllable"),
        ({"begins_word": 1}, "begins_word"),
        ({"hz": 440}, "hz"),
    ],
)
def test_what_is_no_note_is_named(changes, said):
    with pytest.raises(RequestError, match=said) as caught:
        score_from_dict(document(NOTE, {**NOTE, "start": 1.0, **changes}))
    assert (caught.value.code, caught.value.details["note"]) == ("bad_notes", 2)


@pytest.mark.parametrize("wrong", [{}, {"parts": 1}, {"parts": [1]}, {"parts": [{"notes": {}}]}])
def test_what_is_no_score_is_refused(wrong):
    with pytest.raises(RequestError) as caught:
        score_from_dict(wrong)
    assert caught.value.code == "bad_notes"


def test_two_voices_in_one_part_are_refused():
    with pytest.raises(RequestError) as caught:
        score_from_dict(document({**NOTE, "seconds": 4.0}, {**NOTE, "start": 2.0, "seconds": 4.0}))
    assert caught.value.code == "part_polyphonic"


def test_what_instruments_play_comes_back_too():
    back = "<backup><duration>12</duration></backup>"
    piano = measure(1, written("C", 3, 4) + back + written("E", 3, 1) + written("G", 3, 2))
    score = parse_score(musicxml(piano, KALINKA).encode(), "song.musicxml")
    again = score_from_dict(json.loads(json.dumps(score_to_dict(score))))
    assert [len(part.played) for part in again.parts] == [3, len(again.parts[1].notes)]
    assert again.parts[0].polyphonic_seconds == score.parts[0].polyphonic_seconds is not None
    with pytest.raises(RequestError, match="no syllables"):
        again.sung(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"played": 1},
        {"played": [[0, 1, 60]]},
        {"played": [[0, 1, 200, 0.7]]},
        {"program": 128},
        {"program": True},
        {"drums": 1},
        {"polyphonic": "a"},
    ],
)
def test_what_no_instrument_plays_is_refused(wrong):
    told = {"title": "", "parts": [{"name": "a", "notes": [NOTE], **wrong}]}
    with pytest.raises(RequestError) as caught:
        score_from_dict(told)
    assert caught.value.code == "bad_notes"


def test_too_many_notes_are_refused_before_any_is_read():
    with pytest.raises(RequestError) as caught:
        score_from_dict(document(*[None] * 20_001))
    assert caught.value.code == "score_too_large"


@pytest.mark.parametrize("name", ["kalinka", "beryoza", "ukhnem"])
def test_a_part_written_as_midi_is_read_back(name):
    shipped = files("tts_engine.singing.songs") / f"{name}.musicxml"
    part = parse_score(shipped.read_bytes(), f"{name}.musicxml").sung()
    again = parse_score(midi_bytes(part, "Песня"), "song.mid").sung()
    assert again.name == "Песня"
    assert len(again.notes) == len(part.notes)
    for note, other in zip(part.notes, again.notes, strict=True):
        assert other.start_seconds == pytest.approx(note.start_seconds, abs=0.002)
        assert other.seconds == pytest.approx(note.seconds, abs=0.002)
        assert (other.midi, other.syllable) == (note.midi, note.syllable)
        assert not note.syllable or other.begins_word == note.begins_word


def test_words_stay_apart_in_midi():
    notes = [
        Note(start_seconds=0.5 * i, seconds=0.5, midi=60, syllable=text, begins_word=begins)
        for i, (text, begins) in enumerate(
            [("Ка", True), ("лин", False), ("ка", False), ("я", True)]
        )
    ]
    again = parse_score(midi_bytes(Part(name="a", notes=tuple(notes))), "a.mid").sung()
    assert [(n.syllable, n.begins_word) for n in again.notes] == [
        (n.syllable, n.begins_word) for n in notes
    ]


def test_a_strangers_file_is_read_in_confinement():
    task = f"{reading_task.__module__}:reading_task"
    limits = Limits(output_bytes=1_000_000)
    with run_confined(
        task, musicxml(KALINKA).encode(), limits=limits, options={"name": "a.xml"}
    ) as outcome:
        assert outcome.error is None
        read = json.loads(outcome.output.read(outcome.output_bytes))
    assert read == score_to_dict(parse_score(musicxml(KALINKA).encode(), "a.xml"))
