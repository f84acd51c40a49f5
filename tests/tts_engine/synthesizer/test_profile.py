"""Measured facts of a voice."""

import numpy as np
import pytest

from tests.tts_engine.synthesizer.tiny import voice
from tts_engine.synthesizer.profile import facts_to_f0, facts_vector, voice_spectrum


def test_spectrum_ignores_level_and_silence():
    shape = np.linspace(2, -6, 80)[:, None] + np.sin(np.arange(80) / 5)[:, None]
    mel = np.repeat(shape, 50, axis=1).astype(np.float32)
    silence = np.full((80, 30), -11.0, dtype=np.float32)
    plain = voice_spectrum(mel)
    np.testing.assert_allclose(voice_spectrum(mel + 1.5), plain, atol=1e-3)
    np.testing.assert_allclose(voice_spectrum(np.hstack([mel, silence])), plain, atol=1e-3)
    assert plain[0] > 1  # falls towards high frequencies


def test_spectrum_of_a_cosine_is_one_coefficient():
    wave = np.cos(np.pi * 3 * (np.arange(80) + 0.5) / 80)
    spectrum = voice_spectrum(np.repeat(wave[:, None], 20, axis=1))
    np.testing.assert_allclose(spectrum, np.eye(20)[2], atol=1e-3)


def test_facts_of_a_measured_voice_lead_back_to_its_pitch():
    measured = voice(
        f0_median_hz=210.0,
        f0_spread_semitones=2.5,
        phonemes_per_second=13.0,
        spectrum=tuple(np.linspace(1, 0, 20)),
    )
    facts, known = facts_vector(measured, 20)
    assert known.all()
    assert facts_to_f0(facts) == pytest.approx((210.0, 2.5), rel=1e-4)


def test_an_embedding_alone_leaves_every_fact_unknown():
    facts, known = facts_vector(voice(), 20)
    assert not known.any()
    assert not facts.any()
