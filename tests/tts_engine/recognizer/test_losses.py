"""CTC loss."""

import numpy as np
import torch

from tts_engine.recognizer.losses import ctc_loss


def test_loss_of_one_label_in_two_steps_is_the_sum_over_its_three_paths():
    probabilities = torch.tensor([[[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]]])
    loss = ctc_loss(probabilities.log(), torch.tensor([4]), torch.tensor([[1]]), torch.tensor([1]))
    expected = -np.log(0.3 * 0.6 + 0.5 * 0.6 + 0.3 * 0.1)
    assert abs(loss.item() - expected) < 1e-5
