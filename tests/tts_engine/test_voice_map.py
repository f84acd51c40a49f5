"""The map of voices and their cosines."""

import numpy as np
import pytest

from tts_engine.speaking.voice_map import place, similarities


def clusters(rng, size=6):
    """Voices around three unlike ones, shape (3 size, 256), and which they belong to."""
    centres = rng.standard_normal((3, 256))
    vectors = np.repeat(centres, size, axis=0) + 0.3 * rng.standard_normal((3 * size, 256))
    return vectors, np.repeat(np.arange(3), size)


def test_cosines_are_those_of_the_angle():
    others = np.array([[2.0, 0.0], [0.0, 5.0], [-1.0, 0.0], [1.0, 1.0]])
    found = similarities(np.array([3.0, 0.0]), others)
    np.testing.assert_allclose(found, [1.0, 0.0, -1.0, np.sqrt(0.5)], atol=1e-12)


def test_similar_voices_lie_near_each_other():
    vectors, kinds = clusters(np.random.default_rng(1))
    places = place(vectors)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    same = kinds[:, None] == kinds[None]
    assert apart[same].max() < 0.5 * apart[~same].min()


def test_places_do_not_depend_on_the_order():
    vectors, _ = clusters(np.random.default_rng(2))
    order = np.random.default_rng(3).permutation(len(vectors))
    np.testing.assert_allclose(place(vectors[order]), place(vectors)[order], atol=1e-9)


def test_places_fill_the_square_and_are_centred():
    places = place(clusters(np.random.default_rng(4))[0])
    assert np.abs(places).max() == pytest.approx(1.0)
    np.testing.assert_allclose(places.mean(axis=0), 0.0, atol=1e-9)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_voices_have_places_too(count):
    places = place(np.eye(256)[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    if count == 2:
        np.testing.assert_allclose(np.abs(places[:, 0]), 1.0)
        np.testing.assert_allclose(places[:, 1], 0.0, atol=1e-9)


def test_voices_that_do_not_differ_lie_in_the_middle():
    np.testing.assert_array_equal(place(np.ones((4, 256))), np.zeros((4, 2)))
