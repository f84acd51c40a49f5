"""GET /jobs/{id}/timestamps/: when each word and sound is heard."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.serializers.base import validated
from voices.api.serializers.fields import AnyCaseChoiceField
from voices.selectors.jobs import timestamps_get
from voices.services.speech.timestamps import FORMATS, MEDIA_TYPES, UNITS, timestamps_text


class TimestampsFilter(serializers.Serializer):
    format = AnyCaseChoiceField(choices=FORMATS, default="json")
    unit = AnyCaseChoiceField(
        choices=UNITS, default="sentence", help_text="What one line of srt, vtt or lrc is."
    )


class PhonemeTimeOutput(serializers.Serializer):
    ipa = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()


class WordTimeOutput(serializers.Serializer):
    text = serializers.CharField(help_text="As it is said: numbers are spelled out.")
    start = serializers.FloatField()
    end = serializers.FloatField()
    phonemes = PhonemeTimeOutput(many=True)


class SentenceTimeOutput(serializers.Serializer):
    text = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()
    words = WordTimeOutput(many=True)


class TimestampsOutput(serializers.Serializer):
    sentences = SentenceTimeOutput(many=True)


class TimestampsApi(APIView):
    """Seconds from the beginning of the audio, of a job made with `timestamps: true`."""

    @extend_schema(
        operation_id="jobs_timestamps",
        parameters=[TimestampsFilter],
        responses={
            (200, "application/json"): TimestampsOutput,
            **{
                (200, kind): OpenApiResponse(OpenApiTypes.STR, description="srt, vtt or lrc")
                for kind in MEDIA_TYPES.values()
            },
        },
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponseBase:
        values = validated(TimestampsFilter, request.query_params)
        wanted = values["format"]
        sentences = timestamps_get(owner=owner_of(request), job_id=job_id)
        if wanted == "json":
            return Response({"sentences": sentences})
        text = timestamps_text(sentences, file_format=wanted, unit=values["unit"])
        return HttpResponse(
            text,
            content_type=f"{MEDIA_TYPES[wanted]}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{job_id}.{wanted}"'},
        )
