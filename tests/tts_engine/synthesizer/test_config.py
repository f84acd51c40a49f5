"""Sizes that cannot work are refused."""

import pytest

from tts_engine.synthesizer.config import SynthesizerConfig


def test_full_size_stays_small_enough_to_ship():
    from tts_engine.synthesizer.model import AcousticModel

    network = AcousticModel(SynthesizerConfig())
    assert sum(parameter.numel() for parameter in network.parameters()) < 9e6


@pytest.mark.parametrize("wrong", [{"encoder_size": 31}, {"context_kernel": 4}])
def test_impossible_sizes_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        SynthesizerConfig(**wrong)
