"""Figures of a checkpoint: right words and likeness raise its score, silence is like nobody."""

from types import SimpleNamespace

import numpy as np
import pytest

from tts_engine.errors import AudioError
from tts_engine.studio.measuring import Judge
from tts_engine.studio.others import OTHERS_HELD_OUT
from tts_engine.text.symbols import PERIOD, START, phonemes_only
from tts_engine.training.corpus import HELD_OUT
from tts_engine.types import Audio

PERSON = np.array([0.6, 0.8], np.float32)


def clip(language="ru", tokens=(START, "a", "i", "o", "s", PERIOD)):
    return SimpleNamespace(
        profile=SimpleNamespace(embedding=PERSON),
        clip=SimpleNamespace(language=language, tokens=tokens),
    )


def judge(heard, vector, items=None, others=1):
    """One that hears these phonemes in everything, and this d-vector or none."""

    def embed(audio):
        if vector is None:
            raise AudioError("no_speech", "no speech", "нет речи")
        return np.asarray(vector, np.float32)

    cloner = SimpleNamespace(
        encoder=SimpleNamespace(embed=embed),
        recognizer=SimpleNamespace(transcribe=lambda audio: heard),
        device="cpu",
    )
    splits = {HELD_OUT: items or [clip()], OTHERS_HELD_OUT: [clip() for _ in range(others)]}
    clips = SimpleNamespace(
        tracked=SimpleNamespace(split=splits.get),
        batch=lambda items: SimpleNamespace(to=lambda device: None),
    )
    return Judge(cloner, None, clips)


def quiet(judge):
    """It says one sentence, and everything in silence."""
    silence = Audio(np.zeros(100, np.float32), 22_050)
    judge.sentences = [clip().clip.tokens]
    judge.spoken = judge.converted = lambda profile, what: silence
    judge.mel_distance = lambda profile: 0.5
    return judge


@pytest.mark.parametrize(
    ("heard", "vector", "errors", "similarity"),
    [
        (["a", "i", "o", "s"], PERSON, 0.0, 1.0),
        (["a", "i"], PERSON, 0.5, 1.0),
        (["a", "i", "o", "s"], (0.8, -0.6), 0.0, 0.0),
        ([], None, 1.0, 0.0),
    ],
)
def test_words_and_likeness_make_the_score(heard, vector, errors, similarity):
    told = []
    figures = quiet(judge(heard, vector)).measure(None, lambda *how: told.append(how))
    for part in ("", "conversion_"):
        assert figures[part + "phoneme_errors"] == errors
        assert figures[part + "similarity"] == pytest.approx(similarity, abs=1e-4)
    assert figures["score"] == pytest.approx(similarity - errors, abs=1e-4)
    assert figures["mel_distance"] == 0.5
    assert told == [(1, 2), (2, 2)]


def test_the_score_is_the_mean_of_speaking_and_converting():
    made = quiet(judge(["a", "i", "o", "s"], PERSON, others=2))
    made.others[1].clip.tokens = (START, "e", "u", PERIOD)
    figures = made.measure(None, lambda done, total: None)
    assert (figures["phoneme_errors"], figures["conversion_phoneme_errors"]) == (0.0, 0.6667)
    assert figures["score"] == pytest.approx((1.0 + 1.0 - 4 / 6) / 2, abs=1e-4)


def test_held_out_sentences_that_are_russian_are_said_beside_the_fixed_ones():
    english = clip("en", ())
    fixed = len(judge([], PERSON, [english]).sentences)
    russian = clip(tokens=(START, "a", PERIOD))
    assert len(judge([], PERSON, [russian, english]).sentences) == fixed + 1
    assert phonemes_only(judge([], PERSON, [russian]).sentences[0]) == ["a"]
