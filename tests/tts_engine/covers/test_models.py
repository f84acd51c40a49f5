"""The index of a voice: of its recordings, or of what it says itself; kept for the next cover."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.tts_engine.covers.tiny import RATE, buzz, tiny_models, tiny_voice
from tts_engine.covers.models import KEPT_INDEXES
from tts_engine.speaking.fitting import TAUGHT
from tts_engine.types import Audio


@pytest.fixture
def models():
    made, said = tiny_models(), []

    def speak(request):
        said.append(request.text)
        return SimpleNamespace(audio=Audio(buzz(0.5 + 0.01 * len(said)), RATE))

    made.cloner = SimpleNamespace(speak=speak, said=said)
    return made


def test_a_voice_without_recordings_says_what_it_is_known_by(models):
    voice, told = replace(tiny_voice(), recordings=()), []
    target = models.target(voice, lambda *at: told.append(at))
    assert models.cloner.said == list(TAUGHT)
    assert told[-1] == (12, 12)
    assert target.index.frames.shape[1] == 256
    assert models.sample(voice).seconds == pytest.approx(0.62)
    assert models.target(voice).index is target.index
    assert len(models.cloner.said) == 12


def test_recordings_are_taken_where_there_are_some(models):
    voice = tiny_voice()
    models.target(voice)
    assert models.cloner.said == []
    assert models.sample(voice) is voice.recordings[0]


def test_a_reference_is_measured_and_its_judged_part_kept(models):
    judged, profile = Audio(buzz(1.5), RATE), tiny_voice().profile
    models.cloner = SimpleNamespace(
        profile=lambda audio: (profile, SimpleNamespace(audio=judged)),
    )
    voice = replace(tiny_voice(), profile=None)
    found = models.measured(voice)
    assert (found.known, found.recordings) == (profile, (judged,))


def test_few_indexes_are_kept(models):
    first = models.target(tiny_voice(100.0)).index
    for f0_hz in range(101, 101 + KEPT_INDEXES):
        models.target(tiny_voice(float(f0_hz)))
    assert models.target(tiny_voice(100.0)).index is not first
