"""POST /v1/audio/speech."""

from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.serializers.fields import SpeedField
from voices.api.speech import speech_response
from voices.audio_formats import MEDIA_TYPES
from voices.errors import BadInput, NotFound
from voices.openai.errors import openai_exception_handler
from voices.openai.events import events_response
from voices.openai.formats import ALIASES, FORMATS, MODEL
from voices.services.jobs import job_answer
from voices.services.speech import SpeechWish, speech_job_create
from voices.services.waiting import waiting_place


class OpenAiView(APIView):
    """Errors in OpenAI's shape."""

    def get_exception_handler(self) -> Any:
        return openai_exception_handler


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "string"}}}]}
)
class VoiceReferenceField(serializers.Field):
    """A name, or {"id": …}."""

    default_error_messages = {"invalid": "Expected a name or an object with an id."}

    def to_internal_value(self, data: Any) -> str:
        reference = data.get("id") if isinstance(data, dict) else data
        if not isinstance(reference, str) or "\x00" in reference:
            self.fail("invalid")
        return reference[:200]

    def to_representation(self, value: Any) -> str:
        return str(value)


class OpenAiSpeechInput(serializers.Serializer):
    model = serializers.CharField(max_length=100)
    input = serializers.CharField(trim_whitespace=False, allow_blank=True)
    voice = VoiceReferenceField()
    response_format = serializers.CharField(default="mp3", max_length=20)
    speed = SpeedField(default=None, allow_null=True)
    instructions = serializers.CharField(required=False, allow_blank=True, help_text="Ignored.")
    stream_format = serializers.ChoiceField(
        choices=["audio", "sse"],
        default="audio",
        help_text="sse: events speech.audio.delta, sentence by sentence, then speech.audio.done.",
    )


class OpenAiSpeechApi(OpenAiView):
    """OpenAI-compatible speech: official clients work with only the base URL changed."""

    @extend_schema(
        operation_id="openai_speech",
        request=OpenAiSpeechInput,
        responses={
            (200, kind): OpenApiResponse(OpenApiTypes.BINARY, description="The audio.")
            for kind in MEDIA_TYPES.values()
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        form = OpenAiSpeechInput(data=request.data)
        form.is_valid(raise_exception=True)
        owner, wish = owner_of(request), wish_of(form.validated_data)
        with ExitStack() as place:
            place.enter_context(waiting_place())
            job = speech_job_create(owner=owner, wish=wish, text_limit=settings.SYNC_TEXT_LIMIT)
            if wish.stream:
                return events_response(owner=owner, job=job, on_end=place.pop_all().close)
            made = job_answer(owner=owner, job_id=job.pk, kept=False)
            return speech_response(request, made)


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
    return SpeechWish(
        text=values["input"],
        voice=values["voice"],
        format=FORMATS[asked],
        speed=values["speed"],
        stream=values["stream_format"] == "sse",
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
