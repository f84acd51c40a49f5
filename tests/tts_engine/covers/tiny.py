"""Models of covers that are small, and songs of a buzz over noise."""

from types import SimpleNamespace

import numpy as np
import torch

from tests.tts_engine.conversion.tiny import tiny_ear, tiny_network
from tts_engine.conversion.converting import VoiceConverter
from tts_engine.conversion.inference import Converter
from tts_engine.covers.models import CoverModels
from tts_engine.covers.settings import CoverVoice
from tts_engine.types import Audio, VoiceProfile
from tts_engine.vocoder.config import SourceFilterConfig, VocoderConfig
from tts_engine.vocoder.inference import Vocoder
from tts_engine.vocoder.model import build_generator

RATE = 44_100


def tiny_models():
    torch.manual_seed(0)
    config = VocoderConfig(
        source_filter=SourceFilterConfig(channels=16, hidden_channels=32, blocks=2)
    )
    vocoder = Vocoder(config, build_generator(config), torch.device("cpu"))
    converter = Converter(tiny_network(), tiny_ear(), torch.device("cpu"))
    cloner = SimpleNamespace(encoder=TinyEncoder())
    return CoverModels(VoiceConverter(converter, vocoder), cloner, "cpu")


class TinyEncoder:
    """Everybody sounds the same to it."""

    def embed(self, audio):
        return np.full(256, 1 / 16, np.float32)

    def embed_windows(self, audio, step_seconds):
        return np.zeros((0, 256), np.float32), np.zeros(0, np.int64)


def buzz(seconds, f0_hz=130.0, rate=RATE):
    time = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * f0_hz * k * time) / k for k in range(1, 12))
    return (0.1 * tone).astype(np.float32)


def tiny_voice(f0_hz=200.0):
    vector = np.random.default_rng(0).normal(size=256).astype(np.float32)
    profile = VoiceProfile(embedding=vector / np.linalg.norm(vector), f0_median_hz=f0_hz)
    return CoverVoice(name="Tiny", profile=profile, recordings=(Audio(buzz(2.0), RATE),))


def sung_stereo(seconds=8.0, first=2.0, last=5.0, left=0.9, right=0.4):
    """A voice from `first` to `last`, nearer to the left; (T, 2)."""
    voice = np.zeros(round(seconds * RATE), np.float32)
    sound = buzz(last - first)
    voice[round(first * RATE) : round(first * RATE) + sound.size] = sound
    return np.stack([left * voice, right * voice], axis=1)


def band(seconds=8.0, seed=1):
    size = round(seconds * RATE)
    return np.random.default_rng(seed).normal(0, 0.05, (size, 2)).astype(np.float32)
