"""Voices mixed of others. Nothing of a mix is stored: it is a profile, made when it is spoken."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tts_engine.markup.mixes import parse_mix
from tts_engine.speaking.voicebank import get_voice
from tts_engine.synthesizer.deltas import mix_deltas
from tts_engine.types import DELTAS, VoiceProfile


def mix_profiles(shares: Sequence[tuple[VoiceProfile, float]]) -> VoiceProfile:
    """The weighted mean: of d-vectors at unit length, of F0 in octaves, of the other facts as they are; a voice
    that was not fitted is shifted by nothing, and one that was not trained adds nothing to the weights.

    Args:
        shares: profiles and their weights above 0. A fact that is unknown in some is the others' mean.

    Raises:
        VoiceError: `delta_of_another_base`, they were trained on different weights.
    """
    profiles = [profile for profile, _ in shares]
    weights = np.asarray([weight for _, weight in shares])

    def mean(name: str) -> np.ndarray | None:
        facts = [np.asarray(getattr(profile, name), dtype=np.float64) for profile in profiles]
        known = [index for index, fact in enumerate(facts) if fact.any()]
        if not known:
            return None
        if name == "fitted":
            return sum(weights[i] * facts[i] for i in known) / weights.sum()
        values = [np.log2(facts[i]) if name == "f0_median_hz" else facts[i] for i in known]
        mixed: np.ndarray = np.average(values, axis=0, weights=weights[known])
        return np.exp2(mixed) if name == "f0_median_hz" else mixed

    names = [field.name for field in dataclasses.fields(VoiceProfile) if field.name not in DELTAS]
    means = {name: mean(name) for name in names}
    facts = {name: value.tolist() for name, value in means.items() if value is not None}
    embedding = np.asarray(facts.pop("embedding"))
    return VoiceProfile(
        **{**facts, **{name: tuple(facts.get(name, ())) for name in ("spectrum", "fitted")}},
        embedding=(embedding / max(float(np.linalg.norm(embedding)), 1e-12)).astype(np.float32),
        delta=mix_deltas([(profile.delta, weight) for profile, weight in shares]),
        conversion_delta=mix_deltas([(one.conversion_delta, weight) for one, weight in shares]),
    )


def bank_profile(reference: str) -> VoiceProfile:
    """Profile of a voice of the bank, or of a mix of them.

    Raises:
        VoiceError: `unknown_voice`, `bad_voice_mix`, `voice_mix_too_large`.
    """
    shares = [(get_voice(name).profile, weight) for name, weight in parse_mix(reference).items()]
    return shares[0][0] if len(shares) == 1 else mix_profiles(shares)


def bank_name(reference: str) -> str:
    """Name of a voice of the bank, or of a mix of them; raises as `bank_profile`."""
    return "+".join(get_voice(name).name for name in parse_mix(reference))
