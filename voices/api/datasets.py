"""Datasets: recordings gathered to train a voice from, prepared, and their report."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from voices import engine
from voices.api.auth import owner_of
from voices.api.rest import JsonParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.jobs import JobOutput
from voices.audio_response import audio_response
from voices.models import Dataset, Scope, StoredFile
from voices.models.stored_file import PAGE
from voices.selectors.datasets import (
    dataset_get,
    dataset_list,
    edits_pending,
    prepared_file,
    sentences_read,
)
from voices.selectors.jobs import job_get
from voices.selectors.voices import voice_shown_name
from voices.services.studio.datasets import dataset_create, dataset_delete, dataset_update
from voices.services.studio.edits import MOST_EDITS, edits_add, edits_forget, report_read
from voices.services.studio.preparing import dataset_prepare

MOST_SENTENCES = 50
HIDDEN_FIGURES = ("embedding", "fingerprint")
# the report has no scripts, and nobody's words in it shall bring any
REPORT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; media-src "


class DatasetSettings(Input):
    """How recordings are prepared; named as audio-slicer does."""

    threshold_db = serializers.FloatField(
        required=False, help_text="Quieter is silence, when speech stands at -20 dB."
    )
    min_length_ms = serializers.IntegerField(
        required=False, help_text="A clip is not ended before."
    )
    min_interval_ms = serializers.IntegerField(
        required=False, help_text="Shortest silence in which a cut may lie."
    )
    hop_ms = serializers.IntegerField(required=False, help_text="Length of a frame.")
    max_sil_kept_ms = serializers.IntegerField(
        required=False, help_text="Silence that stays on either side of a clip."
    )
    max_length_ms = serializers.IntegerField(
        required=False, help_text="A clip is cut before it grows longer."
    )
    channel = serializers.ChoiceField(
        choices=["auto", "mix", "left", "right"],
        required=False,
        help_text="Which channel of a recording in stereo.",
    )
    denoise = serializers.BooleanField(
        required=False, help_text="Whether noise may be removed where the voice is better on it."
    )


class DatasetInput(Input):
    voice = serializers.UUIDField(help_text="An own voice that is to be trained.")
    title = serializers.CharField(max_length=100)
    settings = DatasetSettings(required=False)


class DatasetPatch(Input):
    title = serializers.CharField(max_length=100, required=False)
    settings = DatasetSettings(required=False)


class DatasetVoiceOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    spoken_consent = serializers.BooleanField(
        help_text="Whether its owner has read a consent aloud, without which it cannot be trained."
    )


class TakesCountOutput(serializers.Serializer):
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    checking = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Of those that are accepted.")


class DatasetFiguresOutput(serializers.Serializer):
    """What came of the last preparation."""

    recordings = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="Files that could not be opened.")
    seconds_given = serializers.FloatField()
    seconds_kept = serializers.FloatField()
    clips = serializers.IntegerField()
    dropped_seconds = serializers.DictField(
        child=serializers.FloatField(), help_text="By reason; the report has them in words."
    )
    edits_lost = serializers.IntegerField(
        help_text="Edits of stretches that are no more, after recordings went."
    )


class DatasetOutput(serializers.ModelSerializer):
    voice = serializers.SerializerMethodField()
    settings = serializers.SerializerMethodField()
    takes = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    edits_pending = serializers.SerializerMethodField(
        help_text="Edits that the next preparation will follow."
    )
    job = serializers.UUIDField(
        source="job_id", allow_null=True, read_only=True, help_text="That prepares it, or has."
    )
    report_url = serializers.SerializerMethodField()
    page_url = serializers.SerializerMethodField()

    class Meta:
        model = Dataset
        fields = (
            "id", "voice", "title", "state", "settings", "takes", "figures", "edits_pending", "job", "report_url",
            "page_url", "prepared_at", "changed_at", "created_at",
        )  # fmt: skip

    @extend_schema_field(DatasetVoiceOutput)
    def get_voice(self, dataset: Dataset) -> dict[str, Any]:
        voice = dataset.voice
        return {
            "id": voice.pk,
            "name": voice_shown_name(voice),
            "spoken_consent": voice.spoken_consent_at is not None,
        }

    @extend_schema_field(DatasetSettings)
    def get_settings(self, dataset: Dataset) -> dict[str, Any]:
        return {**engine.dataset_defaults(), **dataset.settings}

    @extend_schema_field(TakesCountOutput)
    def get_takes(self, dataset: Any) -> dict[str, Any]:
        counts = {name: getattr(dataset, name) for name in ("accepted", "refused", "checking")}
        return {**counts, "seconds": round(dataset.recorded_seconds, 2)}

    @extend_schema_field(DatasetFiguresOutput(allow_null=True))
    def get_figures(self, dataset: Dataset) -> dict[str, Any] | None:
        shown = {k: v for k, v in dataset.figures.items() if k not in HIDDEN_FIGURES}
        return shown or None

    def get_edits_pending(self, dataset: Dataset) -> int:
        return edits_pending(dataset)

    def get_report_url(self, dataset: Dataset) -> str | None:
        known = dataset.prepared_at is not None
        return reverse("dataset-report", args=[dataset.pk]) if known else None

    def get_page_url(self, dataset: Dataset) -> str | None:
        if dataset.prepared_at is None:
            return None
        # without a slash at its end, so that links in it lead to the files beside it
        return reverse("dataset-file", args=[dataset.pk, "report.html"]).rstrip("/")


class DatasetsFilter(serializers.Serializer):
    voice = serializers.UUIDField(required=False)


class SentencesFilter(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=MOST_SENTENCES, default=10)


class CoverageOutput(serializers.Serializer):
    """Pairs of neighbouring sounds that were read, of those that the list has."""

    covered = serializers.IntegerField()
    total = serializers.IntegerField()
    share = serializers.FloatField()


class SentencesOutput(serializers.Serializer):
    sentences = serializers.ListField(
        child=serializers.CharField(), help_text="The first adds most; read them as written."
    )
    read = serializers.IntegerField(help_text="Sentences that were read and accepted.")
    coverage = CoverageOutput()


class EditInput(Input):
    clip = serializers.CharField(max_length=32, help_text="Id of a piece of the report.")
    action = serializers.ChoiceField(choices=["keep", "drop", "move"])
    new_from_s = serializers.FloatField(
        min_value=0, max_value=1e6, required=False, allow_null=True, help_text="Of move, seconds."
    )
    new_to_s = serializers.FloatField(
        min_value=0, max_value=1e6, required=False, allow_null=True, help_text="Of move, seconds."
    )


class EditsInput(Input):
    edits = serializers.ListField(
        child=EditInput(), max_length=MOST_EDITS, help_text="Followed in order."
    )


class EditOutput(serializers.Serializer):
    clip = serializers.CharField()
    source: Any = serializers.CharField(help_text="The recording, and the stretch of it.")
    from_s = serializers.FloatField()
    to_s = serializers.FloatField()
    action = serializers.CharField()
    new_from_s = serializers.FloatField(allow_null=True)
    new_to_s = serializers.FloatField(allow_null=True)
    followed = serializers.BooleanField()


class EditsOutput(serializers.Serializer):
    edits = EditOutput(many=True)


class DatasetsApi(GenericAPIView):
    """One's datasets, the newest first; a new one for an own voice."""

    serializer_class = DatasetOutput
    queryset = Dataset.objects.none()
    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="datasets_list",
        responses=DatasetOutput(many=True),
        parameters=[DatasetsFilter],
    )
    def get(self, request: Request) -> Response:
        chosen = validated(DatasetsFilter, request.query_params)
        datasets = dataset_list(owner=owner_of(request), voice_id=chosen.get("voice"))
        page = self.paginate_queryset(datasets)
        return self.get_paginated_response(DatasetOutput(page, many=True).data)

    @extend_schema(
        operation_id="datasets_create", request=DatasetInput, responses={201: DatasetOutput}
    )
    def post(self, request: Request) -> Response:
        values = validated(DatasetInput, request.data)
        dataset = dataset_create(
            owner=owner_of(request),
            voice_id=values["voice"],
            title=values["title"],
            values=dict(values.get("settings", {})),
        )
        place = {"Location": f"/api/v1/datasets/{dataset.pk}/"}
        return Response(DatasetOutput(dataset).data, status=201, headers=place)


