"""Voices: measured from recordings, averaged, shipped with the product."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from voices.engine.errors import engine_errors
from voices.engine.loading import load_cloner

Profile = dict[str, Any]  # a VoiceProfile as plain JSON


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a recording tells of its voice."""

    profile: Profile
    seconds: float
    speech_seconds: float
    notes: list[dict[str, str]]  # advice by language
    figures: dict[str, float | bool | None] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BankEntry:
    """A shipped voice."""

    slug: str
    name: str
    name_ru: str
    description: str
    description_ru: str
    gender: str
    language: str
    licence: str
    attribution: str
    profile: Profile


def analyse_reference(content: bytes) -> Reference:
    """Measure the voice in a recording's content.

    Raises:
        AppError: not audio (415), too long (413), too little speech and the like (422).
    """
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.audio.untrusted import decode_untrusted
        from tts_engine.voicebank import profile_to_dict

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
    """One profile of several, each counted by its seconds of speech; unknown facts are passed over."""
    if len(weighted) == 1:
        return weighted[0][0]
    import numpy as np

    from tts_engine.voicebank import profile_from_dict, profile_to_dict

    profiles = [profile_from_dict(row) for row, _ in weighted]
    seconds = np.asarray([max(weight, 1e-3) for _, weight in weighted])
    values: Profile = {}
    for field in dataclasses.fields(profiles[0]):
        facts = [np.asarray(getattr(profile, field.name)) for profile in profiles]
        known = [index for index, fact in enumerate(facts) if fact.any()]
        if known:
            mean = np.average([facts[index] for index in known], axis=0, weights=seconds[known])
            values[field.name] = mean.tolist()
    embedding = np.asarray(values["embedding"])
    values["embedding"] = embedding / max(float(np.linalg.norm(embedding)), 1e-12)
    if "spectrum" in values:
        values["spectrum"] = tuple(values["spectrum"])
    return profile_to_dict(profile_from_dict(values))


def bank_voices() -> list[BankEntry]:
    """The shipped voices, in the order of the bank."""
    with engine_errors():
        from tts_engine.voicebank import list_voices, profile_to_dict

        return [
            BankEntry(
                slug=voice.slug,
                name=voice.name,
                name_ru=voice.name_ru,
                description=voice.description,
                description_ru=voice.description_ru,
                gender=voice.gender,
                language=voice.language,
                licence=voice.licence,
                attribution=voice.attribution,
                profile=profile_to_dict(voice.profile),
            )
            for voice in list_voices(settings.WEIGHTS_DIR / "voices")
        ]
