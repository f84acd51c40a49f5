"""The network over DistillMOS's features."""

import pytest
import torch

from tests.tts_engine.detection.tiny_material import TINY
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.losses import machine_loss
from tts_engine.detection.model import DetectorNetwork
from tts_engine.distillmos.network import DistillMosNetwork

CHANNELS = 32


@pytest.fixture
def network():
    torch.manual_seed(0)
    made = DetectorNetwork(DistillMosNetwork(TINY)).eval()
    torch.nn.init.normal_(made.head.weight)
    return made


def test_it_begins_with_the_layers_of_distillmos_and_leaves_those_as_they_are():
    torch.manual_seed(0)
    distilled = DistillMosNetwork(TINY)
    before = {name: value.clone() for name, value in distilled.state_dict().items()}
    made = DetectorNetwork(distilled)
    taken = made.state_dict()
    for name in ("linear_proj.weight", "transformer_encoder.layers.1.linear1.weight"):
        assert torch.equal(taken[name], before[f"transformer_pool_attn.transformer.{name}"])
    with torch.no_grad():
        made.linear_proj.weight += 1.0
    for name, value in distilled.state_dict().items():
        assert torch.equal(value, before[name])


def test_what_is_quiet_has_no_weight(network):
    network.transformer_encoder.layers = network.transformer_encoder.layers[:0]  # they look around
    network.head, network.norm = torch.nn.Linear(96, 1), torch.nn.BatchNorm1d(96).eval()
    features, loud = torch.randn(1, 40, CHANNELS), torch.ones(1, 40)
    loud[:, 20:] = 0.0
    far = features.clone()
    far[:, 20:] = torch.randn(1, 20, CHANNELS)
    assert torch.allclose(network(features, loud), network(far, loud), atol=1e-4)
    assert not torch.allclose(network(features, 1 - loud), network(far, 1 - loud), atol=1e-4)


def test_one_batch_is_learned_by_heart(network):
    network.train()
    features, loud = torch.randn(8, 40, CHANNELS), torch.ones(8, 40)
    machine = torch.tensor([0.0, 1.0] * 4)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(60):
        loss = machine_loss(network(features, loud), machine)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for part in network.modules():
        if isinstance(part, torch.nn.Dropout):
            part.eval()
    assert ((network(features, loud) > 0) == (machine > 0.5)).all()


def test_nobody_is_surely_a_machine():
    bold, careful = (machine_loss(torch.tensor([x]), torch.tensor([1.0])) for x in (20.0, 3.0))
    assert careful < bold


def test_limits_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="needed"):
        DetectorConfig(machine_from=0.1, person_below=0.2)
