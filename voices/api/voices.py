"""Voices: the bank and one's own."""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of, reader_of
from voices.api.consent import confirmation_of
from voices.api.rest import FormParser, JsonParser
from voices.api.serializers.base import validated
from voices.api.serializers.voices import RecordingsInput, VoiceInput, VoiceOutput, VoicePatch
from voices.audio_response import audio_response
from voices.models import Scope, Voice
from voices.selectors.voices import VoiceFilter, voice_get, voice_list, voice_resolve
from voices.services.songs.scores import song_suits
from voices.services.voices.previews import preview_ensure, preview_get
from voices.services.voices.voices import (
    VoiceWish,
    recording_delete,
    recordings_add,
    voice_create,
    voice_delete,
    voice_update,
)


class VoicesFilter(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=100)
    own = serializers.BooleanField(required=False, allow_null=True, default=None)
    gender = serializers.ChoiceField(choices=["female", "male"], required=False)
    language = serializers.CharField(required=False, max_length=16)
    suits = serializers.CharField(
        required=False,
        max_length=64,
        help_text="Id of a song of yours, or a shipped one: those that suit it best come first, with `suit`.",
    )


class DeletedOutput(serializers.Serializer):
    """What went with a voice, and what is kept of it."""

    voice = serializers.CharField()
    recordings = serializers.IntegerField()
    results = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    versions = serializers.IntegerField()
    checkpoints = serializers.IntegerField(help_text="Of trainings of the voice.")
    merged_voices = serializers.IntegerField(help_text="Own voices that were merged of this one.")
    consent_records_kept = serializers.IntegerField(
        help_text="Who confirmed what and when; without sound and without the voice."
    )


class VoicesApi(GenericAPIView):
    """The voices one can use; a new one from recordings, answered when it can speak."""

    serializer_class = VoiceOutput
    queryset = Voice.objects.none()
    open_to_read = True
    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="voices_list", responses=VoiceOutput(many=True), parameters=[VoicesFilter]
    )
    def get(self, request: Request) -> Response:
        values, owner = validated(VoicesFilter, request.query_params), reader_of(request)
        song = values.pop("suits", "")
        voices = voice_list(owner=owner, chosen=VoiceFilter(**values), shown_in=get_language())
        if not song:
            page = self.paginate_queryset(voices)
            return self.get_paginated_response(VoiceOutput(page, many=True).data)
        found = song_suits(owner=owner, reference=song)
        places = {voice: place for place, voice in enumerate(found)}
        suited = sorted(voices, key=lambda voice: places.get(voice.pk, len(places)))
        page = self.paginate_queryset(suited)
        context = {"suits": found}
        return self.get_paginated_response(VoiceOutput(page, many=True, context=context).data)

    @extend_schema(operation_id="voices_create", request=VoiceInput, responses={201: VoiceOutput})
    def post(self, request: Request) -> Response:
        values = validated(VoiceInput, request.data)
        uploads, given = values.pop("recording"), values.pop("consent")
        confirmation = confirmation_of(request, given=given, version=values.pop("consent_version"))
        voice = voice_create(
            owner=owner_of(request),
            wish=VoiceWish(**values),
            uploads=uploads,
            confirmation=confirmation,
        )
        return Response(
            VoiceOutput(voice).data, status=201, headers={"Location": f"/api/v1/voices/{voice.pk}/"}
        )


class VoiceApi(APIView):
    """One voice, by id, slug or name; only own ones change, and by their id."""

    open_to_read = True
    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="voices_get", responses={200: VoiceOutput})
    def get(self, request: Request, voice_id: str) -> Response:
        voice = voice_resolve(owner=reader_of(request), reference=voice_id)
        return Response(VoiceOutput(voice).data)

    @extend_schema(operation_id="voices_update", request=VoicePatch, responses={200: VoiceOutput})
    def patch(self, request: Request, voice_id: str) -> Response:
        values = validated(VoicePatch, request.data)
        owner = owner_of(request)
        voice = voice_get(owner=owner, voice_id=voice_id)
        changed = voice_update(owner=owner, voice_id=voice.pk, values=values)
        return Response(VoiceOutput(changed).data)

    @extend_schema(operation_id="voices_delete", responses={200: DeletedOutput})
    def delete(self, request: Request, voice_id: str) -> Response:
        owner = owner_of(request)
        deleted = voice_delete(owner=owner, voice_id=voice_get(owner=owner, voice_id=voice_id).pk)
        return Response(DeletedOutput(deleted).data)


class VoicePreviewApi(APIView):
    """A voice's spoken sample."""

    @extend_schema(
        operation_id="voices_preview", responses={(200, "audio/mpeg"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, voice_id: str) -> HttpResponseBase:
        """As POST has made it. That of an own voice that has changed since is gone."""
        voice, preview = preview_get(owner=owner_of(request), voice_id=voice_id)
        always_asked_for = {"Cache-Control": "private, no-cache"}  # it changes with the voice
        return audio_response(
            request, preview.name, file_format="mp3", title=voice.name, headers=always_asked_for
        )

    @extend_schema(operation_id="voices_preview_make", request=None, responses={200: VoiceOutput})
    def post(self, request: Request, voice_id: str) -> Response:
        """Make it if it is not there, or the voice has changed; answered when it can be heard at `preview_url`."""
        voice = preview_ensure(owner=owner_of(request), voice_id=voice_id)
        return Response(VoiceOutput(voice).data)


class RecordingsApi(APIView):
    """More recordings for an own voice."""

    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="recordings_create", request=RecordingsInput, responses={201: VoiceOutput}
    )
    def post(self, request: Request, voice_id: UUID) -> Response:
        values = validated(RecordingsInput, request.data)
        voice = recordings_add(
            owner=owner_of(request),
            voice_id=voice_id,
            uploads=values["recording"],
            confirmation=confirmation_of(
                request, given=values["consent"], version=values["consent_version"]
            ),
        )
        return Response(VoiceOutput(voice).data, status=201)


class RecordingApi(APIView):
    """One recording of an own voice."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="recordings_delete", responses={200: VoiceOutput})
    def delete(self, request: Request, voice_id: UUID, recording_id: UUID) -> Response:
        voice = recording_delete(
            owner=owner_of(request), voice_id=voice_id, recording_id=recording_id
        )
        return Response(VoiceOutput(voice).data)
