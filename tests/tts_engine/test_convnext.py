"""The block that the recognizer and the voice judge are made of."""

import torch

from tts_engine.convnext import ConvNextBlock


def block(drop=0.0):
    torch.manual_seed(0)
    return ConvNextBlock(8, 2, 3, drop=drop)


def test_what_lies_in_the_padding_is_not_heard():
    hidden, mask = torch.randn(1, 10, 8), torch.ones(1, 10, 1)
    mask[:, 6:] = 0
    other = hidden.clone()
    other[:, 6:] += 1
    heard, again = (block().eval()(values, mask)[:, :6] for values in (hidden, other))
    torch.testing.assert_close(heard, again)
    assert (block().eval()(hidden)[:, 5] - heard[:, 5]).abs().max() > 1e-4
    assert (heard - hidden[:, :6]).abs().max() > 1e-3


def test_a_dropped_update_leaves_its_input_and_the_others_count_more():
    hidden = torch.randn(64, 4, 8)
    plain, dropping = block().eval()(hidden) - hidden, block(drop=0.5).train()(hidden) - hidden
    left_out = dropping.flatten(1).abs().amax(dim=1) == 0
    assert 16 < int(left_out.sum()) < 48
    torch.testing.assert_close(dropping[~left_out], 2 * plain[~left_out])
