"""What an own voice has sounded like, and the way back."""

from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.rest import JsonParser
from voices.api.serializers.jobs import JobOutput
from voices.api.serializers.voices import VoiceOutput
from voices.audio_response import audio_response
from voices.models import Scope, VoiceVersion
from voices.selectors.jobs import job_get
from voices.selectors.voices import voice_versions
from voices.services.voices.fitting import fitting_create
from voices.services.voices.previews import version_preview_ensure, version_preview_get
from voices.services.voices.versions import voice_version_activate


class VersionOutput(serializers.ModelSerializer):
    kind = serializers.CharField(
        read_only=True,
        help_text="`instant`: measured from the recordings; `fitted`: moved until it sounds like them; `studio`: "
        "with weights of its own, trained from a dataset; `merged`: between other voices.",
    )
    active = serializers.SerializerMethodField(help_text="Whether the voice speaks so now.")
    figures = serializers.DictField(
        read_only=True,
        help_text="What tells it from others: recordings, speech_seconds; of a fitted one also likeness, others, "
        "misheard, the same of the measured voice (…_before), and better: whether it was to speak.",
    )
    preview_url = serializers.SerializerMethodField(
        help_text="POST makes the sample, GET plays it."
    )

    file_url = serializers.SerializerMethodField(
        help_text="Of the version as a file; null for one that has no weights of its own."
    )

    class Meta:
        model = VoiceVersion
        fields = ("number", "kind", "active", "figures", "preview_url", "file_url", "created_at")

    def get_active(self, version: VoiceVersion) -> bool:
        return version.pk == version.voice.active_version_id

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_file_url(self, version: VoiceVersion) -> str | None:
        if not version.weights:
            return None
        return reverse("version-file", args=[version.voice_id, version.number])

    def get_preview_url(self, version: VoiceVersion) -> str:
        return reverse("version-preview", args=[version.voice_id, version.number])


class VersionsApi(GenericAPIView):
    """Versions of an own voice, the newest first; each change of its recordings makes one, fitting another."""

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


class VersionPreviewApi(APIView):
    """What a version of an own voice sounds like."""

    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="versions_preview", responses={(200, "audio/mpeg"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, voice_id: UUID, number: int) -> HttpResponseBase:
        """As POST has made it."""
        preview = version_preview_get(owner=owner_of(request), voice_id=voice_id, number=number)
        always_asked_for = {"Cache-Control": "private, no-cache"}  # it changes with the weights
        return audio_response(
            request, preview.name, file_format="mp3", title=str(number), headers=always_asked_for
        )

    @extend_schema(
        operation_id="versions_preview_make", request=None, responses={200: VersionOutput}
    )
    def post(self, request: Request, voice_id: UUID, number: int) -> Response:
        """Make it if it is not there; answered when it can be heard."""
        version = version_preview_ensure(owner=owner_of(request), voice_id=voice_id, number=number)
        return Response(VersionOutput(version).data)


class FittingApi(APIView):
    """Fit an own voice to its recordings: in about a minute it has a version more, which speaks if it is better."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="voices_fit", request=None, responses={202: JobOutput})
    def post(self, request: Request, voice_id: UUID) -> Response:
        """The job that is at it already is answered again. The operator may have set that it begins by itself."""
        owner = owner_of(request)
        job = fitting_create(owner=owner, voice_id=voice_id)
        body = JobOutput(job_get(owner=owner, job_id=job.pk)).data
        return Response(body, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})
