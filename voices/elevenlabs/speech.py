"""POST /v1/text-to-speech/{voice_id}, …/stream, …/with-timestamps, …/stream/with-timestamps."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.auth import owner_of
from voices.api.serializers.base import Input, validated
from voices.api.serializers.fields import SpeedField
from voices.api.speech import spoken_response
from voices.api.streaming_response import streaming_response
from voices.audio_formats import MEDIA_TYPES
from voices.elevenlabs.alignment import timed_answer, timed_stream
from voices.elevenlabs.formats import MODEL, OUTPUT_FORMATS, USUAL_FORMAT, format_of, model_check
from voices.elevenlabs.views import ElevenLabsView
from voices.engine import SEED_RANGE
from voices.errors import BadInput
from voices.models import Job
from voices.services.speech.speech import SpeechWish

NO_EFFECT = "Taken, without effect."
FORMAT_PARAMETER = OpenApiParameter(
    "output_format", str, enum=list(OUTPUT_FORMATS), default=USUAL_FORMAT
)
SOUND = {
    (200, kind): OpenApiResponse(OpenApiTypes.BINARY, description="The audio.")
    for kind in MEDIA_TYPES.values()
}


class ShareField(serializers.FloatField):
    """0 to 1, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, default=None, allow_null=True, **kwargs)


class IgnoredField(serializers.JSONField):
    """Taken, without effect."""

    def __init__(self) -> None:
        super().__init__(default=None, allow_null=True, help_text=NO_EFFECT)


class XiVoiceSettings(Input):
    stability = ShareField(help_text="1 minus our `variation`: at 1 every seed says it alike.")
    speed = SpeedField(default=None, allow_null=True)
    similarity_boost = ShareField(help_text=NO_EFFECT)
    style = ShareField(help_text=NO_EFFECT)  # type: ignore[assignment]
    clone_strength = ShareField(help_text=NO_EFFECT)
    use_speaker_boost = serializers.BooleanField(default=None, allow_null=True, help_text=NO_EFFECT)


class XiSpeechInput(Input):
    """What would be a wish and cannot be met is refused; what only helps their models has no effect."""

    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    model_id = serializers.CharField(default=MODEL, max_length=100)
    voice_settings = XiVoiceSettings(default=None, allow_null=True)
    seed = serializers.IntegerField(default=0, allow_null=True, min_value=0, max_value=2**32 - 1)
    apply_text_normalization = serializers.ChoiceField(
        choices=["auto", "on"],
        default="auto",
        help_text="Numbers and abbreviations are always spelled out.",
    )
    pronunciation_dictionary_locators = serializers.ListField(default=list, max_length=0)
    audio_effects = serializers.JSONField(default=None, allow_null=True)
    language_code = IgnoredField()
    previous_text = IgnoredField()
    next_text = IgnoredField()
    previous_request_ids = IgnoredField()
    next_request_ids = IgnoredField()
    use_pvc_as_ivc = IgnoredField()
    apply_language_text_normalization = IgnoredField()


def _told(operation_id: str, responses: Any) -> Any:
    """What the schema tells of a view that speaks."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=operation_id,
            parameters=[FORMAT_PARAMETER],
            request=XiSpeechInput,
            responses=responses,
        )
    )


@_told("xi_speech", SOUND)
class TextToSpeechApi(ElevenLabsView):
    """The audio, whole."""

    stream = False
    timed = False

    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        values = validated(XiSpeechInput, request.data)
        asked = request.query_params.get("output_format", USUAL_FORMAT)
        wish = wish_of(values, voice=voice_id, output_format=asked)
        return spoken_response(
            request,
            SpeechWish(**wish, stream=self.stream, timestamps=self.timed),
            streamed=timed_stream if self.timed else streaming_response,
            whole=timed_response if self.timed else None,
        )


@_told("xi_speech_stream", SOUND)
class TextToSpeechStreamApi(TextToSpeechApi):
    """The audio, sentence by sentence."""

    stream = True


@_told("xi_speech_timestamps", OpenApiTypes.OBJECT)
class TextToSpeechTimedApi(TextToSpeechApi):
    """The audio with the time of every character."""

    timed = True


@_told("xi_speech_stream_timestamps", OpenApiTypes.OBJECT)
class TextToSpeechTimedStreamApi(TextToSpeechApi):
    """Lines of JSON: the sentences' audio as it is made, at last the time of every character."""

    stream = timed = True


def timed_response(request: Request, job: Job) -> Response:
    """A finished job's audio and its characters in time."""
    return Response(timed_answer(owner=owner_of(request), job=job))


def wish_of(values: dict[str, Any], *, voice: str, output_format: str) -> dict[str, Any]:
    """ElevenLabs' fields in those of SpeechWish.

    Raises:
        NotFound: `model_not_found`.
        BadInput: `unsupported_output_format`, `effects_unsupported`.
    """
    model_check(values["model_id"])
    if values["audio_effects"]:
        raise BadInput(
            "effects_unsupported",
            "audio_effects are not made here; leave them out",
            "эффекты audio_effects здесь не делаются; уберите их",
            param="audio_effects",
        )
    audio_format, bitrate = format_of(output_format)
    chosen = values["voice_settings"] or {}
    stability = chosen.get("stability")
    return {
        "text": values["text"],
        "voice": voice,
        "format": audio_format,
        "bitrate": bitrate,
        "speed": chosen.get("speed"),
        "variation": None if stability is None else 1 - stability,
        "seed": (values["seed"] or 0) % (SEED_RANGE[1] + 1),
    }
