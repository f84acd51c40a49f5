"""What an own voice has sounded like, and the way back."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.rest import JsonParser
from voices.api.serializers.voices import VoiceOutput
from voices.models import Scope, VoiceVersion
from voices.selectors.voices import voice_versions
from voices.services.voices.versions import voice_version_activate


class VersionOutput(serializers.ModelSerializer):
    kind = serializers.CharField(
        read_only=True, help_text="`instant`: measured from the recordings, without training."
    )
    active = serializers.SerializerMethodField(help_text="Whether the voice speaks so now.")
    figures = serializers.DictField(
        read_only=True, help_text="What tells it from others: recordings, speech_seconds."
    )

    class Meta:
        model = VoiceVersion
        fields = ("number", "kind", "active", "figures", "created_at")

    def get_active(self, version: VoiceVersion) -> bool:
        return version.pk == version.voice.active_version_id


class VersionsApi(GenericAPIView):
    """Versions of an own voice, the newest first; each change of its recordings makes one."""

    serializer_class = VersionOutput
    queryset = VoiceVersion.objects.none()

    @extend_schema(operation_id="versions_list", responses=VersionOutput(many=True))
    def get(self, request: Request, voice_id: UUID) -> Response:
        versions = voice_versions(owner=owner_of(request), voice_id=voice_id)
        page = self.paginate_queryset(versions)
        return self.get_paginated_response(VersionOutput(page, many=True).data)


class VersionActivateApi(APIView):
    """Let an own voice speak as one of its versions; jobs that were made before keep theirs."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="versions_activate", request=None, responses={200: VoiceOutput})
    def post(self, request: Request, voice_id: UUID, number: int) -> Response:
        voice = voice_version_activate(owner=owner_of(request), voice_id=voice_id, number=number)
        return Response(VoiceOutput(voice).data)
