"""Rows: measures gathered from utterances."""

import numpy as np
import pytest

from tts_engine.evaluation.listening import Utterance
from tts_engine.evaluation.measures import Silences
from tts_engine.evaluation.subjects import Person, Subject, persons
from tts_engine.evaluation.table import HEADER, RECORDED, make_row, mean_row, rows_by_set
from tts_engine.types import VoiceProfile


def axis(index):
    return np.eye(256, dtype=np.float32)[index]


def utterance(sentence_set="everyday", errors=1, judge_errors=2, pause=0.1, **changed):
    values = {
        "sentence_set": sentence_set,
        "text": "а",
        "tokens": ("^", "a", "m", "a", "m", "."),
        "seconds": 2.0,
        "audio": None,
        "errors": errors,
        "judge_errors": judge_errors,
        "silences": Silences(longest_pause=pause, leading=0.2, trailing=0.3),
        "clipped": 0.01,
        "seconds_spent": 0.5,
        "embedding": axis(0),
        "embedding2": axis(3),
        "mos": 3.0,
        "mos2": 4.0,
    }
    return Utterance(**{**values, **changed})


def subject(recording=None):
    profile = VoiceProfile(embedding=axis(0))
    person = Person(reference=axis(0), recording=recording, others=(axis(1), axis(0)))
    person2 = Person(recording=axis(3), others=(axis(4),))
    return Subject(name="anna", profile=profile, person=person, person2=person2)


def test_a_row_gathers_errors_similarities_and_silences():
    row = make_row("anna", [utterance(), utterance(errors=3, pause=0.7)], subject(axis(2)))
    assert row.phoneme_error_percent == pytest.approx(50)
    assert row.judge_error_percent == pytest.approx(50)
    assert row.reference_similarity == pytest.approx(1)
    assert row.similarity == pytest.approx(0)
    assert row.other_similarity == pytest.approx(0.5)
    assert np.isnan(row.reference_similarity2)
    assert row.similarity2 == pytest.approx(1)
    assert row.other_similarity2 == pytest.approx(0)
    assert (row.mos, row.mos2) == (3, 4)
    assert row.pause_seconds == 0.7
    assert row.edge_seconds == 0.3
    assert row.clipped_percent == pytest.approx(1)
    assert row.real_time_factor == pytest.approx(0.25)


def test_what_cannot_be_measured_is_a_dash_and_keeps_its_place():
    short = utterance(embedding=None, embedding2=None, mos=np.nan, mos2=np.nan, tokens=())
    row = make_row("real", [short])
    assert np.isnan(row.phoneme_error_percent)
    assert np.isnan(make_row("anna", [short], subject()).similarity)
    assert len(row.line()) == len(HEADER)
    assert row.cells().count("-") == 10


def test_short_clips_do_not_spoil_the_means_of_long_ones():
    row = make_row("anna", [utterance(), utterance(embedding=None, mos=np.nan)], subject())
    assert row.mos == 3
    assert row.reference_similarity == pytest.approx(1)


def test_a_row_for_each_set_and_one_for_all():
    rows = rows_by_set(subject(), [utterance(), utterance("numbers"), utterance("numbers")])
    assert [(row.sentence_set, row.clips) for row in rows] == [
        ("everyday", 1),
        ("numbers", 2),
        ("all", 3),
    ]


def test_means_of_rows_keep_the_longest_pause():
    rows = [make_row("a", [utterance()]), make_row("b", [utterance(errors=3, pause=0.9)])]
    mean = mean_row("mean", rows)
    assert mean.phoneme_error_percent == pytest.approx(50)
    assert mean.pause_seconds == 0.9
    assert mean.clips == 2
    assert np.isnan(mean.similarity)


def test_recorded_words_have_a_row_of_their_own_only():
    rows = rows_by_set(subject(), [utterance(), utterance(RECORDED, errors=4)])
    assert [(row.sentence_set, row.clips) for row in rows] == [
        ("everyday", 1),
        (RECORDED, 1),
        ("all", 1),
    ]
    assert rows[1].phoneme_error_percent == 4 * rows[2].phoneme_error_percent


def test_who_has_no_other_recording_is_known_to_the_others_by_the_reference():
    first, second = persons([axis(0), axis(1)], [axis(2), None])
    assert first.recording is not None
    assert second.recording is None
    assert np.array_equal(first.others, [axis(1)])
    assert np.array_equal(second.others, [axis(2)])
    assert persons([None, None], [None, axis(2)])[1].others == ()
