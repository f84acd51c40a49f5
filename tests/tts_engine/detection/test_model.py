"""The network, and its twin in NumPy."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from tests.tts_engine.detection.tiny_material import TINY
from tts_engine.detection.array_network import ArrayNetwork
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.losses import machine_loss
from tts_engine.detection.model import DetectorNetwork


def used(config):
    """A network whose norms have seen something."""
    torch.manual_seed(0)
    network = DetectorNetwork(config)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2.0)
            nn.init.normal_(layer.weight, 1.0, 0.3)
            nn.init.normal_(layer.bias)
    return network.eval()


@pytest.mark.parametrize("config", [TINY, DetectorConfig()])
def test_both_networks_say_the_same(config):
    network = used(config)
    frames = config.window_frames
    levels, loud = (
        torch.randn(3, frames, 1 + config.fine_windows, config.bands),
        torch.rand(3, frames) > 0.3,
    )
    told = network(levels, loud).detach().numpy()
    twin = ArrayNetwork({name: value.numpy() for name, value in network.state_dict().items()})
    np.testing.assert_allclose(twin(levels.numpy(), loud.numpy()), told, rtol=1e-3, atol=1e-5)
    assert np.ptp(told) > 1e-4


def test_what_is_quiet_has_no_weight():
    network = used(TINY)
    levels = torch.randn(1, 160, 1 + TINY.fine_windows, TINY.bands)
    loud = torch.ones(1, 160, dtype=torch.bool)
    loud[:, 80:] = False
    far = levels.clone()
    far[:, 112:] = torch.randn(
        1, 48, 1 + TINY.fine_windows, TINY.bands
    )  # convolutions see a little beyond the edge
    assert torch.allclose(network(levels, loud), network(far, loud), atol=1e-5)
    assert not torch.allclose(network(levels, ~loud), network(far, ~loud), atol=1e-5)


def test_one_batch_is_learned_by_heart():
    torch.manual_seed(0)
    network = DetectorNetwork(dataclasses.replace(TINY, step_size=16)).train()
    levels, loud = (
        torch.randn(8, 160, 1 + TINY.fine_windows, TINY.bands),
        torch.ones(8, 160, dtype=torch.bool),
    )
    machine = torch.tensor([0.0, 1.0] * 4)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(60):
        loss = machine_loss(network(levels, loud), machine)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.dropout.eval()
    assert ((network(levels, loud) > 0) == (machine > 0.5)).all()


def test_nobody_is_surely_a_machine():
    bold, careful = (machine_loss(torch.tensor([x]), torch.tensor([1.0])) for x in (20.0, 3.0))
    assert careful < bold


@pytest.mark.parametrize("values", [{"bands": 40}, {"machine_from": 0.1, "person_below": 0.2}])
def test_sizes_and_limits_that_do_not_fit_are_refused(values):
    with pytest.raises(ValueError, match=r"halved|needed"):
        DetectorConfig(**values)
