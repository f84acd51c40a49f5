"""Terms of the objective on hand-made mels."""

import pytest
import torch

from tts_engine.synthesizer.losses import LossWeights, edge_loss, mel_loss, weighted_sum


def test_mel_loss_is_mean_of_absolute_plus_squared_and_sees_no_padding():
    target = torch.zeros(1, 4, 80)
    predicted = torch.full((1, 4, 80), 0.5)
    predicted[:, 2:] = 99.0
    mask = torch.tensor([[1.0, 1.0, 0.0, 0.0]])[..., None]
    assert float(mel_loss(predicted, target, mask)) == pytest.approx(0.75)


def test_edge_loss_punishes_blur_more_than_a_shift_of_level():
    torch.manual_seed(0)
    target, mask = torch.randn(1, 32, 80), torch.ones(1, 32, 1)
    blurred = torch.nn.functional.avg_pool1d(target, 3, stride=1, padding=1)
    assert float(edge_loss(target, target, mask)) == 0.0
    assert float(edge_loss(blurred, target, mask)) > 10 * float(
        edge_loss(target + 0.01, target, mask)
    )


def test_sum_uses_the_weight_of_each_name():
    terms = {"after": torch.tensor(2.0), "pitch": torch.tensor(10.0)}
    assert float(weighted_sum(terms, LossWeights(after=1.0, pitch=0.1))) == pytest.approx(3.0)