class DatasetApi(APIView):
    """One dataset."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="datasets_get", responses={200: DatasetOutput})
    def get(self, request: Request, dataset_id: UUID) -> Response:
        dataset = dataset_get(owner=owner_of(request), dataset_id=dataset_id)
        return Response(DatasetOutput(dataset).data)

    @extend_schema(
        operation_id="datasets_update", request=DatasetPatch, responses={200: DatasetOutput}
    )
    def patch(self, request: Request, dataset_id: UUID) -> Response:
        values = validated(DatasetPatch, request.data)
        owner = owner_of(request)
        dataset = dataset_update(owner=owner, dataset_id=dataset_id, values=values)
        return Response(DatasetOutput(dataset).data)

    @extend_schema(operation_id="datasets_delete", responses={204: None})
    def delete(self, request: Request, dataset_id: UUID) -> Response:
        """With its recordings and all that was prepared of them."""
        dataset_delete(owner=owner_of(request), dataset_id=dataset_id)
        return Response(status=204)


class DatasetSentencesApi(APIView):
    """What to read aloud next, and how much of the language's sounds was read."""

    @extend_schema(
        operation_id="datasets_sentences",
        parameters=[SentencesFilter],
        responses={200: SentencesOutput},
    )
    def get(self, request: Request, dataset_id: UUID) -> Response:
        count = validated(SentencesFilter, request.query_params)["count"]
        dataset = dataset_get(owner=owner_of(request), dataset_id=dataset_id)
        read = sentences_read(dataset)
        covered, total = engine.sentences_coverage(read)
        body = {
            "sentences": engine.sentences_next(read, count),
            "read": len(read),
            "coverage": {"covered": covered, "total": total, "share": round(covered / total, 4)},
        }
        return Response(SentencesOutput(body).data)


