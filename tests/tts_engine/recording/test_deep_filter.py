"""The denoiser's network, its frames and its weights."""

import numpy as np
import pytest
import torch

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.recording import deep_filter
from tts_engine.recording.deep_filter import (
    DeepFilter,
    DeepFilterConfig,
    DeepFilterNetwork,
    get_deep_filter,
)
from tts_engine.recording.deep_filter_importing import gru_weights
from tts_engine.types import Audio

TINY = DeepFilterConfig(channels=8, hidden=32)


@pytest.fixture
def untrained():
    torch.manual_seed(0)
    network = DeepFilterNetwork(TINY)
    for values in network.parameters():
        torch.nn.init.normal_(values, 0, 0.05)
    return network


def test_gains_and_taps_have_a_value_for_each_frame(untrained):
    gains, taps = untrained(torch.randn(2, 1, 7, 32), torch.randn(2, 2, 7, 96))
    assert gains.shape == (2, 7, 32)
    assert 0 <= gains.min() <= gains.max() <= 1
    assert taps.shape == (2, 7, 96, 5, 2)


def test_frames_look_no_further_ahead_than_a_block_is_given(untrained):
    bands, bins = torch.randn(1, 1, 40, 32), torch.randn(1, 2, 40, 96)
    changed = bands.clone()
    changed[:, :, 30:] += 1
    before, after = untrained(bands, bins)[0][0], untrained(changed, bins)[0][0]
    seen = int((before != after).any(dim=1).nonzero()[0])
    assert 30 - deep_filter.AFTER_FRAMES < seen <= 30


def test_what_passes_unchanged_comes_out_as_it_was(untrained, monkeypatch):
    """Analysis and synthesis are each other's inverse: gains of 1 and a filter of the present frame alone."""

    def through(bands, bins):
        frames = bands.shape[2]
        taps = torch.zeros(1, frames, 96, 5, 2)
        taps[:, :, :, TINY.order - 1 - TINY.lookahead, 0] = 1
        return torch.ones(1, frames, 32), taps

    monkeypatch.setattr(untrained, "forward", through)
    for seconds in (0.004, 0.5, 23.3):
        waveform = np.random.default_rng(1).normal(0, 0.1, round(seconds * 48_000))
        audio = Audio(waveform.astype(np.float32), 48_000)
        np.testing.assert_allclose(
            DeepFilter(untrained).clean(audio).waveform, audio.waveform, atol=1e-5
        )


def test_a_wheel_orders_the_gates_of_a_gru_as_onnx_does():
    rng = np.random.default_rng(3)
    size, steps = 4, 6
    inputs, hidden = (torch.tensor(rng.normal(size=(1, 3 * size, size))) for _ in range(2))
    biases = torch.tensor(rng.normal(size=(1, 6 * size)))
    gru = torch.nn.GRU(size, size, batch_first=True).double()
    gru.load_state_dict({f"{n}_l0": v for n, v in gru_weights(inputs, hidden, biases)})
    heard = torch.tensor(rng.normal(size=(1, steps, size)))
    state = np.zeros(size)
    w, r, (wb, rb) = inputs[0].numpy(), hidden[0].numpy(), np.split(biases[0].numpy(), 2)
    for step in heard[0].numpy():  # the operator GRU of ONNX with linear_before_reset
        from_input, from_state = w @ step + wb, r @ state + rb
        update, reset = (
            1 / (1 + np.exp(-(from_input[k : k + size] + from_state[k : k + size])))
            for k in (0, size)
        )
        new = np.tanh(from_input[2 * size :] + reset * from_state[2 * size :])
        state = update * state + (1 - update) * new
    np.testing.assert_allclose(gru(heard)[0][0, -1].detach().numpy(), state, atol=1e-9)


@pytest.mark.weights
def test_blocks_of_a_long_recording_join_without_a_seam(monkeypatch):
    speech = espeak_speech()
    noise = np.random.default_rng(5).normal(0, 0.02, speech.waveform.size).astype(np.float32)
    audio = Audio(
        np.tile(speech.waveform + noise, 3)[: 14 * speech.sample_rate_hz], speech.sample_rate_hz
    )
    whole = get_deep_filter().clean(audio).waveform
    monkeypatch.setattr(deep_filter, "BLOCK_FRAMES", 500)
    blocks = get_deep_filter().clean(audio).waveform
    difference = np.sum((whole - blocks) ** 2) / np.sum(whole**2)
    assert 10 * np.log10(difference) < -25
