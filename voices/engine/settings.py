"""How a text may be spoken: the engine's own bounds, which the API and the pages show."""

from tts_engine.audio import formats
from tts_engine.speech_settings import (
    FOLLOWED_SPEEDS,
    PITCH_RANGE_SEMITONES,
    SEED_RANGE,
    SPEED_RANGE,
    VARIATION_RANGE,
    check_settings,
)
from voices.engine.errors import engine_errors

BITRATES_KBPS = formats.BITRATES_KBPS

__all__ = [
    "BITRATES_KBPS", "FOLLOWED_SPEEDS", "PITCH_RANGE_SEMITONES", "SEED_RANGE", "SPEED_RANGE", "VARIATION_RANGE",
    "bitrate_check", "settings_check",
]  # fmt: skip


def settings_check(
    *,
    speed: float | None = None,
    pitch_semitones: float | None = None,
    variation: float | None = None,
    seed: int | None = None,
) -> None:
    """Raises AppError: `…_out_of_range` (400); None is always fine."""
    with engine_errors():
        check_settings(speed=speed, pitch_semitones=pitch_semitones, variation=variation, seed=seed)


def bitrate_check(audio_format: str, bitrate_kbps: int | None) -> None:
    """Raises AppError: `bitrate_out_of_range` (400), also for a format that has none."""
    with engine_errors():
        formats.bitrate_check(audio_format, bitrate_kbps)
