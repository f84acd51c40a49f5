"""Shapes of requests and answers. They describe; the services decide."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from voices.audio_formats import BITRATES_KBPS, MEDIA_TYPES
from voices.models import Job, Recording, Voice, Webhook
from voices.selectors.jobs import KINDS, jobs_ahead
from voices.selectors.retention import job_expires_at
from voices.selectors.voices import voice_consent_missing
from voices.services.jobs import job_error
from voices.services.speech import (
    PITCH_RANGE_SEMITONES,
    SEED_RANGE,
    SPEED_RANGE,
    VARIATION_RANGE,
)

EXCERPT_CHARACTERS = 200


def _number(kind: str, bounds: tuple[float, float], default: float, text: str) -> dict[str, Any]:
    return {
        "type": kind,
        "minimum": bounds[0],
        "maximum": bounds[1],
        "default": default,
        "description": text,
    }


@extend_schema_field({"type": "string", "enum": list(MEDIA_TYPES), "default": "mp3"})
class FormatField(serializers.CharField):
    """pcm: bare samples, 16 bit little endian, 24 kHz; voice_message: Opus in Ogg, mono, 48 kHz."""


@extend_schema_field(
    {
        "type": "integer",
        "enum": list(BITRATES_KBPS),
        "nullable": True,
        "description": "kbit/s of mp3, constant; null: variable, about 65",
    }
)
class BitrateField(serializers.IntegerField):
    pass


@extend_schema_field(_number("number", SPEED_RANGE, 1.0, "1 is the voice's own pace"))
class SpeedField(serializers.FloatField):
    pass


@extend_schema_field(_number("number", PITCH_RANGE_SEMITONES, 0.0, "semitones up or down"))
class PitchField(serializers.FloatField):
    pass


@extend_schema_field(
    _number("number", VARIATION_RANGE, 1.0, "liveliness; at 0 every seed gives the same audio")
)
class VariationField(serializers.FloatField):
    pass


@extend_schema_field(_number("integer", SEED_RANGE, 0, "the same seed gives the same audio"))
class SeedField(serializers.IntegerField):
    pass


AS_SET = "Left out: as the voice is set."


class ReadingsField(serializers.DictField):
    """Words and how they are said."""

    child = serializers.CharField(max_length=200)


_DICTIONARY_HELP = (
    'Words of this text and how they are said: {"звонит": "звон+ит"}. A reading is a stress, other '
    "words, or sounds between slashes. It wins over the stored dictionary, a + in the text over both."
)


WEBHOOK_HELP = (
    "A public http or https address that is told, by a signed POST, when this has ended. "
    "See /webhook-secret/."
)


class WebhookOutput(serializers.ModelSerializer):
    """How the telling went."""

    class Meta:
        model = Webhook
        fields = ("url", "status", "attempts", "last_status", "last_error", "delivered_at")


class SpeechInput(serializers.Serializer):
    text = serializers.CharField(
        trim_whitespace=False,
        allow_blank=True,
        help_text=(
            "Russian text. A stress is set by + before the vowel: з+амок. Marks such as ((пауза 1 с)), "
            "((медленно)), `nikolay:: …` and a subset of SSML are understood."
        ),
    )
    voice = serializers.CharField(
        max_length=200, help_text="Slug of a bank voice, id, or name of an own voice."
    )
    format = FormatField(default="mp3", max_length=20)
    bitrate = BitrateField(default=None, allow_null=True)
    speed = SpeedField(default=None, allow_null=True, help_text=AS_SET)
    pitch = PitchField(default=None, allow_null=True, help_text=AS_SET)
    variation = VariationField(default=None, allow_null=True, help_text=AS_SET)
    seed = SeedField(default=0)
    timestamps = serializers.BooleanField(
        default=False, help_text="Keep the times of words and sounds: /jobs/{id}/timestamps/."
    )
    dictionary = ReadingsField(default=dict, help_text=_DICTIONARY_HELP)


class JobInput(SpeechInput):
    live = serializers.BooleanField(
        default=False,
        help_text="Keep the sentences that are ready, to be heard while the rest is made: see …/parts/.",
    )
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


class StreamableSpeechInput(SpeechInput):
    stream = serializers.BooleanField(
        default=False, help_text="Send the audio sentence by sentence as it is made."
    )


class PhonemesInput(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    dictionary = ReadingsField(default=dict, help_text=_DICTIONARY_HELP)


class WordOutput(serializers.Serializer):
    text = serializers.CharField()
    stressed = serializers.CharField()
    phonemes = serializers.ListField(child=serializers.CharField())
    ipa = serializers.CharField()
    start = serializers.IntegerField(
        allow_null=True,
        help_text="Where the word stands in the text; null when it is not written there.",
    )
    end = serializers.IntegerField(allow_null=True)


class SentenceOutput(serializers.Serializer):
    source = serializers.CharField()  # type: ignore[assignment]
    normalized = serializers.CharField()
    stressed = serializers.CharField()
    voice = serializers.CharField(
        allow_null=True, help_text="The voice that markup calls for; null for the request's own."
    )
    words = WordOutput(many=True)
    tokens = serializers.ListField(child=serializers.CharField())


class PhonemesOutput(serializers.Serializer):
    sentences = SentenceOutput(many=True)


_CONSENT_HELP = "You confirm the text at /api/v1/consent/."
_VERSION_HELP = "Version of the text that was shown; refused when there is a newer one."


class LanguageField(serializers.RegexField):
    """Language of the recordings, for instance ru or en."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[a-z]{2,3}$", **kwargs)


