"""Speeds beyond those of the training."""

import numpy as np

from tts_engine.synthesizer.pacing import SPOKEN_SPEEDS, hold, spoken_speed, stretch_mel, with_edges


def test_known_speeds_are_spoken_and_others_stretched():
    assert spoken_speed(1.0) == 1.0
    assert (spoken_speed(0.5), spoken_speed(2.0)) == SPOKEN_SPEEDS


def test_every_sound_keeps_its_place_in_a_stretched_mel():
    spoken, wanted = np.array([4, 6, 2, 0]), np.array([8, 3, 6, 0])
    mel = np.repeat(np.array([[1.0, 5.0, 9.0]]), [4, 6, 2], axis=1).repeat(3, axis=0)
    made = stretch_mel(mel.astype(np.float32), spoken, wanted)
    assert made.shape == (3, 17)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made[0, 1:6], 1.0)  # away from the borders, where sounds blend
    np.testing.assert_allclose(made[0, 9], 5.0)
    np.testing.assert_allclose(made[0, 13:], 9.0)


def test_equal_durations_change_nothing():
    mel = np.random.default_rng(0).normal(size=(80, 12)).astype(np.float32)
    frames = np.array([5, 7])
    assert stretch_mel(mel, frames, frames.copy()) is mel


def test_only_held_tokens_get_longer():
    frames = np.array([2, 3, 0, 5])
    np.testing.assert_array_equal(hold(frames, ((1, 2.5), (2, 4.0))), [2, 8, 0, 5])
    np.testing.assert_array_equal(frames, [2, 3, 0, 5])


def test_the_middle_of_a_sound_is_held():
    np.testing.assert_array_equal(with_edges(np.array([2, 6, 40])), [0, 2, 0, 2, 2, 2, 4, 32, 4])
