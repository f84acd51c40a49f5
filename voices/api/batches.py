"""Batches: many texts or a whole file at once; progress, one zip of all sounds."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.idempotency import IDEMPOTENCY_KEY, call_of, replayed_header
from voices.api.rest import FormParser, JsonParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.fields import (
    AS_SET,
    WEBHOOK_HELP,
    BitrateField,
    FormatField,
    PitchField,
    SeedField,
    SpeedField,
    VariationField,
)
from voices.api.serializers.jobs import WebhookOutput
from voices.audio_response import zip_response
from voices.batch_files import BatchText
from voices.errors import BadInput
from voices.models import Batch
from voices.selectors.batches import batch_finished_get, batch_get, batch_list, batch_track
from voices.services.jobs.idempotency import made_once
from voices.services.speech.archive import archive_stream
from voices.services.speech.batches import (
    BatchWish,
    batch_cancel,
    batch_delete,
    batch_prepare,
    batch_prepare_from_file,
)
from voices.services.speech.speech import SpeechWish

SPLITS = ("line", "paragraph")
_COMMON = ("voice", "format", "bitrate", "speed", "pitch", "variation", "seed", "timestamps")


class BatchItemInput(Input):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    voice = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Instead of the batch's."
    )
    name = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="What its file is called."
    )


class BatchSettings(Input):
    voice = serializers.CharField(max_length=200, help_text="As for a job.")
    format = FormatField(default="mp3", max_length=20)
    bitrate = BitrateField(default=None, allow_null=True)
    speed = SpeedField(default=None, allow_null=True, help_text=AS_SET)
    pitch = PitchField(default=None, allow_null=True, help_text=AS_SET)
    variation = VariationField(default=None, allow_null=True, help_text=AS_SET)
    seed = SeedField(default=0)
    timestamps = serializers.BooleanField(default=False, help_text="Of each text, as for a job.")
    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


class BatchInput(BatchSettings):
    """Either `texts` or `items`."""

    texts = serializers.ListField(
        child=serializers.CharField(trim_whitespace=False, allow_blank=True),
        required=False,
        help_text="Up to 1,000 texts, 300,000 characters together.",
    )
    items = BatchItemInput(many=True, required=False)


class BatchFileInput(BatchSettings):
    file = serializers.FileField(
        max_length=500,
        allow_empty_file=True,
        help_text=(
            "txt (UTF-8, UTF-16 or Windows-1251), docx, srt, or csv with a column text and, if wanted, "
            "voice and name. Up to 10 MB."
        ),
    )
    split = serializers.ChoiceField(
        choices=SPLITS, default="line", help_text="How txt and docx are split."
    )


class BatchProgressOutput(serializers.Serializer):
    total = serializers.IntegerField(source="texts")
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class SkippedOutput(serializers.Serializer):
    position = serializers.IntegerField()
    text = serializers.CharField()
    code = serializers.CharField()


class TrackNoteOutput(serializers.Serializer):
    """A subtitle that did not fit in the time until the next one."""

    position = serializers.IntegerField()
    start_seconds = serializers.FloatField()
    room_seconds = serializers.FloatField(
        allow_null=True, help_text="Until the next subtitle; null for the last."
    )
    speed = serializers.FloatField(allow_null=True, help_text="At which it was said to fit.")
    cut_seconds = serializers.FloatField(help_text="Faded out before the next subtitle.")
    missing = serializers.BooleanField(help_text="It could not be said; the track is silent.")


class TrackOutput(serializers.Serializer):
    """All subtitles on one track, each at its time."""

    job = serializers.UUIDField()
    status = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    notes = TrackNoteOutput(many=True)


class BatchOutput(serializers.ModelSerializer):
    progress = BatchProgressOutput(source="*", read_only=True)
    skipped = SkippedOutput(many=True, read_only=True)
    jobs_url = serializers.SerializerMethodField()
    track = serializers.SerializerMethodField()
    webhook = WebhookOutput(read_only=True, allow_null=True, default=None)
    archive_url = serializers.SerializerMethodField()

    class Meta:
        model = Batch
        fields = (
            "id", "name", "source", "status", "format", "progress", "skipped", "jobs_url",
            "archive_url", "track", "webhook", "created_at", "finished_at",
        )  # fmt: skip

    def get_jobs_url(self, batch: Batch) -> str:
        return f"{reverse('jobs')}?batch={batch.pk}"

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_archive_url(self, batch: Any) -> str | None:
        if batch.status == Batch.Status.RUNNING or not batch.succeeded:
            return None
        return reverse("batch-archive", args=[batch.pk])

    @extend_schema_field(TrackOutput(allow_null=True))
    def get_track(self, batch: Batch) -> dict[str, Any] | None:
        track = batch_track(batch)
        if track is None:
            return None
        result = track.result
        return {
            "job": track.pk,
            "status": track.status,
            "url": reverse("job-audio", args=[track.pk]) if result else None,
            "seconds": result.seconds if result else None,
            "notes": batch.track_notes,
        }


class BatchesFilter(serializers.Serializer):
    status = serializers.ChoiceField(choices=Batch.Status.choices, required=False)
    # the framework takes it off the class, whose own `source` is something else
    source = serializers.ChoiceField(choices=Batch.Source.choices, required=False)  # type: ignore[assignment]


class BatchesApi(GenericAPIView):
    """One's batches, newest first; a new one from texts, or from a file."""

    serializer_class = BatchOutput
    queryset = Batch.objects.none()
    parser_classes = [JsonParser, FormParser]

    @extend_schema(
        operation_id="batches_list", responses=BatchOutput(many=True), parameters=[BatchesFilter]
    )
    def get(self, request: Request) -> Response:
        values = validated(BatchesFilter, request.query_params)
        page = self.paginate_queryset(batch_list(owner=owner_of(request), **values))
        return self.get_paginated_response(BatchOutput(page, many=True).data)

    @extend_schema(
        operation_id="batches_create",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": BatchInput, "multipart/form-data": BatchFileInput},
        responses={202: BatchOutput},
    )
    def post(self, request: Request) -> Response:
        of_file = (request.content_type or "").startswith(FormParser.media_type)
        batch, replayed = made_once(
            owner=owner_of(request),
            call=call_of(request),
            prepare=partial(_from_file if of_file else _from_texts, request),
        )
        body = BatchOutput(batch_get(owner=owner_of(request), batch_id=batch.pk)).data
        headers = {"Location": f"/api/v1/batches/{batch.pk}/", **replayed_header(replayed)}
        return Response(body, status=202, headers=headers)