class DatasetPrepareApi(APIView):
    """Have a dataset prepared by a job: of what has not changed since the last time, only edits are followed."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="datasets_prepare", request=None, responses={202: JobOutput})
    def post(self, request: Request, dataset_id: UUID) -> Response:
        owner = owner_of(request)
        job = dataset_prepare(owner=owner, dataset_id=dataset_id)
        shown = JobOutput(job_get(owner=owner, job_id=job.pk)).data
        return Response(shown, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})


class DatasetEditsApi(APIView):
    """What is wanted otherwise than it was prepared: drops undone, clips dropped, cuts moved."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="datasets_edits_list", responses={200: EditsOutput})
    def get(self, request: Request, dataset_id: UUID) -> Response:
        dataset = dataset_get(owner=owner_of(request), dataset_id=dataset_id)
        return Response(EditsOutput({"edits": dataset.edits}).data)

    @extend_schema(
        operation_id="datasets_edits_create", request=EditsInput, responses={201: EditsOutput}
    )
    def post(self, request: Request, dataset_id: UUID) -> Response:
        """The next preparation follows them."""
        edits = validated(EditsInput, request.data)["edits"]
        dataset = edits_add(owner=owner_of(request), dataset_id=dataset_id, edits=edits)
        return Response(EditsOutput({"edits": dataset.edits}).data, status=201)

    @extend_schema(operation_id="datasets_edits_delete", responses={200: EditsOutput})
    def delete(self, request: Request, dataset_id: UUID) -> Response:
        """Forget those that were not followed yet."""
        dataset = edits_forget(owner=owner_of(request), dataset_id=dataset_id)
        return Response(EditsOutput({"edits": dataset.edits}).data)


class DatasetReportApi(APIView):
    """What was kept and dropped in the last preparation and why, piece by piece: the engine's `report.json`."""

    @extend_schema(operation_id="datasets_report", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, dataset_id: UUID) -> Response:
        dataset = dataset_get(owner=owner_of(request), dataset_id=dataset_id)
        return Response(report_read(dataset))


class DatasetFileApi(APIView):
    """A file of the last preparation: `report.html`, `metadata.csv`, `clips/….flac`, `sources/….flac`.

    The report has pictures and players. Byte ranges of sounds are answered.
    """

    @extend_schema(
        operation_id="datasets_file",
        responses={
            (200, "audio/flac"): OpenApiTypes.BINARY,
            (200, "text/html"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, dataset_id: UUID, path: str) -> HttpResponseBase:
        dataset = dataset_get(owner=owner_of(request), dataset_id=dataset_id)
        stored = prepared_file(dataset, path)
        fresh = {"Cache-Control": "private, no-cache"}  # it changes with the dataset
        if stored.role == PAGE:
            return _report_page(stored, fresh)
        title = f"{dataset.title} {path.rpartition('.')[0]}"
        return audio_response(
            request, stored.name, file_format=stored.format, title=title, headers=fresh
        )


def _report_page(stored: StoredFile, headers: dict[str, str]) -> HttpResponse:
    """`report.html`, which has both languages, in the one that is asked for."""
    media: Any = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["media-src"]
    policy = {
        "Content-Security-Policy": REPORT_POLICY + " ".join(map(str, media)),
        "X-Frame-Options": "SAMEORIGIN",
    }
    with default_storage.open(stored.name) as page:
        content = page.read()
    if get_language() == "ru":
        content = content.replace(b'id="english" checked', b'id="english"').replace(
            b'id="russian"', b'id="russian" checked', 1
        )
    return HttpResponse(content, headers={**headers, **policy})
