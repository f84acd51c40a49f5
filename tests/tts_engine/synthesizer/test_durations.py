"""Gaussian upsampling against its formula, and whole frames from predicted ones."""

import numpy as np
import pytest
import torch

from tts_engine.synthesizer.durations import (
    frames_from_prediction,
    gaussian_weights,
    shift_steps,
    upsample,
)
from tts_engine.text.symbols import COMMA, PERIOD, START

TOKENS = [START, "a", "t", COMMA, "o", "s", PERIOD]
PREDICTED = np.array([3.0, 7.4, 0.2, 30.0, 9.3, 5.5, 12.0], dtype=np.float32)
RATE = 22_050 / 256


def frames(speed=1.0, predicted=PREDICTED):
    return frames_from_prediction(TOKENS, predicted, speed=speed, frames_per_second=RATE)


def test_weights_follow_the_closed_form():
    durations = torch.tensor([[4.0, 2.0, 6.0]])
    ranges = torch.tensor([[1.5, 0.7, 2.0]])
    weights = gaussian_weights(durations, ranges, steps=6, reduction=2)[0].numpy()
    centres = np.array([2.0, 5.0, 9.0])
    times = np.arange(6)[:, None] * 2 + 1.0
    sigma = ranges.numpy()
    density = np.exp(-0.5 * ((times - centres) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(weights, density / density.sum(axis=1, keepdims=True), rtol=1e-4)


def test_tokens_without_frames_are_heard_nowhere():
    durations = torch.tensor([[4.0, 0.0, 6.0, 0.0]])
    weights = gaussian_weights(durations, torch.ones(1, 4), steps=5, reduction=2)
    assert float(weights[..., [1, 3]].max()) == 0.0
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(1, 5))


def test_narrow_ranges_repeat_each_token_for_its_frames():
    durations = torch.tensor([[3.0, 3.0]])
    weights = gaussian_weights(durations, torch.full((1, 2), 0.05), steps=6, reduction=1)
    mixed = upsample(torch.tensor([[[1.0], [5.0]]]), durations, weights, reduction=1)
    torch.testing.assert_close(mixed[0, :, 0], torch.tensor([1.0, 1.0, 1.0, 5.0, 5.0, 5.0]))
    offsets = torch.tensor([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0]) / 10
    torch.testing.assert_close(mixed[0, :, 1], offsets)


def test_every_phoneme_has_a_frame_and_the_total_keeps_to_the_prediction():
    got = frames(predicted=np.array([2.4, 0.1, 0.1, 10.3, 3.3, 4.4, 8.3], dtype=np.float32))
    assert got[[1, 2, 4, 5]].min() >= 1
    bounded = np.array([2.4, 1.0, 1.0, 10.3, 3.3, 4.4, 8.3])
    assert got.sum() == pytest.approx(bounded.sum(), abs=0.5)


def test_twice_as_fast_is_half_as_long():
    assert frames(2.0).sum() == pytest.approx(frames(1.0).sum() / 2, rel=0.1)
    assert frames(0.5).sum() > 1.6 * frames(1.0).sum()


@pytest.mark.parametrize("speed", [0.25, 1.0, 4.0])
def test_pauses_stay_within_their_limits(speed):
    got = frames(speed, np.full(7, 300, dtype=np.float32)) / RATE
    assert got[3] < 0.6
    assert got[0] < 0.3
    assert got[-1] < 0.3


def test_shifted_steps_start_with_silence_and_lose_the_last():
    steps = torch.arange(6.0).reshape(1, 3, 2) + 1
    assert shift_steps(steps).tolist() == [[[0, 0], [1, 2], [3, 4]]]