def _from_texts(request: Request) -> Callable[[], Batch]:
    values = validated(BatchInput, request.data)
    texts, items = values.get("texts"), values.get("items")
    if (texts is None) == (items is None):
        raise BadInput(
            "texts_or_items",
            "send either texts or items",
            "пришлите либо texts, либо items",
        )
    rows = [{"text": text} for text in texts] if texts is not None else items or []
    return batch_prepare(
        owner=owner_of(request),
        wish=_wish(values),
        texts=[BatchText(**row) for row in rows],
    )


def _from_file(request: Request) -> Callable[[], Batch]:
    values = validated(BatchFileInput, request.data)
    upload = values["file"]
    wish = _wish(values)
    return batch_prepare_from_file(
        owner=owner_of(request),
        wish=replace(wish, name=wish.name or (upload.name or "")[:200]),
        content=upload.read(),
        file_name=upload.name or "",
        split=values["split"],
    )


def _wish(values: dict[str, Any]) -> BatchWish:
    common = {name: values[name] for name in _COMMON}
    return BatchWish(
        speech=SpeechWish(text="", **common),
        name=" ".join(values["name"].split()),
        webhook_url=values["webhook_url"],
    )


class BatchApi(APIView):
    """One batch."""

    @extend_schema(operation_id="batches_get", responses={200: BatchOutput})
    def get(self, request: Request, batch_id: UUID) -> Response:
        return Response(BatchOutput(batch_get(owner=owner_of(request), batch_id=batch_id)).data)

    @extend_schema(
        operation_id="batches_delete",
        responses={
            200: OpenApiResponse(BatchOutput, description="It was unfinished and is cancelled."),
            204: OpenApiResponse(description="It was finished and is removed with its sounds."),
        },
    )
    def delete(self, request: Request, batch_id: UUID) -> Response:
        owner = owner_of(request)
        if batch_get(owner=owner, batch_id=batch_id).status == Batch.Status.RUNNING:
            return Response(BatchOutput(batch_cancel(owner=owner, batch_id=batch_id)).data)
        batch_delete(owner=owner, batch_id=batch_id)
        return Response(status=204)


class BatchCancelApi(APIView):
    """Stop a batch; what is made stays, and all of it where the batch has finished meanwhile."""

    @extend_schema(operation_id="batches_cancel", request=None, responses={200: BatchOutput})
    def post(self, request: Request, batch_id: UUID) -> Response:
        return Response(BatchOutput(batch_cancel(owner=owner_of(request), batch_id=batch_id)).data)


class BatchArchiveApi(APIView):
    """All sounds of a finished batch as a zip, with index.csv."""

    @extend_schema(
        operation_id="batches_archive", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, batch_id: UUID) -> HttpResponseBase:
        batch = batch_finished_get(owner=owner_of(request), batch_id=batch_id)
        return zip_response(archive_stream(batch), title=batch.name.rsplit(".", 1)[0] or "batch")
