"""DistillMOS's layers in NumPy, beside those in torch."""

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from tests.tts_engine.detection.tiny_material import hum
from tts_engine.distillmos.array_network import ArrayNetwork, compressed
from tts_engine.distillmos.meter import DistillMos
from tts_engine.weights import weights_folder


def told_by_torch(window):
    """What the shipped network's own layers tell."""
    network = DistillMos.load(weights_folder() / "distillmos").network
    head = network.transformer_pool_attn
    with torch.inference_mode():
        features = network.features(torch.from_numpy(window)[None])
        normed = head.transformer["norm"](head.norm_input(features.transpose(1, 2)))
        hidden = head.linear_proj(normed.transpose(1, 2))
        seen = [features, hidden]
        hidden = hidden + head.places[:, : hidden.shape[1]]
        for layer in head.transformer_encoder.layers:
            hidden = layer(hidden)
            seen.append(hidden)
    return [values[0].numpy() for values in seen]


@pytest.mark.weights
def test_every_layer_tells_what_it_tells_in_torch():
    window = hum(np.random.default_rng(0), steady=False)
    weights = load_file(weights_folder() / "distillmos" / "model.safetensors")
    told, expected = ArrayNetwork(weights).layers(window), told_by_torch(window)
    assert [layer.shape for layer in told] == [(150, 1024), *[(150, 200)] * 8]
    for mine, theirs in zip(told, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-3)
        assert np.ptp(mine) > 0.1


def test_how_loud_a_recording_is_makes_no_difference():
    sound = hum(np.random.default_rng(0), steady=False)
    np.testing.assert_allclose(compressed(sound), compressed(0.01 * sound), atol=1e-3)
