"""POST /conversions/: a song or speech in another voice. POST /separations/: a song into vocals and accompaniment."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.batches import BatchOutput
from voices.api.consent import rights_of
from voices.api.idempotency import IDEMPOTENCY_KEY, call_of, replayed_header
from voices.api.rest import FormParser
from voices.api.serializers.base import validated
from voices.api.serializers.conversions import (
    ConversionBatchInput,
    ConversionInput,
    SeparationInput,
    given_of,
)
from voices.api.serializers.jobs import JobOutput
from voices.audio_response import audio_response
from voices.consent_texts import RIGHTS_CURRENT, rights_text
from voices.kinds import CONVERTING
from voices.models import Job
from voices.models.stored_file import REPORT
from voices.selectors.batches import batch_get
from voices.selectors.jobs import job_file, job_get
from voices.services.conversion.batches import Songs, conversion_batch_prepare
from voices.services.conversion.converting import ConversionWish, conversion_job_prepare
from voices.services.conversion.separating import SeparationWish, separation_job_prepare
from voices.services.jobs.idempotency import made_once
from voices.services.sounds.sources import Given

# the report has no scripts, and no word of a file's name in it shall bring any
REPORT_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; media-src data:; "
    "frame-ancestors 'self'"
)


class RightsTextOutput(serializers.Serializer):
    version = serializers.CharField(help_text="Send it back as `rights_version`.")
    text = serializers.CharField()


class RightsTextApi(APIView):
    """What a person confirms before a recording is put in another voice."""

    @extend_schema(operation_id="rights_text", responses={200: RightsTextOutput})
    def get(self, request: Request) -> Response:
        return Response({"version": RIGHTS_CURRENT, "text": rights_text(get_language())})


class ConversionsApi(APIView):
    """Put a song or speech in another voice: a job with the mix as its audio, and every stem as a file."""

    parser_classes = [FormParser]

    @extend_schema(
        operation_id="conversions_create",
        parameters=[IDEMPOTENCY_KEY],
        request=ConversionInput,
        responses={202: JobOutput},
    )
    def post(self, request: Request) -> Response:
        values = validated(ConversionInput, request.data)
        wish = _wish(request, values, given_of(values))
        owner = owner_of(request)
        return queued_response(request, lambda: conversion_job_prepare(owner=owner, wish=wish))


class ConversionBatchesApi(APIView):
    """Put many recordings in another voice, all alike: a batch, of which each is a job.

    Its progress, its zip, its end: /batches/{id}/.
    """

    parser_classes = [FormParser]

    @extend_schema(
        operation_id="conversion_batches_create",
        parameters=[IDEMPOTENCY_KEY],
        request=ConversionBatchInput,
        responses={202: BatchOutput},
    )
    def post(self, request: Request) -> Response:
        values = validated(ConversionBatchInput, request.data)
        songs = Songs(
            files=values.pop("audio"), uploads=values.pop("upload"), name=values.pop("name")
        )
        wish, owner = _wish(request, values, Given()), owner_of(request)
        batch, replayed = made_once(
            owner=owner,
            call=call_of(request),
            prepare=lambda: conversion_batch_prepare(owner=owner, wish=wish, songs=songs),
        )
        body = BatchOutput(batch_get(owner=owner, batch_id=batch.pk)).data
        headers = {"Location": f"/api/v1/batches/{batch.pk}/", **replayed_header(replayed)}
        return Response(body, status=202, headers=headers)


def _wish(request: Request, values: dict[str, Any], given: Given) -> ConversionWish:
    """What a form asks for; its values are taken out of it."""
    rights = rights_of(request, values)
    settings = {"preset": values.pop("preset"), **values.pop("settings")}
    return ConversionWish(given=given, rights=rights, settings=settings, **values)


class SeparationsApi(APIView):
    """Take a song apart: a job with its vocals as audio, and both sides, to the sample, as flac."""

    parser_classes = [FormParser]

    @extend_schema(
        operation_id="separations_create",
        parameters=[IDEMPOTENCY_KEY],
        request=SeparationInput,
        responses={202: JobOutput},
    )
    def post(self, request: Request) -> Response:
        values = validated(SeparationInput, request.data)
        wish = SeparationWish(given=given_of(values), **values)
        owner = owner_of(request)
        return queued_response(request, lambda: separation_job_prepare(owner=owner, wish=wish))


def queued_response(request: Request, prepare: Callable[[], Callable[[], Job]]) -> Response:
    """Make the job, once for each Idempotency-Key, and answer with it."""
    owner = owner_of(request)
    job, replayed = made_once(owner=owner, call=call_of(request), prepare=prepare)
    body = JobOutput(job_get(owner=owner, job_id=job.pk)).data
    headers = {"Location": f"/api/v1/jobs/{job.pk}/", **replayed_header(replayed)}
    return Response(body, status=202, headers=headers)


class ConversionApi(APIView):
    """One conversion, as the job that it is."""

    @extend_schema(operation_id="conversions_get", responses={200: JobOutput})
    def get(self, request: Request, conversion_id: UUID) -> Response:
        job = job_get(owner=owner_of(request), job_id=conversion_id, kind=CONVERTING.name)
        return Response(JobOutput(job).data)


class ConversionFileApi(APIView):
    """A file of a conversion: `result` (the mix), `converted`, `vocals`, `accompaniment`, `f0`, `report`, `source`.

    The report is a page. Byte ranges of sounds are answered.
    """

    @extend_schema(
        operation_id="conversions_file",
        parameters=[OpenApiParameter("Range", location=OpenApiParameter.HEADER)],
        responses={
            (200, "audio/flac"): OpenApiTypes.BINARY,
            (200, "text/html"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, conversion_id: UUID, role: str) -> HttpResponseBase:
        job = job_get(owner=owner_of(request), job_id=conversion_id, kind=CONVERTING.name)
        stored = job_file(job, role)
        if role == REPORT:
            with default_storage.open(stored.name) as page:
                policy = {"Content-Security-Policy": REPORT_POLICY, "X-Frame-Options": "SAMEORIGIN"}
                return HttpResponse(page.read(), headers=policy)
        return audio_response(
            request,
            stored.name,
            file_format=stored.format,
            title=f"{job.name.rpartition('.')[0] or job.name} {job.voice_name} {role}",
            headers={"X-Job-Id": str(conversion_id)},
        )
