"""Measures on held-out clips."""

import math

import pytest
import torch

from tests.tts_engine.synthesizer.test_model import batch_of
from tests.tts_engine.synthesizer.tiny import tiny_network
from tts_engine.synthesizer.validation import mel_error, picture, prosody_errors


def test_mel_error_is_the_mean_difference_of_real_frames():
    batch = batch_of([9, 4])
    spoken = torch.nn.functional.pad(batch.mel + 0.25, (0, 1))
    spoken[1, :, int(batch.frames[1]) :] = 99.0  # padding does not count
    assert mel_error(spoken, batch) == pytest.approx(0.25, rel=1e-4)


def test_prosody_errors_are_finite_and_picture_has_three_parts():
    network, batch = tiny_network(), batch_of([9, 4])
    assert all(math.isfinite(value) for value in prosody_errors(network, batch).values())
    figure = picture(torch.zeros(80, 20), torch.ones(80, 20), torch.rand(10, 9))
    assert len(figure.axes) == 3
