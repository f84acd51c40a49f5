"""Jobs: asked for, watched, cancelled, downloaded, removed."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.idempotency import IDEMPOTENCY_KEY, call_of, replayed_header
from voices.api.serializers.base import validated
from voices.api.serializers.jobs import JobOutput, KindField
from voices.api.serializers.speech import JobInput
from voices.api.speech import speech_response
from voices.audio_formats import MEDIA_TYPES
from voices.audio_response import audio_response
from voices.models import Job
from voices.selectors.jobs import (
    ACTIVE,
    HISTORY,
    NO_BATCH,
    SONGS,
    job_file,
    job_get,
    job_list,
    job_with_audio_get,
)
from voices.services.jobs.idempotency import made_once
from voices.services.jobs.jobs import job_cancel, job_delete
from voices.services.speech.speech import SpeechWish, speech_job_prepare


class BatchReference(serializers.CharField):
    """An id, or "none"."""

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        return value if value == NO_BATCH else str(serializers.UUIDField().to_internal_value(value))


class JobsFilter(serializers.Serializer):
    status = serializers.ChoiceField(
        choices=[*Job.Status.choices, (ACTIVE, ACTIVE)],
        required=False,
        help_text="active: queued or running.",
    )
    kind = KindField(
        others=[HISTORY, SONGS],
        required=False,
        help_text="history: all that the History page shows; songs: conversions and separations.",
    )
    batch = BatchReference(required=False, help_text='Id of a batch, or "none".')
    search = serializers.CharField(
        required=False, max_length=100, help_text="Part of the text or of the voice's name."
    )
    voice = serializers.CharField(required=False, max_length=200, help_text="Its slug, id or name.")


class JobsApi(GenericAPIView):
    """One's jobs, newest first; a new one of up to 50,000 characters."""

    serializer_class = JobOutput
    queryset = Job.objects.none()

    @extend_schema(
        operation_id="jobs_list", responses=JobOutput(many=True), parameters=[JobsFilter]
    )
    def get(self, request: Request) -> Response:
        values = validated(JobsFilter, request.query_params)
        page = self.paginate_queryset(job_list(owner=owner_of(request), **values))
        return self.get_paginated_response(JobOutput(page, many=True).data)

    @extend_schema(
        operation_id="jobs_create",
        parameters=[IDEMPOTENCY_KEY],
        request=JobInput,
        responses={202: JobOutput},
    )
    def post(self, request: Request) -> Response:
        owner, wish = owner_of(request), SpeechWish(**validated(JobInput, request.data))
        job, replayed = made_once(
            owner=owner,
            call=call_of(request),
            prepare=lambda: speech_job_prepare(
                owner=owner, wish=wish, text_limit=settings.JOB_TEXT_LIMIT
            ),
        )
        body = JobOutput(job_get(owner=owner, job_id=job.pk)).data
        headers = {"Location": f"/api/v1/jobs/{job.pk}/", **replayed_header(replayed)}
        return Response(body, status=202, headers=headers)


class JobApi(APIView):
    """One job."""

    @extend_schema(operation_id="jobs_get", responses={200: JobOutput})
    def get(self, request: Request, job_id: UUID) -> Response:
        return Response(JobOutput(job_get(owner=owner_of(request), job_id=job_id)).data)

    @extend_schema(
        operation_id="jobs_delete",
        responses={
            200: OpenApiResponse(JobOutput, description="It was unfinished and is cancelled."),
            204: OpenApiResponse(description="It was finished and is removed with its audio."),
        },
    )
    def delete(self, request: Request, job_id: UUID) -> Response:
        owner = owner_of(request)
        if job_get(owner=owner, job_id=job_id).is_active:
            return Response(JobOutput(job_cancel(owner=owner, job_id=job_id)).data)
        job_delete(owner=owner, job_id=job_id)
        return Response(status=204)


class JobCancelApi(APIView):
    """Stop a job; one that has finished meanwhile keeps its audio, which DELETE would remove."""

    @extend_schema(operation_id="jobs_cancel", request=None, responses={200: JobOutput})
    def post(self, request: Request, job_id: UUID) -> Response:
        return Response(JobOutput(job_cancel(owner=owner_of(request), job_id=job_id)).data)


class JobAudioApi(APIView):
    """A finished job's audio; byte ranges are answered."""

    @extend_schema(
        operation_id="jobs_audio",
        parameters=[OpenApiParameter("Range", location=OpenApiParameter.HEADER)],
        responses={(200, kind): OpenApiTypes.BINARY for kind in MEDIA_TYPES.values()},
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponseBase:
        return speech_response(request, job_with_audio_get(owner=owner_of(request), job_id=job_id))


class JobFileApi(APIView):
    """One of the files that a job has made, by its role; byte ranges are answered."""

    @extend_schema(
        operation_id="jobs_file",
        parameters=[OpenApiParameter("Range", location=OpenApiParameter.HEADER)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, job_id: UUID, role: str) -> HttpResponseBase:
        job = job_get(owner=owner_of(request), job_id=job_id)
        stored = job_file(job, role)
        return audio_response(
            request,
            stored.name,
            file_format=stored.format,
            title=f"{job.voice_name} {job.name} {role}",
            headers={"X-Job-Id": str(job_id)},
        )
