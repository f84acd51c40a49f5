"""Which voices are alike, and whether a spoken phrase is somebody's."""

from dataclasses import dataclass
from typing import Any

from voices.engine.deltas import without_deltas
from voices.engine.errors import engine_errors
from voices.engine.models import load_cloner
from voices.engine.profiles import Profile


@dataclass(frozen=True, kw_only=True)
class SpokenCheck:
    """What a phrase read aloud was like; the two limits are those it was held against."""

    similarity: float
    required_similarity: float
    phoneme_error: float
    allowed_phoneme_error: float
    same_voice: bool
    same_words: bool
    embedding: list[float]


def similarities(profile: Profile, others: list[Profile]) -> list[float]:
    """Cosine of a voice to each of the others; no model is loaded."""
    from tts_engine.speaking import voice_map

    if not others:
        return []
    return [float(value) for value in voice_map.similarities(_vector(profile), _matrix(others))]


def voice_places(profiles: list[Profile]) -> list[tuple[float, float]]:
    """Where each voice lies on the map, -1 to 1; no model is loaded."""
    from tts_engine.speaking import voice_map

    if not profiles:
        return []
    return [(float(x), float(y)) for x, y in voice_map.place(_matrix(profiles))]


def same_speaker(profile: Profile, embedding: list[float]) -> bool:
    """Whether a voice is still that of a phrase heard before; no model is loaded."""
    from tts_engine.recording.spoken_consent import REQUIRED_SIMILARITY

    return similarities({"embedding": embedding}, [profile])[0] >= REQUIRED_SIMILARITY


def check_spoken(content: bytes, *, phrase: str, profile: Profile) -> SpokenCheck:
    """Compare a recording with the phrase that was to be read and with a voice.

    Raises:
        AppError: not audio (415), too long (413), too little speech (422).
    """
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.audio.untrusted import decode_untrusted
        from tts_engine.recording.spoken_consent import ALLOWED_PHONEME_ERROR, REQUIRED_SIMILARITY
        from tts_engine.recording.spoken_consent import check_spoken as check
        from tts_engine.speaking.voicebank import profile_from_dict

        found = check(
            cloner.encoder,
            cloner.recognizer,
            decode_untrusted(content),
            phrase=phrase,
            voice=profile_from_dict(without_deltas(profile)).embedding,
        )
        return SpokenCheck(
            similarity=found.similarity,
            required_similarity=REQUIRED_SIMILARITY,
            phoneme_error=found.phoneme_error,
            allowed_phoneme_error=ALLOWED_PHONEME_ERROR,
            same_voice=found.same_voice,
            same_words=found.same_words,
            embedding=[round(float(value), 6) for value in found.embedding],
        )


def _vector(profile: Profile) -> Any:
    import numpy as np

    return np.asarray(profile["embedding"], dtype=np.float64)


def _matrix(profiles: list[Profile]) -> Any:
    import numpy as np

    return np.stack([_vector(profile) for profile in profiles])
