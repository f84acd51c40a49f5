"""Speeds beyond those of the training."""

import numpy as np

from tts_engine.synthesizer.pacing import (
    SPOKEN_SPEEDS,
    hold,
    hold_mel,
    spoken_speed,
    stretch_mel,
    with_edges,
)


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


def loud(*nats):
    """A mel of two bands and as many frames, so loud each."""
    return np.tile(np.array(nats, np.float32), (2, 1))


def test_of_a_vowel_only_what_is_loud_is_held():
    """A vowel that fades in over six frames and out over six is loud for all of its note."""
    vowel = [-6, -5, -4, -3, -2, -1, *[0] * 12, -1, -2, -3, -4, -5, -6]
    mel = loud(-9, -9, *vowel, -9)
    spoken, wanted = np.array([2, 24, 1]), np.array([2, 200, 1])
    held = hold_mel(mel, spoken, wanted, ["", "a", ""])
    assert held.shape == (2, 203)
    assert (held[0] > -0.1).sum() > 170
    plain = stretch_mel(mel, spoken, wanted)
    assert (plain[0] > -0.1).sum() < 110


def test_begins_and_ends_of_sounds_keep_their_pace():
    mel = loud(*range(30))
    held = hold_mel(mel, np.array([15, 15]), np.array([15, 60]), ["", ""])
    np.testing.assert_allclose(held[0, :19], np.arange(19), atol=1e-4)
    np.testing.assert_allclose(held[0, -4:], np.arange(26, 30), atol=1e-4)


def test_what_is_hardly_heard_before_a_vowel_is_passed_quickly():
    mel = loud(*[-9] * 20, *[0] * 20)
    held = hold_mel(mel, np.array([40]), np.array([80]), ["a"])
    assert held.shape == (2, 80)
    assert (held[0] < -4).sum() < 12


def test_a_vowel_on_its_next_note_is_as_loud_as_on_the_one_before():
    mel = loud(*[0] * 12, *[-4] * 12, *[-4] * 12)
    held = hold_mel(mel, np.array([12, 12, 12]), np.array([20, 20, 20]), ["a", "a", "o"])
    np.testing.assert_allclose(held[0, 5:38], 0.0, atol=1e-4)
    np.testing.assert_allclose(held[0, -15:], -4.0, atol=1e-4)
    assert mel[0, 15] == -4  # what was given stays as it was
