"""A conversion network small enough for tests, and a recognizer for it."""

import torch

from tts_engine.conversion.config import ConversionConfig
from tts_engine.conversion.model import ConversionModel
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.model import RecognizerNetwork

TINY = ConversionConfig(
    content_bottleneck=16,
    bottleneck_size=8,
    speaker_size=16,
    pitch_bins=12,
    channels=32,
    expansion=2,
    kernel=5,
    blocks=2,
)
EAR = RecognizerConfig(channels=256, expansion=1, blocks=2, slow_blocks=0, feature_block=2)


def tiny_network(seed: int = 0) -> ConversionModel:
    """Random weights that hear every input."""
    torch.manual_seed(seed)
    network = ConversionModel(TINY)
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return network.eval()


def tiny_ear(seed: int = 0) -> RecognizerNetwork:
    torch.manual_seed(seed)
    return RecognizerNetwork(EAR).eval()
