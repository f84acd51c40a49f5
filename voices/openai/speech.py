"""POST /v1/audio/speech."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from voices.api.idempotency import IDEMPOTENCY_KEY
from voices.api.serializers.base import Input, OpenAiErrorOutput, validated
from voices.api.serializers.fields import (
    ALIASES_HELP,
    AliasesField,
    AnyCaseChoiceField,
    AnyCaseField,
    SpeedField,
)
from voices.api.speech import spoken_response
from voices.audio_formats import MEDIA_TYPES, STREAMABLE
from voices.errors import BadInput, NotFound
from voices.openai.events import events_response, whole_events_response
from voices.openai.formats import ALIASES, FORMATS, MODEL, STOCK_VOICES, USUAL_VOICE
from voices.services.speech.speech import SpeechWish


class OpenAiView(APIView):
    """Errors in OpenAI's shape."""

    error_output = OpenAiErrorOutput


class OpenAiDeletedOutput(serializers.Serializer):
    id = serializers.CharField()
    object = serializers.CharField()
    deleted = serializers.BooleanField()


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "string"}}}]}
)
class VoiceReferenceField(serializers.Field):
    """A name, or {"id": …}."""

    default_error_messages = {"invalid": "Expected a name or an object with an id."}

    def to_internal_value(self, data: Any) -> str:
        reference = data.get("id") if isinstance(data, dict) else data
        if not isinstance(reference, str):
            self.fail("invalid")
        return reference.strip()[:200]

    def to_representation(self, value: Any) -> str:
        return str(value)


class OpenAiSpeechInput(Input):
    model = serializers.CharField(default=MODEL, max_length=100)
    input = serializers.CharField(trim_whitespace=False, allow_blank=True)
    voice = VoiceReferenceField(
        default=USUAL_VOICE, help_text="As for /api/v1/speech/, or one of OpenAI's own names."
    )
    response_format = AnyCaseField(default="mp3", max_length=20)
    speed = SpeedField(default=None, allow_null=True)
    instructions = serializers.CharField(required=False, allow_blank=True, help_text="Ignored.")
    stream_format = AnyCaseChoiceField(
        choices=["audio", "sse"],
        default="audio",
        help_text="sse: events speech.audio.delta, sentence by sentence, then speech.audio.done.",
    )
    voice_aliases = AliasesField(default=dict, help_text=ALIASES_HELP)
    allow_voice_tags = serializers.ChoiceField(
        choices=[True], default=True, help_text="Marks such as [voice:anna] are always read."
    )
    stream = serializers.BooleanField(
        default=True, help_text="false: the whole audio at once. flac is never streamed."
    )


class OpenAiSpeechApi(OpenAiView):
    """OpenAI-compatible speech: official clients work with only the base URL changed."""

    @extend_schema(
        operation_id="openai_speech",
        parameters=[IDEMPOTENCY_KEY],
        request=OpenAiSpeechInput,
        responses={
            (200, kind): OpenApiResponse(OpenApiTypes.BINARY, description="The audio.")
            for kind in MEDIA_TYPES.values()
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        values = validated(OpenAiSpeechInput, request.data)
        wish = wish_of(values)
        if values["stream_format"] == "sse":
            return spoken_response(
                request, wish, streamed=events_response, whole=whole_events_response
            )
        return spoken_response(request, wish)


def wish_of(values: dict[str, Any]) -> SpeechWish:
    """OpenAI's fields in ours.

    Raises:
        NotFound: `model_not_found`.
        BadInput: `unknown_format`.
    """
    model_check(values["model"])
    asked = values["response_format"]
    if asked not in FORMATS:
        listed = ", ".join(FORMATS)
        raise BadInput(
            "unknown_format",
            f"response_format {asked!r} is not supported; expected one of {listed}",
            f"response_format {asked!r} не поддерживается; ожидается один из: {listed}",
        )
    audio_format, events = FORMATS[asked], values["stream_format"] == "sse"
    return SpeechWish(
        text=values["input"],
        voice=values["voice"],
        voice_aliases=values["voice_aliases"],
        stock_voices=STOCK_VOICES,
        format=audio_format,
        speed=values["speed"],
        stream=events or (values["stream"] and audio_format in STREAMABLE),
    )


def model_check(name: str) -> None:
    """Raises NotFound: `model_not_found`."""
    if name not in (MODEL, *ALIASES):
        raise NotFound(
            "model_not_found",
            f"the model {name[:80]!r} does not exist",
            f"модели {name[:80]!r} нет",
            param="model",
        )
