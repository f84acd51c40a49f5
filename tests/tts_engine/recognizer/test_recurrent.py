"""The recurrent network that judges the recognizer."""

import numpy as np
import pytest
import torch

from tts_engine.checkpoints import save_checkpoint
from tts_engine.recognizer.config import BILSTM, JUDGE, RecognizerConfig
from tts_engine.recognizer.inference import Recognizer, build_network
from tts_engine.recognizer.model import CLASSES
from tts_engine.recognizer.recurrent import RecurrentNetwork, normalize_clips
from tts_engine.weights import list_folder

TINY = RecognizerConfig(
    kind=BILSTM, channels=12, stem_channels=4, blocks=2, slow_blocks=0, feature_block=1
)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return build_network(TINY).eval()


def test_two_mel_frames_make_one_step_of_probabilities(network):
    assert isinstance(network, RecurrentNetwork)
    log_probs = network(torch.randn(2, 80, 31), torch.tensor([31, 20]))
    assert log_probs.shape == (2, 16, CLASSES)
    torch.testing.assert_close(log_probs.exp().sum(2), torch.ones(2, 16))


@pytest.mark.parametrize("frames", [29, 30])
def test_padding_changes_nothing(network, frames):
    mel = torch.randn(1, 80, frames)
    alone = network(mel, torch.tensor([frames]))
    padded = torch.cat([mel, torch.randn(1, 80, 21)], dim=2)
    together = network(padded, torch.tensor([frames]))
    torch.testing.assert_close(together[:, :15], alone, atol=1e-5, rtol=1e-5)


def test_every_step_hears_the_whole_clip(network):
    mel = torch.randn(1, 80, 40)
    before = network(mel, torch.tensor([40]))
    for changed_frame, heard_step in ((39, 0), (0, 19)):
        changed = mel.clone()
        changed[:, :, changed_frame] += 3
        after = network(changed, torch.tensor([40]))
        assert (after - before)[0, heard_step].abs().max() > 1e-6


def test_features_are_the_layer_that_the_config_names(network):
    content, _ = network.features(torch.randn(1, 80, 10), torch.tensor([10]))
    assert content.shape == (1, 5, 24)


def test_loudness_and_tilt_of_a_clip_change_nothing():
    mels = torch.randn(1, 80, 50)
    tilted = 2 * mels + torch.linspace(-3, 3, 80)[:, None]
    frames = torch.tensor([50])
    torch.testing.assert_close(
        normalize_clips(tilted, frames), normalize_clips(mels, frames), atol=1e-4, rtol=1e-4
    )


def test_normalised_clips_have_unit_variance_and_empty_padding():
    mels = 4 * torch.randn(1, 80, 60) - 5
    normal = normalize_clips(mels, torch.tensor([40]))
    torch.testing.assert_close(normal[:, :, :40].mean(2), torch.zeros(1, 80), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        normal[:, :, :40].std(2, unbiased=False), torch.ones(1, 80), atol=1e-4, rtol=0
    )
    assert not normal[:, :, 40:].any()


def test_a_saved_judge_is_loaded_as_one(tmp_path):
    torch.manual_seed(1)
    network = build_network(TINY)
    save_checkpoint(tmp_path / "x", TINY, network.state_dict(), half=False)
    list_folder(tmp_path / "x")
    loaded = Recognizer.load(tmp_path / "x", device=torch.device("cpu"))
    assert loaded.config == TINY
    mel = np.random.default_rng(0).normal(-5, 2, (80, 50)).astype(np.float32)
    original = Recognizer(network, TINY, torch.device("cpu"))
    np.testing.assert_allclose(loaded.log_posteriors(mel), original.log_posteriors(mel), atol=1e-5)


def test_the_shipped_judge_fits_in_three_megabytes():
    parameters = sum(value.numel() for value in build_network(JUDGE).parameters())
    assert 2 * parameters < 3_000_000
