"""Voices and their recordings."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from voices.api.serializers.base import Input
from voices.api.serializers.fields import (
    FilesField,
    NeededTextField,
    PitchField,
    SpeedField,
    VariationField,
)
from voices.models import Recording, Voice
from voices.selectors.voices import (
    voice_consent_missing,
    voice_fitting,
    voice_shown_description,
    voice_shown_name,
)

_CONSENT_HELP = "You confirm the text at /api/v1/consent/."
_VERSION_HELP = "Version of the text that was shown; refused when there is a newer one."


class LanguageField(serializers.RegexField):
    """Language of the recordings, for instance ru or en."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[a-z]{2,3}$", **kwargs)


@extend_schema_field({"type": "string", "description": "female, male, or empty: unknown"})
class GenderField(serializers.ChoiceField):
    """No enum in the schema: generated clients know none with an empty member."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Voice.Gender.choices, allow_blank=True, **kwargs)


class VoiceInput(Input):
    name = NeededTextField(max_length=100, allow_blank=True)
    description = serializers.CharField(max_length=1000, allow_blank=True, default="")
    gender = GenderField(default=Voice.Gender.UNKNOWN)
    recording = FilesField(
        help_text="One or more sound files: mp3, wav, flac, ogg, m4a, amr, webm; 3-30 s of speech.",
    )
    language = LanguageField(default="ru")
    consent = serializers.BooleanField(help_text=_CONSENT_HELP)
    consent_version = serializers.CharField(
        default="", allow_blank=True, max_length=16, help_text=_VERSION_HELP
    )


class RecordingsInput(Input):
    recording = FilesField()
    consent = serializers.BooleanField(help_text=_CONSENT_HELP)
    consent_version = serializers.CharField(
        default="", allow_blank=True, max_length=16, help_text=_VERSION_HELP
    )


class VoiceSettings(Input):
    """What holds where a request leaves it out; null is the usual."""

    speed = SpeedField(required=False, allow_null=True)
    pitch = PitchField(required=False, allow_null=True)
    variation = VariationField(required=False, allow_null=True)


class VoicePatch(Input):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    gender = GenderField(required=False)
    language = LanguageField(required=False)
    settings = VoiceSettings(required=False)


class VerdictOutput(serializers.Serializer):
    """What a recording is worth; one of which no voice can be made is refused instead."""

    level = serializers.ChoiceField(choices=["good", "usable"])
    message = serializers.CharField(help_text="For people: what is good or could be better.")


class RecordingOutput(serializers.ModelSerializer):
    size_bytes = serializers.IntegerField(source="stored.size_bytes", read_only=True)
    seconds = serializers.FloatField(source="stored.seconds", read_only=True, allow_null=True)
    verdict = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField(help_text="What could be better in the recording.")
    figures = serializers.DictField(
        read_only=True, help_text="What was measured: clipped_share, snr_db and others."
    )

    class Meta:
        model = Recording
        fields = (
            "id", "original_name", "size_bytes", "seconds", "speech_seconds", "verdict", "notes",
            "figures", "created_at",
        )  # fmt: skip

    def get_notes(self, recording: Recording) -> list[str]:
        language = "ru" if get_language() == "ru" else "en"
        # rows written by an earlier version hold English lines
        return [note[language] if isinstance(note, dict) else note for note in recording.notes]

    @extend_schema_field(VerdictOutput(allow_null=True))
    def get_verdict(self, recording: Recording) -> dict[str, str] | None:
        if recording.speech_seconds is None:
            return None
        language = get_language()
        seconds, notes = round(recording.speech_seconds), self.get_notes(recording)
        if not notes:
            en = f"the recording is good: {seconds} s of one person's speech"
            ru = f"запись хороша: {seconds} с речи одного человека"
            return {"level": "good", "message": ru if language == "ru" else en}
        but = (
            "запись подойдёт, но могла бы быть лучше"
            if language == "ru"
            else "the recording works, but could be better"
        )
        return {"level": "usable", "message": f"{but}: {'; '.join(notes)}"}


class SuitOutput(serializers.Serializer):
    """How a voice suits a song."""

    number = serializers.IntegerField(help_text="0 to 100: all with ease and in its own key.")
    semitones = serializers.IntegerField(help_text="The best shift.")
    beyond = serializers.FloatField(help_text="Share of the sung time outside the voice's range.")
    strained = serializers.FloatField(
        help_text="Share of it that the voice does not sing with ease."
    )
    key_semitones = serializers.IntegerField(
        help_text="From the song's own key, octaves aside, 0 to 6."
    )


class VoiceOutput(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    gender = GenderField(read_only=True)
    settings = VoiceSettings(source="*", read_only=True)
    preview_url = serializers.SerializerMethodField()
    spoken_consent = serializers.SerializerMethodField(
        help_text="`given`, `missing` (the voice may not speak before), or `not_required`."
    )
    recordings = RecordingOutput(many=True, read_only=True)
    versions = serializers.IntegerField(
        source="versions_made",
        read_only=True,
        help_text="How many versions it has; each change of its recordings makes one.",
    )

    fitting = serializers.SerializerMethodField(
        help_text="Id of the job that fits the voice to its recordings now, or null."
    )

    suit = serializers.SerializerMethodField(
        help_text="How it suits the song of `suits`; null without one, or where its pitch is not known."
    )

    class Meta:
        model = Voice
        fields = (
            "id", "slug", "is_bank", "status", "name", "description", "gender", "language",
            "licence", "attribution", "settings", "preview_url", "spoken_consent", "recordings", "versions", "fitting",
            "suit", "created_at",
        )  # fmt: skip

    def get_name(self, voice: Voice) -> str:
        return voice_shown_name(voice)

    def get_description(self, voice: Voice) -> str:
        return voice_shown_description(voice)

    def get_preview_url(self, voice: Voice) -> str | None:
        if voice_consent_missing(voice):
            return None
        return reverse("voice-preview", args=[voice.slug or voice.pk])

    def get_fitting(self, voice: Voice) -> UUID | None:
        return voice_fitting(voice)

    @extend_schema_field(SuitOutput(allow_null=True))
    def get_suit(self, voice: Voice) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.context.get("suits", {}).get(voice.pk)
        return found

    def get_spoken_consent(self, voice: Voice) -> str:
        if voice.spoken_consent_at is not None:
            return "given"
        return "missing" if voice_consent_missing(voice) else "not_required"
