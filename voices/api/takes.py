"""Recordings of a dataset: sentences read aloud, files, zips."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.rest import FormParser
from voices.api.serializers.base import Input, validated
from voices.audio_response import audio_response
from voices.errors import BadInput
from voices.models import Scope, Take
from voices.selectors.datasets import take_get, take_list
from voices.services.studio.takes import (
    SENTENCE_CHARACTERS,
    TRANSCRIPT_FORMATS,
    reading_add,
    recording_add,
    take_accept,
    take_delete,
    upload_add,
)

TRANSCRIPT_CHARACTERS = 2_000_000


class TakeInput(Input):
    """A sentence read aloud, or a recording or zip of any kind."""

    recording = serializers.FileField(
        required=False,
        allow_empty_file=True,
        max_length=500,
        help_text=(
            "A sound file, or a zip: LJSpeech, Common Voice, M-AILABS, RUSLAN, or sounds with .txt beside them."
        ),
    )
    upload = serializers.UUIDField(
        required=False,
        help_text="Id of a large file that was sent in parts, in place of `recording`.",
    )
    sentence = serializers.CharField(
        required=False,
        max_length=SENTENCE_CHARACTERS,
        help_text="That was read aloud: the recording is judged, and answered with the verdict.",
    )
    transcript = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=TRANSCRIPT_CHARACTERS,
        help_text="What is said in a longer recording.",
    )
    transcript_format = serializers.ChoiceField(
        choices=TRANSCRIPT_FORMATS, default="txt", help_text="txt, or subtitles with times."
    )


class ReasonOutput(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField(help_text="For people, in the language of Accept-Language.")


class TakeOutput(serializers.ModelSerializer):
    reasons = serializers.SerializerMethodField(
        help_text="Why it is not accepted; of a zip, why the first of those was not that cannot be read."
    )
    sentence = serializers.SerializerMethodField(help_text="That was read aloud, or null.")
    transcript_format = serializers.SerializerMethodField(
        help_text="Of the transcript that came with it; null where there is none."
    )
    checks = serializers.DictField(
        read_only=True,
        help_text=(
            "Figures: phoneme_error, level_db, snr_db, similarity to the other recordings; of files with_text "
            "and refused."
        ),
    )
    size_bytes = serializers.IntegerField(source="stored.size_bytes", read_only=True)
    url = serializers.SerializerMethodField(help_text="Of the recording.")

    class Meta:
        model = Take
        fields = (
            "id", "state", "reasons", "sentence", "original_name", "transcript_format", "checks", "recordings",
            "seconds", "size_bytes", "url", "created_at",
        )  # fmt: skip

    @extend_schema_field(ReasonOutput(many=True))
    def get_reasons(self, take: Take) -> list[dict[str, str]]:
        language = "ru" if get_language() == "ru" else "en"
        return [{"code": one["code"], "message": one[language]} for one in take.reasons]

    def get_sentence(self, take: Take) -> str | None:
        return take.text if take.is_reading else None

    def get_transcript_format(self, take: Take) -> str | None:
        return (not take.is_reading and bool(take.text) and take.text_format) or None

    def get_url(self, take: Take) -> str:
        return reverse("take-audio", args=[take.dataset_id, take.pk])


class TakesFilter(serializers.Serializer):
    state = serializers.ChoiceField(choices=Take.State.choices, required=False)


class TakesApi(GenericAPIView):
    """Recordings of a dataset, the newest first; a new one.

    A sentence read aloud is judged at once and answered with its verdict. Other recordings are looked into by a worker:
    their `state` is `checking` until then.
    """

    serializer_class = TakeOutput
    queryset = Take.objects.none()
    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="takes_list", responses=TakeOutput(many=True), parameters=[TakesFilter]
    )
    def get(self, request: Request, dataset_id: UUID) -> Response:
        takes = take_list(owner=owner_of(request), dataset_id=dataset_id)
        chosen = validated(TakesFilter, request.query_params)
        page = self.paginate_queryset(takes.filter(**chosen).order_by("-created_at", "-id"))
        return self.get_paginated_response(TakeOutput(page, many=True).data)

    @extend_schema(operation_id="takes_create", request=TakeInput, responses={201: TakeOutput})
    def post(self, request: Request, dataset_id: UUID) -> Response:
        values = validated(TakeInput, request.data)
        take = _made(owner_of(request), dataset_id, values)
        return Response(TakeOutput(take).data, status=201)


def _made(owner: Any, dataset_id: UUID, values: dict[str, Any]) -> Take:
    upload, recording = values.get("upload"), values.get("recording")
    sentence = values.get("sentence")
    common: dict[str, Any] = {"owner": owner, "dataset_id": dataset_id}
    if sentence is not None and upload is None:
        return reading_add(**common, sentence=sentence, upload=recording)
    if sentence is not None or (upload is not None and recording is not None):
        raise BadInput(
            "recording_or_upload",
            "send either a recording, with its sentence if one was read, or the id of an upload",
            "пришлите либо запись (с предложением, если его читали), либо номер загрузки",
        )
    text = {"transcript": values["transcript"], "text_format": values["transcript_format"]}
    if upload is not None:
        return upload_add(**common, upload_id=upload, **text)
    return recording_add(**common, upload=recording, **text)


class TakeApi(APIView):
    """One recording."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="takes_get", responses={200: TakeOutput})
    def get(self, request: Request, dataset_id: UUID, take_id: UUID) -> Response:
        take = take_get(owner=owner_of(request), dataset_id=dataset_id, take_id=take_id)
        return Response(TakeOutput(take).data)

    @extend_schema(operation_id="takes_delete", responses={204: None})
    def delete(self, request: Request, dataset_id: UUID, take_id: UUID) -> Response:
        take_delete(owner=owner_of(request), dataset_id=dataset_id, take_id=take_id)
        return Response(status=204)


class TakeAcceptApi(APIView):
    """Take a refused sentence after all: whoever read it has heard it and finds it right."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="takes_accept", request=None, responses={200: TakeOutput})
    def post(self, request: Request, dataset_id: UUID, take_id: UUID) -> Response:
        take = take_accept(owner=owner_of(request), dataset_id=dataset_id, take_id=take_id)
        return Response(TakeOutput(take).data)


class TakeAudioApi(APIView):
    """A recording as it was sent; byte ranges are answered."""

    @extend_schema(
        operation_id="takes_audio",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, dataset_id: UUID, take_id: UUID) -> HttpResponseBase:
        take = take_get(owner=owner_of(request), dataset_id=dataset_id, take_id=take_id)
        return audio_response(
            request,
            take.stored.name,
            file_format=take.stored.format or "bin",
            title=take.text[:60] if take.is_reading else take.original_name,
            headers={},
        )
