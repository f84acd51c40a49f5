"""Sentences of a job that are ready before the rest is made."""

from collections.abc import Iterator
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.serializers.base import validated
from voices.audio_formats import MEDIA_TYPES
from voices.errors import NotFound
from voices.selectors.jobs import job_get, job_parts
from voices.services.speech.speech import PART_FORMAT

MOST_PARTS = 32  # in one answer


class PartsFilter(serializers.Serializer):
    first = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, default=0, help_text="How many sentences to skip."
    )


class JobPartsApi(APIView):
    """Sentences that are ready, from `first` on, as one piece of mp3: pieces simply follow each other."""

    @extend_schema(
        operation_id="jobs_parts",
        parameters=[
            PartsFilter,
            OpenApiParameter(
                "X-Parts-Next",
                OpenApiTypes.INT,
                OpenApiParameter.HEADER,
                response=[200],
                description="What to ask for as `first` the next time.",
            ),
        ],
        responses={
            (200, MEDIA_TYPES[PART_FORMAT]): OpenApiResponse(
                OpenApiTypes.BINARY, description="At most 32 sentences; empty when none is new."
            )
        },
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        first = validated(PartsFilter, request.query_params)["first"]
        job = job_get(owner=owner_of(request), job_id=job_id)
        names = job_parts(job=job, first=first)[:MOST_PARTS]
        return HttpResponse(
            b"".join(_contents(names)),
            content_type=MEDIA_TYPES[PART_FORMAT],
            headers={"X-Parts-Next": str(first + len(names)), "Cache-Control": "no-store"},
        )


def _contents(names: list[str]) -> Iterator[bytes]:
    for name in names:
        try:
            with default_storage.open(name) as part:
                yield part.read()
        except FileNotFoundError:
            raise NotFound("parts_gone", "the parts are gone already", "частей уже нет") from None
