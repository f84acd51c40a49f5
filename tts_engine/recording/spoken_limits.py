"""Limits of spoken consent, measured by `benchmarks/spoken_consent.py`; no model is loaded for them."""

from tts_engine.errors import AudioError

REQUIRED_SIMILARITY = 0.75
ALLOWED_PHONEME_ERROR = 0.5
SHORTEST_SECONDS = 1.5  # of speech: less says too little about a voice


def require_spoken(speech_seconds: float) -> None:
    """Raises AudioError: `spoken_too_short`, no phrase is so short."""
    if speech_seconds < SHORTEST_SECONDS:
        raise AudioError(
            "spoken_too_short",
            f"{speech_seconds:.1f} s of speech found; read the whole phrase aloud",
            f"найдено {speech_seconds:.1f} с речи; прочтите фразу целиком",
            speech_seconds=round(speech_seconds, 2),
            required_seconds=SHORTEST_SECONDS,
        )