class VoiceInput(serializers.Serializer):
    name = serializers.CharField(max_length=100, allow_blank=True, default="")
    description = serializers.CharField(max_length=1000, allow_blank=True, default="")
    gender = serializers.ChoiceField(
        choices=Voice.Gender.choices, allow_blank=True, default=Voice.Gender.UNKNOWN
    )
    recording = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=500),
        default=list,
        help_text="One or more sound files: mp3, wav, flac, ogg, m4a, webm; 3-30 s of speech.",
    )
    language = LanguageField(default="ru")
    consent = serializers.BooleanField(default=False, help_text=_CONSENT_HELP)
    consent_version = serializers.CharField(
        default="", allow_blank=True, max_length=16, help_text=_VERSION_HELP
    )


class RecordingsInput(serializers.Serializer):
    recording = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=500), default=list
    )
    consent = serializers.BooleanField(default=False, help_text=_CONSENT_HELP)
    consent_version = serializers.CharField(
        default="", allow_blank=True, max_length=16, help_text=_VERSION_HELP
    )


class VoiceSettings(serializers.Serializer):
    """What holds where a request leaves it out; null is the usual."""

    speed = SpeedField(required=False, allow_null=True)
    pitch = PitchField(required=False, allow_null=True)
    variation = VariationField(required=False, allow_null=True)


class VoicePatch(serializers.Serializer):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    gender = serializers.ChoiceField(choices=Voice.Gender.choices, allow_blank=True, required=False)
    language = LanguageField(required=False)
    settings = VoiceSettings(required=False)


class RecordingOutput(serializers.ModelSerializer):
    notes = serializers.SerializerMethodField(help_text="What could be better in the recording.")
    figures = serializers.DictField(
        read_only=True, help_text="What was measured: clipped_share, snr_db and others."
    )

    class Meta:
        model = Recording
        fields = (
            "id",
            "original_name",
            "size_bytes",
            "seconds",
            "speech_seconds",
            "notes",
            "figures",
            "created_at",
        )

    def get_notes(self, recording: Recording) -> list[str]:
        language = "ru" if get_language() == "ru" else "en"
        # rows written by an earlier version hold English lines
        return [note[language] if isinstance(note, dict) else note for note in recording.notes]


