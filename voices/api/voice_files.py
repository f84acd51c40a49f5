"""Voices of no recordings: exported to a file and imported from one, merged of others."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.consent import confirmation_of
from voices.api.rest import FormParser, JsonParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.fields import FileField
from voices.api.serializers.voices import VoiceOutput
from voices.audio_response import attachment
from voices.models import Scope
from voices.services.voices.voice_files import (
    MOST_MERGED,
    version_export,
    voice_import,
    voices_merge,
)

NAME_CHARACTERS = 100


class VoiceFileInput(Input):
    file = FileField(help_text="A .voice file.")
    name = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=NAME_CHARACTERS,
        help_text="Left out: the one that the file has.",
    )
    consent = serializers.BooleanField(
        default=False, help_text="You confirm the text at /api/v1/consent/."
    )
    consent_version = serializers.CharField(
        default="",
        max_length=16,
        help_text="Version of the text that was shown; refused when there is a newer one.",
    )


class MergedVoiceInput(Input):
    voice = serializers.CharField(
        max_length=200, help_text="Slug or name of a bank voice, id or name of an own one."
    )
    weight = serializers.FloatField(
        default=1.0, min_value=0.01, max_value=100.0, help_text="Beside those of the others."
    )


class MergeInput(Input):
    name = serializers.CharField(max_length=NAME_CHARACTERS)
    voices = serializers.ListField(child=MergedVoiceInput(), min_length=2, max_length=MOST_MERGED)
    consent = serializers.BooleanField(
        default=False, help_text="You confirm the text at /api/v1/consent/."
    )
    consent_version = serializers.CharField(
        default="",
        max_length=16,
        help_text="Version of the text that was shown; refused when there is a newer one.",
    )


class VersionFileApi(APIView):
    """A trained version of an own voice as one file, signed with the service's key."""

    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="versions_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, voice_id: UUID, number: int) -> HttpResponse:
        exported = version_export(owner=owner_of(request), voice_id=voice_id, number=number)
        return HttpResponse(
            exported.content,
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": attachment(f"{exported.name} {number}", "voice"),
                "Cache-Control": "private, no-store",
            },
        )


class VoiceImportApi(APIView):
    """An own voice of a file that was exported here or written by the command line."""

    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="voices_import", request=VoiceFileInput, responses={201: VoiceOutput}
    )
    def post(self, request: Request) -> Response:
        values = validated(VoiceFileInput, request.data)
        voice = voice_import(
            owner=owner_of(request),
            upload=values["file"],
            name=values["name"],
            confirmation=confirmation_of(
                request, given=values["consent"], version=values["consent_version"]
            ),
        )
        return _made(voice)


class VoicesMergeApi(APIView):
    """A new own voice between voices of one's own and of the bank, as they speak now."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="voices_merge", request=MergeInput, responses={201: VoiceOutput})
    def post(self, request: Request) -> Response:
        """It goes with any own voice that it was made of."""
        values = validated(MergeInput, request.data)
        voice = voices_merge(
            owner=owner_of(request),
            shares=[(one["voice"], one["weight"]) for one in values["voices"]],
            name=values["name"],
            confirmation=confirmation_of(
                request, given=values["consent"], version=values["consent_version"]
            ),
        )
        return _made(voice)


def _made(voice: Any) -> Response:
    headers = {"Location": f"/api/v1/voices/{voice.pk}/"}
    return Response(VoiceOutput(voice).data, status=201, headers=headers)
