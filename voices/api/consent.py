"""Consent: the text to be confirmed, what was confirmed of a voice, the phrase read aloud."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.rest import FormParser, JsonParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.fields import FileField
from voices.browsers import client_address
from voices.consent_texts import CURRENT, RIGHTS_CURRENT, consent_text
from voices.models import ConsentPhrase, ConsentRecord, Scope
from voices.selectors.voices import consent_records, voice_own_get
from voices.services.voices.consent import Confirmation, phrase_create, phrase_read

USER_AGENT_CHARACTERS = 300


class ConsentTextOutput(serializers.Serializer):
    version = serializers.CharField(help_text="Send it back as `consent_version`.")
    text = serializers.CharField()
    spoken_required = serializers.BooleanField(
        help_text="Whether own voices speak only after a phrase has been read aloud."
    )


class ConsentRecordOutput(serializers.ModelSerializer):
    class Meta:
        model = ConsentRecord
        fields = ("id", "kind", "text_version", "language", "text", "facts", "given_at")


class ConsentOutput(serializers.Serializer):
    spoken_required = serializers.BooleanField()
    spoken_at = serializers.DateTimeField(allow_null=True)
    records = ConsentRecordOutput(many=True)


class PhraseOutput(serializers.ModelSerializer):
    class Meta:
        model = ConsentPhrase
        fields = ("id", "text", "expires_at")


class SpokenInput(Input):
    phrase = serializers.UUIDField(help_text="Id of the phrase that was read.")
    recording = FileField()


class SpokenOutput(serializers.Serializer):
    passed = serializers.BooleanField()
    same_voice = serializers.BooleanField()
    same_words = serializers.BooleanField()
    similarity = serializers.FloatField(help_text="Cosine of the d-vectors.")
    required_similarity = serializers.FloatField()
    phoneme_error = serializers.FloatField(help_text="Of the phrase's worst sentence.")
    allowed_phoneme_error = serializers.FloatField()


class ConsentTextApi(APIView):
    """What a person confirms before a voice is made."""

    @extend_schema(operation_id="consent_text", responses={200: ConsentTextOutput})
    def get(self, request: Request) -> Response:
        return Response(consent_facts())


class ConsentApi(APIView):
    """What was confirmed of an own voice."""

    @extend_schema(operation_id="consent_get", responses={200: ConsentOutput})
    def get(self, request: Request, voice_id: UUID) -> Response:
        owner = owner_of(request)
        voice = voice_own_get(owner=owner, voice_id=voice_id)
        body = {
            "spoken_required": settings.SPOKEN_CONSENT_REQUIRED,
            "spoken_at": voice.spoken_consent_at,
            "records": consent_records(owner=owner, voice_id=voice_id),
        }
        return Response(ConsentOutput(body).data)


class PhraseApi(APIView):
    """A phrase to be read aloud: it counts once, and for ten minutes."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="consent_phrase", request=None, responses={201: PhraseOutput})
    def post(self, request: Request, voice_id: UUID) -> Response:
        phrase = phrase_create(owner=owner_of(request), voice_id=voice_id)
        return Response(PhraseOutput(phrase).data, status=201)


class SpokenApi(APIView):
    """The phrase read aloud: compared with the voice and with the words, then thrown away."""

    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="consent_spoken", request=SpokenInput, responses={200: SpokenOutput}
    )
    def post(self, request: Request, voice_id: UUID) -> Response:
        values = validated(SpokenInput, request.data)
        phrase = phrase_read(
            owner=owner_of(request),
            voice_id=voice_id,
            phrase_id=values["phrase"],
            upload=values["recording"],
            confirmation=confirmation_of(request, given=True),
        )
        return Response(SpokenOutput(phrase.outcome).data)


def consent_facts() -> dict[str, Any]:
    """The text in the language of the request, with what goes with it."""
    return {
        "version": CURRENT,
        "text": consent_text(get_language()),
        "spoken_required": settings.SPOKEN_CONSENT_REQUIRED,
    }


def confirmation_of(
    request: Request, *, given: bool, version: str = "", current: str = CURRENT
) -> Confirmation:
    """What this request confirms: the text as it is now, where it names no version."""
    return Confirmation(
        given=given,
        version=version or current,
        language="ru" if get_language() == "ru" else "en",
        address=client_address(request._request),
        user_agent=request.headers.get("User-Agent", "")[:USER_AGENT_CHARACTERS],
    )


def rights_of(request: Request, values: dict[str, Any]) -> Confirmation:
    """What this request confirms of its rights; taken out of the values of a `RightsInput`."""
    return confirmation_of(
        request,
        given=values.pop("rights"),
        version=values.pop("rights_version"),
        current=RIGHTS_CURRENT,
    )
