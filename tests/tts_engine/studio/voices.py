"""Made-up trained voices for tests."""

import numpy as np

from tests.tts_engine.synthesizer.tiny import voice
from tts_engine.studio.voice_file import StudioVoice
from tts_engine.synthesizer.deltas import make_delta
from tts_engine.types import VoiceDelta

BASE, CONVERSION_BASE = "b" * 64, "d" * 64


def delta(seed: int = 0, base: str = BASE, rank: int = 2) -> VoiceDelta:
    """Low-rank parts of the tiny network's draft, and a whole bias."""
    rng = np.random.default_rng(seed)
    return make_delta(
        base,
        {
            "draft.weight.up": 0.1 * rng.normal(size=(160, rank)),
            "draft.weight.down": 0.1 * rng.normal(size=(rank, 48)),
            "draft.bias.add": 0.1 * rng.normal(size=160),
        },
    )


def conversion_delta(seed: int = 0, base: str = CONVERSION_BASE) -> VoiceDelta:
    """A whole bias of the conversion model, whose name the synthesizer has too."""
    bias = np.random.default_rng(seed).normal(size=16)
    return make_delta(base, {"conditioner.output.bias.add": bias})


def studio_voice(seed: int = 0, **options: object) -> StudioVoice:
    """A voice with such a delta."""
    profile = voice(seed, f0_median_hz=120.0, f0_spread_semitones=3.0, delta=delta(seed, **options))
    return StudioVoice(profile=profile, name="Пётр", training={"figures": {"similarity": 0.8}})
