"""A voice converted while it speaks: the process of the live door loads what that needs, and no other process does."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from voices.engine.deltas import profile_of
from voices.engine.errors import engine_errors
from voices.engine.models import device, load_cover_models
from voices.engine.profiles import Profile

RATES_HZ = (16_000, 48_000)  # the least and the most
_one_loads = Lock()


class LiveTalk:
    """One person's speech in one voice. One thread at a time pushes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def push(self, content: bytes) -> bytes:
        """Samples heard, 16 bits, mono, to those said; raises AppError as the models do."""
        import numpy as np

        samples = np.frombuffer(content, "<i2").astype(np.float32) / 32768
        with engine_errors():
            said = self._stream.push(samples)
        return (said * 32767).round().astype("<i2").tobytes()

    def report(self) -> dict[str, Any]:
        """What the delay is made of, in seconds, and what became of the blocks; see the engine's LiveReport."""
        return asdict(self._stream.report())


def live_settings_check(values: Mapping[str, Any]) -> None:
    """No model is loaded. Raises AppError: `bad_live_settings` (400)."""
    with engine_errors():
        _settings(values).check()


def live_settings_usual() -> dict[str, Any]:
    """Every setting with its least, its most and what it usually is."""
    from tts_engine.live.settings import LIMITS, LiveSettings

    usual = asdict(LiveSettings())
    return {
        name: {"least": low, "most": high, "usual": usual[name]}
        for name, (low, high) in LIMITS.items()
    }


def live_talk(profile: Profile, values: Mapping[str, Any], rate_hz: int) -> LiveTalk:
    """Load what is needed, and begin.

    Raises:
        AppError: `bad_live_settings`, `pitch_unknown` (400), no weights (503).
    """
    name = device()
    with engine_errors():
        from tts_engine.conversion.converting import Target
        from tts_engine.covers.settings import CoverVoice
        from tts_engine.live.converting import LiveConversion
        from tts_engine.live.stream import LiveStream
        from tts_engine.watermark.key import installation_key

        chosen, voice = _settings(values), profile_of(profile)
        with _one_loads:
            if (
                chosen.index_rate > 0
            ):  # the voice says some sentences, whose sounds are drawn toward
                models = load_cover_models()
                converter, target = (
                    models.converter,
                    models.target(CoverVoice(name="", profile=voice)),
                )
            else:
                converter = _converter(settings.WEIGHTS_DIR, name)
                target = Target(profile=voice)
        return LiveTalk(
            LiveStream(LiveConversion(converter, target, chosen, installation_key()), rate_hz)
        )


@lru_cache(maxsize=1)
def _converter(weights: Path, name: str) -> Any:
    """What converts and nothing that speaks."""
    from tts_engine.conversion.converting import VoiceConverter

    return VoiceConverter.load(weights, name)


def _settings(values: Mapping[str, Any]) -> Any:
    from tts_engine.live.settings import LiveSettings

    return LiveSettings(**values)
