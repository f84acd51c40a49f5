"""Voices: measured from recordings, averaged, shipped with the product."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from voices.engine.deltas import DELTAS, deltas_mixed, without_deltas
from voices.engine.errors import engine_errors
from voices.engine.models import load_cloner

Profile = dict[str, Any]  # a VoiceProfile as plain JSON
LEAST_WEIGHT = 1e-3  # seconds of speech, of a recording with hardly any


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a recording tells of its voice."""

    profile: Profile
    seconds: float
    speech_seconds: float
    notes: list[dict[str, str]]  # advice by language
    figures: dict[str, float | bool | None] = dataclasses.field(default_factory=dict)


def analyse_reference(content: bytes) -> Reference:
    """Measure the voice in a recording's content.

    Raises:
        AppError: not audio (415), too long (413), too little speech and the like (422).
    """
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.audio.untrusted import decode_untrusted
        from tts_engine.speaking.voicebank import profile_to_dict

        audio = decode_untrusted(content)
        profile, report = cloner.profile(audio)
        return Reference(
            profile=profile_to_dict(profile),
            seconds=audio.seconds,
            speech_seconds=report.speech_seconds,
            notes=[{"en": note.en, "ru": note.ru} for note in report.notes],
            figures=report.figures(),
        )


def mean_profile(weighted: list[tuple[Profile, float]]) -> Profile:
    """One profile of several, each counted by its weight; unknown facts are passed over. What trained ones add
    to the weights is mixed alike, when it is spoken.
    """
    if len(weighted) == 1:
        return weighted[0][0]
    from tts_engine.speaking.voice_mix import mix_profiles
    from tts_engine.speaking.voicebank import profile_from_dict, profile_to_dict

    counted = [(row, max(weight, LEAST_WEIGHT)) for row, weight in weighted]
    mixed = profile_to_dict(
        mix_profiles([(profile_from_dict(without_deltas(row)), weight) for row, weight in counted])
    )
    deltas = deltas_mixed(counted)
    return {**mixed, DELTAS: deltas} if deltas else mixed


def voices_mixed(reference: str) -> dict[str, float]:
    """Voices of a mix such as `anna(2)+elena` by name, with their weights; no model is loaded.

    Raises:
        AppError: `bad_voice_mix`, `voice_mix_too_large`.
    """
    from tts_engine.markup.mixes import parse_mix

    with engine_errors():
        return parse_mix(reference)


def bank_voices() -> list[dict[str, Any]]:
    """The shipped voices in the order of the bank, with the fields of `tts_engine`'s BankVoice as plain JSON."""
    with engine_errors():
        from tts_engine.speaking.voicebank import list_voices, voice_to_dict

        return [voice_to_dict(voice) for voice in list_voices(settings.WEIGHTS_DIR / "voices")]
