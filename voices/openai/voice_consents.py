"""/v1/audio/voice_consents: consents recorded before voices are made with them."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.auth import owner_of
from voices.api.consent import confirmation_of
from voices.api.rest import FormParser, JsonParser
from voices.api.serializers.base import Input, validated
from voices.models import Scope, VoiceConsent
from voices.openai.speech import OpenAiDeletedOutput, OpenAiView
from voices.selectors.voice_consents import voice_consent_get, voice_consents_after
from voices.services.voices.voice_consents import (
    voice_consent_create,
    voice_consent_delete,
    voice_consent_rename,
)

OBJECT = "audio.voice_consent"
PAGE_SIZE, MOST = 20, 100


class VoiceConsentInput(Input):
    language = serializers.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
        max_length=35,
        help_text="Language of the phrase, as BCP 47 has it: ru-RU.",
    )
    name = serializers.CharField(max_length=100)
    recording = serializers.FileField(
        allow_empty_file=True,
        max_length=500,
        help_text="The text at /api/v1/consent/ said aloud, or that one agrees to it. It is not kept.",
    )


class VoiceConsentPatch(Input):
    name = serializers.CharField(max_length=100)


class VoiceConsentsFilter(serializers.Serializer):
    after = serializers.UUIDField(required=False, help_text="The last id of the page before.")
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=PAGE_SIZE)


class VoiceConsentOutput(serializers.Serializer):
    id = serializers.UUIDField()
    object = serializers.CharField()
    created_at = serializers.IntegerField()
    language = serializers.CharField()
    name = serializers.CharField()


class VoiceConsentsOutput(serializers.Serializer):
    object = serializers.CharField()
    data = VoiceConsentOutput(many=True)  # type: ignore[assignment]
    first_id = serializers.UUIDField(allow_null=True)
    last_id = serializers.UUIDField(allow_null=True)
    has_more = serializers.BooleanField()


class VoiceConsentsApi(OpenAiView):
    """One's recorded consents, the newest first."""

    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="openai_consents",
        parameters=[VoiceConsentsFilter],
        responses={200: VoiceConsentsOutput},
    )
    def get(self, request: Request) -> Response:
        values = validated(VoiceConsentsFilter, request.query_params)
        found, more = voice_consents_after(
            owner=owner_of(request), after=values.get("after"), limit=values["limit"]
        )
        data = [shown(consent) for consent in found]
        first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
        page = {"object": "list", "data": data, "first_id": first, "last_id": last}
        return Response({**page, "has_more": more})

    @extend_schema(
        operation_id="openai_consent_create",
        request=VoiceConsentInput,
        responses={200: VoiceConsentOutput},
    )
    def post(self, request: Request) -> Response:
        """You confirm the text at /api/v1/consent/ and send the recording in which it is said."""
        values = validated(VoiceConsentInput, request.data)
        consent = voice_consent_create(
            owner=owner_of(request),
            name=values["name"],
            language=values["language"],
            upload=values["recording"],
            confirmation=confirmation_of(request, given=True),
        )
        return Response(shown(consent))


class VoiceConsentApi(OpenAiView):
    """One recorded consent."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="openai_consent", responses={200: VoiceConsentOutput})
    def get(self, request: Request, consent_id: UUID) -> Response:
        return Response(shown(voice_consent_get(owner=owner_of(request), consent_id=consent_id)))

    @extend_schema(
        operation_id="openai_consent_rename",
        request=VoiceConsentPatch,
        responses={200: VoiceConsentOutput},
    )
    def post(self, request: Request, consent_id: UUID) -> Response:
        """Another name for it."""
        values = validated(VoiceConsentPatch, request.data)
        renamed = voice_consent_rename(
            owner=owner_of(request), consent_id=consent_id, name=values["name"]
        )
        return Response(shown(renamed))

    @extend_schema(operation_id="openai_consent_delete", responses={200: OpenAiDeletedOutput})
    def delete(self, request: Request, consent_id: UUID) -> Response:
        """Voices that were made with it stay."""
        voice_consent_delete(owner=owner_of(request), consent_id=consent_id)
        return Response({"id": str(consent_id), "object": OBJECT, "deleted": True})


def shown(consent: VoiceConsent) -> dict[str, Any]:
    """A consent as OpenAI's clients read it."""
    return {
        "id": str(consent.pk),
        "object": OBJECT,
        "created_at": int(consent.created_at.timestamp()),
        "language": consent.language,
        "name": consent.name,
    }
