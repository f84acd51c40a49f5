"""A network small enough for tests, and requests to it."""

import numpy as np
import torch

from tts_engine.synthesizer.config import SynthesizerConfig
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.model import AcousticModel
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import COMMA, PERIOD, PHONEMES, START
from tts_engine.types import VoiceProfile

TINY = SynthesizerConfig(
    bottleneck_size=8,
    speaker_size=16,
    token_size=24,
    encoder_size=32,
    encoder_kernel=3,
    predictor_size=24,
    pitch_bins=12,
    context_size=48,
    context_kernel=3,
    prenet_size=24,
    decoder_size=48,
    postnet_size=24,
    postnet_kernel=3,
    dropout=0.0,
)
SENTENCE = (START, *PHONEMES[:7], COMMA, *PHONEMES[12:30], PERIOD)


def tiny_network(seed: int = 0) -> AcousticModel:
    """Random weights whose outputs differ between inputs: what starts at zero is moved off it."""
    torch.manual_seed(seed)
    network = AcousticModel(TINY)
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    network.durations.output.bias.data.fill_(1.8)  # about five frames
    return network.eval()


def tiny_synthesizer(seed: int = 0) -> Synthesizer:
    return Synthesizer(tiny_network(seed), torch.device("cpu"))


def voice(seed: int = 0, **facts: object) -> VoiceProfile:
    vector = np.abs(np.random.default_rng(seed).normal(size=256)).astype(np.float32)
    return VoiceProfile(embedding=vector / np.linalg.norm(vector), **facts)


def request(**options: object) -> SynthesisRequest:
    return SynthesisRequest(**{"tokens": SENTENCE, "voice": voice(), **options})