class VoiceOutput(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    settings = VoiceSettings(source="*", read_only=True)
    preview_url = serializers.SerializerMethodField()
    spoken_consent = serializers.SerializerMethodField(
        help_text="`given`, `missing` (the voice may not speak before), or `not_required`."
    )
    recordings = RecordingOutput(many=True, read_only=True)

    class Meta:
        model = Voice
        fields = (
            "id", "slug", "is_bank", "status", "name", "description", "gender", "language",
            "licence", "attribution", "settings", "preview_url", "spoken_consent", "recordings",
            "created_at",
        )  # fmt: skip

    def get_name(self, voice: Voice) -> str:
        return voice_shown_name(voice)

    def get_description(self, voice: Voice) -> str:
        return voice_shown_description(voice)

    def get_preview_url(self, voice: Voice) -> str | None:
        shown = voice.preview if voice.is_bank else not voice_consent_missing(voice)
        return reverse("voice-preview", args=[voice.slug or voice.pk]) if shown else None

    def get_spoken_consent(self, voice: Voice) -> str:
        if voice.spoken_consent_at is not None:
            return "given"
        return "missing" if voice_consent_missing(voice) else "not_required"


class JobVoiceOutput(serializers.Serializer):
    id = serializers.UUIDField(allow_null=True)
    slug = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class ProgressOutput(serializers.Serializer):
    sentences_done = serializers.IntegerField()
    sentences_total = serializers.IntegerField()
    parts_ready = serializers.IntegerField(
        help_text="Sentences of a live job that can be fetched; 0 an hour after its end."
    )
    ahead = serializers.IntegerField(help_text="Jobs that will be taken before this one.")


class JobErrorOutput(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.JSONField()


class JobAudioOutput(serializers.Serializer):
    url = serializers.CharField()
    format = serializers.CharField()
    seconds = serializers.FloatField()
    size_bytes = serializers.IntegerField()


class JobOutput(serializers.ModelSerializer):
    kind = serializers.ChoiceField(choices=KINDS)
    expires_at = serializers.SerializerMethodField(
        help_text="When the job is removed with its audio; null while it runs, or never."
    )
    text = serializers.SerializerMethodField()
    voice = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    audio = serializers.SerializerMethodField()
    webhook = WebhookOutput(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Job
        fields = (
            "id", "kind", "status", "name", "batch", "position", "text", "voice", "params",
            "progress", "error", "audio", "webhook", "created_at", "started_at", "finished_at",
            "expires_at",
        )  # fmt: skip

    def get_text(self, job: Job) -> str:
        whole = self.parent is None
        return job.text if whole else job.text[:EXCERPT_CHARACTERS]

    def get_expires_at(self, job: Job) -> datetime | None:
        return job_expires_at(job)

    @extend_schema_field(JobVoiceOutput)
    def get_voice(self, job: Job) -> dict[str, Any]:
        if job.voice is None:
            return {"id": None, "slug": None, "name": job.voice_name}
        return {"id": job.voice.pk, "slug": job.voice.slug, "name": voice_shown_name(job.voice)}

    @cached_property
    def _ahead(self) -> dict[UUID, int]:
        shown: Any = self.instance
        return jobs_ahead([shown] if isinstance(shown, Job) else shown)

    @extend_schema_field(ProgressOutput)
    def get_progress(self, job: Job) -> dict[str, int]:
        return {
            "sentences_done": job.sentences_done,
            "sentences_total": job.sentences_total,
            "parts_ready": job.parts_ready,
            "ahead": self._ahead.get(job.pk, 0),
        }

    @extend_schema_field(JobErrorOutput(allow_null=True))
    def get_error(self, job: Job) -> dict[str, Any] | None:
        if job.status == Job.Status.CANCELLED or not job.error_code:
            return None
        error = job_error(job)
        return {
            "code": error.code,
            "message": error.message(get_language()),
            "details": error.details,
        }

    @extend_schema_field(JobAudioOutput(allow_null=True))
    def get_audio(self, job: Job) -> dict[str, Any] | None:
        result = getattr(job, "result", None)
        if result is None:
            return None
        return {
            "url": reverse("job-audio", args=[job.pk]),
            "format": result.format,
            "seconds": result.seconds,
            "size_bytes": result.size_bytes,
        }


def voice_shown_name(voice: Voice) -> str:
    """The name in the language of the request."""
    return (voice.name_ru if get_language() == "ru" else "") or voice.name


def voice_shown_description(voice: Voice) -> str:
    """The description in the language of the request."""
    return (voice.description_ru if get_language() == "ru" else "") or voice.description
