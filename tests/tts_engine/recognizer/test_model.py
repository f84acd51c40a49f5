"""The recognizer's network."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from tts_engine.audio.cepstra import mel_to_bands
from tts_engine.audio.mel import MelConfig
from tts_engine.recognizer import model
from tts_engine.recognizer.config import JUDGE, RecognizerConfig
from tts_engine.recognizer.model import CLASSES, RecognizerNetwork, mel_to_input, output_steps

TINY = RecognizerConfig(channels=16, blocks=2, slow_blocks=0, feature_block=1, kernel=3)
TINY_SLOW = RecognizerConfig(channels=16, blocks=4, slow_blocks=2, feature_block=4, kernel=3)


def network(config=TINY):
    torch.manual_seed(0)
    return RecognizerNetwork(config).eval()


@pytest.mark.parametrize("config", [TINY, TINY_SLOW])
def test_two_mel_frames_make_one_step_of_probabilities(config):
    log_probs = network(config)(torch.randn(2, 22, 31), torch.tensor([31, 20]))
    assert log_probs.shape == (2, 16, CLASSES)
    torch.testing.assert_close(log_probs.exp().sum(2), torch.ones(2, 16))


@pytest.mark.parametrize("frames", [27, 28, 29, 30])
@pytest.mark.parametrize("config", [TINY, TINY_SLOW])
def test_padding_changes_nothing(config, frames):
    net, bands = network(config), torch.randn(1, 22, frames)
    alone = net(bands, torch.tensor([frames]))
    padded = torch.cat([bands, torch.randn(1, 22, 21)], dim=2)
    together = net(padded, torch.tensor([frames]))
    torch.testing.assert_close(together[:, : (frames + 1) // 2], alone, atol=1e-5, rtol=1e-5)


def test_slow_blocks_hear_twice_as_far(monkeypatch):
    # a clip is scaled as a whole, so all of it hears a change a little
    monkeypatch.setattr(model, "bands_to_features", lambda bands, _: F.pad(bands, (0, 0, 0, 38)))

    def heard_from(config):
        net, bands = network(config), torch.randn(1, 22, 80)
        changed = bands.clone()
        changed[:, :, 40] += 3
        frames = torch.tensor([80])
        difference = (net(changed, frames) - net(bands, frames)).abs().amax(dim=2)[0]
        return int((difference > 1e-6).sum())

    assert heard_from(TINY_SLOW) > heard_from(replace(TINY_SLOW, slow_blocks=0))


def test_an_input_is_the_mel_or_its_wide_bands():
    mel = torch.randn(80, 12)
    assert mel_to_input(mel, JUDGE) is mel
    torch.testing.assert_close(mel_to_input(mel, TINY), mel_to_bands(mel, MelConfig()))


def test_a_config_of_slow_blocks_alone_is_refused():
    with pytest.raises(ValueError, match="slow_blocks"):
        RecognizerConfig(blocks=2, slow_blocks=2, feature_block=1)


def test_features_are_the_layer_that_the_config_names():
    content, _ = network().features(torch.randn(1, 22, 10), torch.tensor([10]))
    assert content.shape == (1, 5, 16)


def test_steps_round_up():
    assert output_steps(torch.tensor([1, 2, 3])).tolist() == [1, 1, 2]
