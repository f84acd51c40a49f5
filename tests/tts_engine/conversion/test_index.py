"""Retrieval of the target's contents."""

import numpy as np
import pytest

from tts_engine.conversion import index as module
from tts_engine.conversion.index import NEIGHBOURS, RetrievalIndex
from tts_engine.errors import RequestError


def made(frames: int = 200, size: int = 16, seed: int = 0):
    return np.random.default_rng(seed).normal(size=(frames, size)).astype(np.float32)


def test_an_exact_hit_is_itself_and_no_division_by_zero():
    own = made()
    drawn = RetrievalIndex.build([own]).draw(own[:20], 1.0)
    np.testing.assert_allclose(drawn, own[:20], atol=1e-2)


def test_as_by_hand():
    own, asked = made(), made(5, seed=1)
    drawn = RetrievalIndex.build([own[:90], own[90:]]).draw(asked, 0.6)
    for row, frame in zip(drawn, asked, strict=True):
        squares = np.square(own - frame).sum(axis=1)
        nearest = np.argsort(squares)[:NEIGHBOURS]
        weights = squares[nearest] ** -2.0
        expected = (weights[:, None] * own[nearest]).sum(axis=0) / weights.sum()
        np.testing.assert_allclose(row, 0.6 * expected + 0.4 * frame, atol=1e-3)


def test_a_rate_for_every_frame():
    own, asked = made(), made(10, seed=1)
    index = RetrievalIndex.build([own])
    rates = np.where(np.arange(10) < 5, 0, 1).astype(np.float32)
    drawn = index.draw(asked, rates)
    np.testing.assert_array_equal(drawn[:5], asked[:5])
    np.testing.assert_allclose(drawn[5:], index.draw(asked, 1.0)[5:], atol=1e-5)
    np.testing.assert_array_equal(index.draw(asked, 0.0), asked)


def test_of_very_many_frames_centres_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MOST_FRAMES", 100)
    monkeypatch.setattr(module, "CENTRES", 20)
    assert RetrievalIndex.build([made()]).frames.shape == (20, 16)


def test_named_refusals():
    with pytest.raises(RequestError, match="at least"):
        RetrievalIndex.build([made(3)])
    with pytest.raises(RequestError, match="build it anew"):
        RetrievalIndex.build([made()]).draw(made(size=8), 0.5)
