"""Contours of questions over the predicted pitch."""

import numpy as np
import pytest

from tests.tts_engine.synthesizer.tiny import SENTENCE, request, tiny_synthesizer
from tts_engine.errors import RequestError
from tts_engine.synthesizer.intonation import Contour, shape_question

FLAT = np.zeros(12, dtype=np.float32)


def test_a_yes_no_question_rises_in_its_focus_and_is_low_after_it():
    shaped = shape_question(FLAT, Contour(rises=True, token=5, reach=12), spread=2.8)
    assert shaped.argmax() == 5
    assert shaped[5] - shaped[4] > 6
    assert shaped[-1] < -4
    assert (np.diff(shaped[5:]) <= 0).all()


def test_a_question_word_is_highest_and_the_rest_falls_to_the_end():
    shaped = shape_question(FLAT, Contour(rises=False, token=2, reach=12), spread=2.8)
    assert shaped.argmax() == 2
    assert 0 < shaped[3] < shaped[2]
    assert shaped[-1] < -4


def test_the_second_of_a_choice_falls_from_the_middle():
    shaped = shape_question(FLAT, Contour(rises=True, token=3, reach=5), spread=2.8)
    assert shaped[3] > 6
    assert -3 < shaped[6] < 0 > shaped[-1]


def test_a_lively_voice_moves_more_and_the_given_pitch_stays_as_it_was():
    contour = Contour(rises=True, token=5, reach=12)
    assert shape_question(FLAT, contour, 4.0)[5] > shape_question(FLAT, contour, 1.5)[5]
    assert (FLAT == 0).all()


@pytest.mark.parametrize("rises", [True, False])
def test_a_focus_at_the_very_end(rises):
    shaped = shape_question(FLAT[:3], Contour(rises=rises, token=2, reach=3), spread=2.8)
    assert shaped[2] >= 4


def test_a_contour_outside_the_tokens_is_refused():
    with pytest.raises(RequestError, match="contour"):
        request(contour=Contour(rises=True, token=len(SENTENCE), reach=len(SENTENCE) + 1))


def test_the_contour_reaches_the_f0_that_is_rendered():
    speaker = tiny_synthesizer()
    plain = speaker.synthesize([request()])[0].f0_hz
    focus = SENTENCE.index("a")
    contour = Contour(rises=True, token=focus, reach=len(SENTENCE))
    shaped = speaker.synthesize([request(contour=contour)])[0].f0_hz
    assert shaped[focus] > 1.2 * max(shaped[:focus].max(), 1.0)
    assert not np.allclose(plain, shaped)
