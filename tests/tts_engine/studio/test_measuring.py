"""Figures of a checkpoint: right words and likeness raise its score, silence is like nobody."""

from types import SimpleNamespace

import numpy as np
import pytest

from tts_engine.errors import AudioError
from tts_engine.studio.measuring import Judge
from tts_engine.text.symbols import PERIOD, START, phonemes_only
from tts_engine.types import Audio

PERSON = np.array([0.6, 0.8], np.float32)


def judge(heard, vector):
    """One that hears these phonemes in everything, and this d-vector or none."""

    def embed(audio):
        if vector is None:
            raise AudioError("no_speech", "no speech", "нет речи")
        return np.asarray(vector, np.float32)

    cloner = SimpleNamespace(
        encoder=SimpleNamespace(embed=embed),
        recognizer=SimpleNamespace(transcribe=lambda audio: heard),
    )
    clip = SimpleNamespace(language="ru", tokens=(START, "a", "i", "o", "s", PERIOD))
    item = SimpleNamespace(profile=SimpleNamespace(embedding=PERSON), clip=clip)
    made = Judge(cloner, None, [item])
    made.sentences = [clip.tokens]
    made.spoken = lambda profile, tokens: Audio(np.zeros(100, np.float32), 22_050)
    made.mel_distance = lambda profile: 0.5
    return made


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
    figures = judge(heard, vector).measure(None, lambda done, total: told.append((done, total)))
    assert figures["phoneme_errors"] == errors
    assert figures["similarity"] == pytest.approx(similarity, abs=1e-4)
    assert figures["score"] == pytest.approx(similarity - errors, abs=1e-4)
    assert figures["mel_distance"] == 0.5
    assert told == [(1, 1)]


def test_held_out_sentences_that_are_russian_are_said_beside_the_fixed_ones():
    made = judge([], PERSON)
    fixed = len(Judge(made.cloner, None, [english()]).sentences)
    russian = SimpleNamespace(
        profile=SimpleNamespace(embedding=PERSON),
        clip=SimpleNamespace(language="ru", tokens=(START, "a", PERIOD)),
    )
    assert len(Judge(made.cloner, None, [russian, english()]).sentences) == fixed + 1
    assert phonemes_only(Judge(made.cloner, None, [russian]).sentences[0]) == ["a"]


def english():
    return SimpleNamespace(
        profile=SimpleNamespace(embedding=PERSON), clip=SimpleNamespace(language="en", tokens=())
    )
