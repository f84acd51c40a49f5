"""What is mended of the mel before the vocoder gets it."""

import numpy as np

from tests.tts_engine.conversion.tiny import TINY
from tts_engine.audio.mel import band_edges
from tts_engine.conversion.inference import FALLING_NATS, cleared_below_pitch

CENTRES = band_edges(TINY.mel)[1:-1]


def test_below_a_pitch_that_was_folded_the_mel_falls_by_octaves():
    mel = np.zeros((TINY.mel.n_mels, 3), np.float32)
    mel[:, 1] = -20.0
    high, usual, unvoiced = 900.0, TINY.pitch_high_hz, 0.0
    f0_hz = np.array([high, high, usual], np.float32)
    made = cleared_below_pitch(mel, f0_hz, TINY)
    octaves = np.log2(high / CENTRES)
    np.testing.assert_allclose(made[:, 0], np.where(octaves > 0, -FALLING_NATS * octaves, 0), 1e-5)
    np.testing.assert_array_equal(made[:, 2], mel[:, 2])
    assert made[0, 1] < mel[0, 1]
    assert (made[high <= CENTRES, 1] == -20.0).all()
    silent = cleared_below_pitch(mel, np.full(3, unvoiced, np.float32), TINY)
    np.testing.assert_array_equal(silent, mel)


def test_what_is_fainter_than_that_already_stays():
    mel = np.full((TINY.mel.n_mels, 1), -9.0, np.float32)
    mel[CENTRES > 900, 0] = 0.0
    made = cleared_below_pitch(mel, np.array([900.0], np.float32), TINY)
    near = (CENTRES < 900) & (CENTRES > 500)
    np.testing.assert_array_equal(made[near], mel[near])
