"""The recognizer's network."""

import pytest
import torch

from tts_engine.audio.cepstra import mel_to_bands
from tts_engine.audio.mel import MelConfig
from tts_engine.recognizer.config import WIDE, RecognizerConfig
from tts_engine.recognizer.model import CLASSES, RecognizerNetwork, mel_to_input, output_steps

TINY = RecognizerConfig(channels=16, blocks=2, feature_block=1, kernel=3)
TINY_EAR = RecognizerConfig(
    bands=WIDE, channels=16, blocks=4, slow_blocks=2, feature_block=4, kernel=3
)


def network(config=TINY):
    torch.manual_seed(0)
    return RecognizerNetwork(config).eval()


@pytest.mark.parametrize(("config", "bands"), [(TINY, 80), (TINY_EAR, 22)])
def test_two_mel_frames_make_one_step_of_probabilities(config, bands):
    log_probs = network(config)(torch.randn(2, bands, 31), torch.tensor([31, 20]))
    assert log_probs.shape == (2, 16, CLASSES)
    torch.testing.assert_close(log_probs.exp().sum(2), torch.ones(2, 16))


@pytest.mark.parametrize("frames", [27, 28, 29, 30])
@pytest.mark.parametrize(("config", "bands"), [(TINY, 80), (TINY_EAR, 22)])
def test_padding_changes_nothing(config, bands, frames):
    net, mel = network(config), torch.randn(1, bands, frames)
    alone = net(mel, torch.tensor([frames]))
    padded = torch.cat([mel, torch.randn(1, bands, 21)], dim=2)
    together = net(padded, torch.tensor([frames]))
    torch.testing.assert_close(together[:, : (frames + 1) // 2], alone, atol=1e-5, rtol=1e-5)


def test_slow_blocks_hear_twice_as_far():
    def heard_from(config):
        net, mel = network(config), torch.randn(1, config.mel.n_mels, 80)
        changed = mel.clone()
        changed[:, :, 40] += 3
        frames = torch.tensor([80])
        difference = (net(changed, frames) - net(mel, frames)).abs().amax(dim=2)[0]
        return int((difference > 1e-6).sum())

    quick = RecognizerConfig(channels=16, blocks=4, feature_block=1, kernel=3)
    slow = RecognizerConfig(channels=16, blocks=4, slow_blocks=2, feature_block=1, kernel=3)
    assert heard_from(slow) > heard_from(quick)


def test_an_input_is_the_mel_or_its_wide_bands():
    mel = torch.randn(80, 12)
    assert mel_to_input(mel, TINY) is mel
    torch.testing.assert_close(mel_to_input(mel, TINY_EAR), mel_to_bands(mel, MelConfig()))


def test_a_config_of_unknown_bands_is_refused():
    with pytest.raises(ValueError, match="bands"):
        RecognizerConfig(bands="narrow")


def test_features_are_the_layer_that_the_config_names():
    content, _ = network().features(torch.randn(1, 80, 10), torch.tensor([10]))
    assert content.shape == (1, 5, 16)


def test_steps_round_up():
    assert output_steps(torch.tensor([1, 2, 3])).tolist() == [1, 1, 2]
