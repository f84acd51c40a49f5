"""/v1/audio/voices: the list, and voices made of a recording as OpenAI's clients make them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.auth import owner_of, reader_of
from voices.api.rest import FormParser
from voices.api.serializers.base import Input, validated
from voices.errors import BadInput
from voices.models import Scope, Voice
from voices.openai.speech import OpenAiDeletedOutput, OpenAiView
from voices.selectors.voice_consents import voice_consent_get
from voices.selectors.voices import voice_get, voice_list, voice_resolve, voice_shown_name
from voices.services.voices.voice_consents import confirmation_recorded
from voices.services.voices.voices import VoiceWish, voice_create, voice_delete

FROM_RECORDING = "audio_sample"


class NamedVoiceOutput(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()


class OpenAiVoicesOutput(serializers.Serializer):
    voices = NamedVoiceOutput(many=True)


class OpenAiVoiceInput(Input):
    audio_sample = serializers.FileField(
        allow_empty_file=True, max_length=500, help_text="3-30 s of speech."
    )
    consent = serializers.UUIDField(help_text="Id of a consent of /v1/audio/voice_consents.")
    name = serializers.CharField(max_length=100)
    type = serializers.ChoiceField(choices=[FROM_RECORDING], default=FROM_RECORDING)


class OpenAiVoiceOutput(serializers.Serializer):
    id = serializers.CharField()
    object = serializers.CharField()
    created_at = serializers.IntegerField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=[FROM_RECORDING])


class OpenAiVoicesApi(OpenAiView):
    """The voices one can use, as speech servers of this kind list them; without a key those of the bank."""

    open_to_read = True
    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="openai_voices", responses={200: OpenAiVoicesOutput})
    def get(self, request: Request) -> Response:
        voices = voice_list(owner=reader_of(request))
        named = [{"id": _id(voice), "name": voice_shown_name(voice)} for voice in voices]
        return Response({"voices": named})

    @extend_schema(
        operation_id="openai_voice_create",
        request=OpenAiVoiceInput,
        responses={200: OpenAiVoiceOutput},
    )
    def post(self, request: Request) -> Response:
        """A voice of a recording and a consent, answered when it can speak."""
        _kind_check(request.data)
        values = validated(OpenAiVoiceInput, request.data)
        owner = owner_of(request)
        consent = voice_consent_get(owner=owner, consent_id=values["consent"])
        voice = voice_create(
            owner=owner,
            wish=VoiceWish(name=values["name"]),
            uploads=[values["audio_sample"]],
            confirmation=confirmation_recorded(consent),
        )
        return Response(shown(voice))


class OpenAiVoiceApi(OpenAiView):
    """One voice."""

    open_to_read = True
    write_scope = Scope.VOICES

    @extend_schema(operation_id="openai_voice", responses={200: OpenAiVoiceOutput})
    def get(self, request: Request, voice_id: str) -> Response:
        return Response(shown(voice_resolve(owner=reader_of(request), reference=voice_id)))

    @extend_schema(operation_id="openai_voice_delete", responses={200: OpenAiDeletedOutput})
    def delete(self, request: Request, voice_id: str) -> Response:
        owner = owner_of(request)
        voice = voice_get(owner=owner, voice_id=voice_id)
        voice_delete(owner=owner, voice_id=voice.pk)
        return Response({"id": str(voice.pk), "object": "audio.voice.deleted", "deleted": True})


def shown(voice: Voice) -> dict[str, Any]:
    """A voice as OpenAI's clients read it."""
    return {
        "id": _id(voice),
        "object": "audio.voice",
        "created_at": int(voice.created_at.timestamp()),
        "name": voice_shown_name(voice),
        "type": FROM_RECORDING,
    }


def _id(voice: Voice) -> str:
    return voice.slug or str(voice.pk)


def _kind_check(values: Any) -> None:
    """Said before the fields that only such a voice has. Raises BadInput: `voice_type_unsupported`."""
    if values.get("type") == "prompt":
        raise BadInput(
            "voice_type_unsupported",
            "voices are made of recordings here, not of descriptions; type must be audio_sample",
            "голоса здесь делаются из записей, а не по описанию; type должен быть audio_sample",
            param="type",
        )
