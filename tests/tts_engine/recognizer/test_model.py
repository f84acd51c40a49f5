"""The recognizer's network."""

import torch

from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.model import CLASSES, RecognizerNetwork, output_steps

TINY = RecognizerConfig(channels=16, blocks=2, feature_block=1, kernel=3)


def network():
    torch.manual_seed(0)
    return RecognizerNetwork(TINY).eval()


def test_two_mel_frames_make_one_step_of_probabilities():
    log_probs = network()(torch.randn(2, 80, 31), torch.tensor([31, 20]))
    assert log_probs.shape == (2, 16, CLASSES)
    torch.testing.assert_close(log_probs.exp().sum(2), torch.ones(2, 16))


def test_padding_changes_nothing():
    net, mel = network(), torch.randn(1, 80, 30)
    alone = net(mel, torch.tensor([30]))
    padded = torch.cat([mel, torch.randn(1, 80, 20)], dim=2)
    together = net(padded, torch.tensor([30]))
    torch.testing.assert_close(together[:, :15], alone, atol=1e-5, rtol=1e-5)


def test_features_are_the_layer_that_the_config_names():
    content, _ = network().features(torch.randn(1, 80, 10), torch.tensor([10]))
    assert content.shape == (1, 5, 16)


def test_steps_round_up():
    assert output_steps(torch.tensor([1, 2, 3])).tolist() == [1, 1, 2]
