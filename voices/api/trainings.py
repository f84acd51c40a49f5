"""Studio voices: trained from a dataset, watched, paused, and heard checkpoint by checkpoint."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.points import PointOutput
from voices.api.rest import JsonParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.jobs import JobErrorOutput, JobOutput
from voices.api.serializers.voices import VoiceOutput
from voices.engine import TRAINING_DEVICES, TRAINING_LAYERS, TRAINING_RANGES
from voices.models import Job, Scope, TrainingPoint
from voices.selectors.trainings import (
    FINISHING,
    PAUSED,
    PAUSING,
    checkpoint_versions,
    training_epoch,
    training_get,
    training_list,
    training_points,
    training_status,
)
from voices.services.studio.checkpoints import checkpoint_activate
from voices.services.studio.trainings import (
    training_cancel,
    training_create,
    training_delete,
    training_finish,
    training_foretell,
    training_pause,
    training_resume,
)

NAME_CHARACTERS = 100
STATUSES = [*Job.Status.values, PAUSING, PAUSED, FINISHING]


def _ranged(kind: Any, name: str, help_text: str) -> Any:
    low, high = TRAINING_RANGES[name]
    return kind(required=False, min_value=low, max_value=high, help_text=help_text)


class TrainingSettings(Input):
    """What is left out is as it measured best."""

    epochs = _ranged(
        serializers.IntegerField,
        "epochs",
        "How often every clip is heard, at most: a training that gets no better ends earlier.",
    )
    learning_rate = _ranged(
        serializers.FloatField,
        "learning_rate",
        "How far each step goes: too far loses words, too little changes nothing.",
    )
    batch_frames = _ranged(
        serializers.IntegerField,
        "batch_frames",
        "Frames of 11.6 ms heard in one step; more is smoother and needs more memory.",
    )
    save_every = _ranged(
        serializers.IntegerField,
        "save_every",
        "Epochs between two checkpoints, each measured and heard.",
    )
    keep = _ranged(
        serializers.IntegerField, "keep", "Newest checkpoints that are kept beside the best one."
    )
    patience = _ranged(
        serializers.IntegerField,
        "patience",
        "The training ends after so many checkpoints without a better one; 0: never before its last epoch.",
    )
    base_share = _ranged(
        serializers.FloatField,
        "base_share",
        "Sentences that are not in the dataset for each clip: they keep what the dataset does not have.",
    )
    layers = serializers.ChoiceField(
        choices=TRAINING_LAYERS,
        required=False,
        help_text="What may change: voice, norms, low_rank, or all weights.",
    )
    rank = _ranged(serializers.IntegerField, "rank", "Of the matrices that a voice is stored as.")
    threads = _ranged(
        serializers.IntegerField, "threads", "Of the processor; 0: as many as the worker has."
    )
    device = serializers.ChoiceField(
        choices=TRAINING_DEVICES, required=False, help_text="auto: the GPU where there is one."
    )
    seed = _ranged(
        serializers.IntegerField, "seed", "The same seed and dataset give the same voice."
    )


class TrainingInput(Input):
    dataset = serializers.UUIDField(help_text="Id of a prepared dataset of this voice.")
    name = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=NAME_CHARACTERS,
        default="",
        help_text="Of the training.",
    )
    settings = TrainingSettings(required=False, default=dict)


class EstimateOutput(serializers.Serializer):
    seconds = serializers.FloatField(
        help_text="Of all epochs; a training that gets no better ends earlier."
    )
    measured_here = serializers.BooleanField(
        help_text="By a training of this service, or by that of the documentation."
    )


class CheckpointOutput(serializers.Serializer):
    number = serializers.IntegerField(help_text="0: the voice before any training.")
    epoch = serializers.IntegerField()
    step = serializers.IntegerField()
    figures = serializers.DictField(
        child=serializers.FloatField(),
        help_text="Measured on clips that no training heard: similarity, phoneme_errors, mel_distance, "
        "conversion_similarity, conversion_phoneme_errors, score.",
    )
    best = serializers.BooleanField()
    kept = serializers.BooleanField(help_text="Whether the voice can still be made to speak so.")
    samples = serializers.ListField(
        child=serializers.CharField(),
        help_text="Addresses of the same sentences by every checkpoint.",
    )
    version = serializers.IntegerField(
        allow_null=True, help_text="Of the voice, that was made of it."
    )
    active = serializers.BooleanField(help_text="Whether the voice speaks so now.")


class TrainingOutput(serializers.ModelSerializer):
    voice = serializers.UUIDField(source="voice_id", allow_null=True, read_only=True)
    dataset = serializers.UUIDField(source="params.dataset", read_only=True)
    status = serializers.SerializerMethodField()
    stage = serializers.CharField(source="progress_stage", read_only=True)
    epoch = serializers.SerializerMethodField()
    epochs = serializers.IntegerField(source="params.settings.epochs", read_only=True)
    done = serializers.IntegerField(source="progress_done", read_only=True)
    total = serializers.IntegerField(source="progress_total", read_only=True)
    seconds_left = serializers.SerializerMethodField(
        help_text="Of all of it, at the pace measured so far; null as long as nothing was."
    )
    estimated_seconds = serializers.FloatField(source="params.estimated_seconds", read_only=True)
    settings = serializers.DictField(source="params.settings", read_only=True)
    checkpoints = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField(
        help_text="Two hundred of them at most, spread evenly; /jobs/{id}/points/ has all."
    )
    error = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id", "name", "voice", "dataset", "status", "stage", "epoch", "epochs", "done", "total", "seconds_left",
            "estimated_seconds", "settings", "checkpoints", "points", "error", "created_at",
            "started_at", "finished_at",
        )  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_status(self, job: Job) -> str:
        return training_status(job)

    def get_epoch(self, job: Job) -> int:
        return training_epoch(job)

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_seconds_left(self, job: Job) -> float | None:
        return job.seconds_left if job.is_active else None

    @extend_schema_field(CheckpointOutput(many=True))
    def get_checkpoints(self, job: Job) -> list[dict[str, Any]]:
        versions = checkpoint_versions(job)
        return [
            self._checkpoint(job, one, versions.get(one.number)) for one in job.checkpoints.all()
        ]

    def _checkpoint(self, job: Job, one: Any, version: Any) -> dict[str, Any]:
        return {
            "number": one.number,
            "epoch": one.epoch,
            "step": one.step,
            "figures": one.figures,
            "best": one.is_best,
            "kept": bool(one.weights),
            "samples": [reverse("job-file", args=[job.pk, role]) for role in one.samples],
            "version": version and version.number,
            "active": version is not None and version.pk == version.voice.active_version_id,
        }

    @extend_schema_field(PointOutput(many=True))
    def get_points(self, job: Job) -> list[dict[str, Any]]:
        points: list[TrainingPoint] = training_points(job)
        return list(PointOutput(points, many=True).data)

    @extend_schema_field(JobErrorOutput(allow_null=True))
    def get_error(self, job: Job) -> dict[str, Any] | None:
        return JobOutput().get_error(job)


class TrainingRowOutput(TrainingOutput):
    """One of a list: without points."""

    class Meta(TrainingOutput.Meta):
        fields = tuple(  # type: ignore[assignment]
            name for name in TrainingOutput.Meta.fields if name != "points"
        )


class TrainingRemovedOutput(serializers.Serializer):
    checkpoints = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    versions_kept = serializers.IntegerField(
        help_text="Versions of the voice that were made of it; they go with the voice."
    )


class TrainingsApi(GenericAPIView):
    """Trainings of an own voice, the newest first; a new one from a prepared dataset."""

    serializer_class = TrainingRowOutput
    queryset = Job.objects.none()
    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="trainings_list", responses=TrainingRowOutput(many=True))
    def get(self, request: Request, voice_id: UUID) -> Response:
        trainings = training_list(owner=owner_of(request), voice_id=voice_id)
        page = self.paginate_queryset(trainings)
        return self.get_paginated_response(TrainingRowOutput(page, many=True).data)

    @extend_schema(
        operation_id="trainings_create", request=TrainingInput, responses={202: TrainingOutput}
    )
    def post(self, request: Request, voice_id: UUID) -> Response:
        """It begins as soon as the worker for training is free. The voice needs the spoken consent of its owner."""
        owner, values = owner_of(request), validated(TrainingInput, request.data)
        job = training_create(
            owner=owner,
            voice_id=voice_id,
            dataset_id=values["dataset"],
            name=values["name"],
            values=values["settings"],
        )
        body = TrainingOutput(training_get(owner=owner, training_id=job.pk)).data
        return Response(body, status=202, headers={"Location": f"/api/v1/trainings/{job.pk}/"})


class TrainingEstimateApi(APIView):
    """How long a training of an own voice would take; nothing is begun."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="trainings_estimate", request=TrainingInput, responses={200: EstimateOutput}
    )
    def post(self, request: Request, voice_id: UUID) -> Response:
        values = validated(TrainingInput, request.data)
        found = training_foretell(
            owner=owner_of(request),
            voice_id=voice_id,
            dataset_id=values["dataset"],
            values=values["settings"],
        )
        return Response(EstimateOutput(found).data)


class TrainingApi(APIView):
    """One training."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="trainings_get", responses={200: TrainingOutput})
    def get(self, request: Request, training_id: UUID) -> Response:
        """How far it is, what its steps and checkpoints have measured, and how those sound."""
        job = training_get(owner=owner_of(request), training_id=training_id)
        return Response(TrainingOutput(job).data)

    @extend_schema(operation_id="trainings_delete", responses={200: TrainingRemovedOutput})
    def delete(self, request: Request, training_id: UUID) -> Response:
        """Remove one that has ended, with its checkpoints; versions that were made of them stay."""
        removed = training_delete(owner=owner_of(request), training_id=training_id)
        return Response(TrainingRemovedOutput(removed).data)


class _TrainingStepApi(APIView):
    parser_classes = [JsonParser]
    write_scope = Scope.VOICES


class TrainingPauseApi(_TrainingStepApi):
    """Have a training rest until it is told to go on; what is made is kept."""

    @extend_schema(operation_id="trainings_pause", request=None, responses={200: TrainingOutput})
    def post(self, request: Request, training_id: UUID) -> Response:
        job = training_pause(owner=owner_of(request), training_id=training_id)
        return Response(TrainingOutput(job).data)


class TrainingResumeApi(_TrainingStepApi):
    """Let it go on from where it was."""

    @extend_schema(operation_id="trainings_resume", request=None, responses={200: TrainingOutput})
    def post(self, request: Request, training_id: UUID) -> Response:
        job = training_resume(owner=owner_of(request), training_id=training_id)
        return Response(TrainingOutput(job).data)


class TrainingFinishApi(_TrainingStepApi):
    """End it now: the best of its checkpoints speaks from then on, as if the last epoch had come."""

    @extend_schema(operation_id="trainings_finish", request=None, responses={200: TrainingOutput})
    def post(self, request: Request, training_id: UUID) -> Response:
        job = training_finish(owner=owner_of(request), training_id=training_id)
        return Response(TrainingOutput(job).data)


class TrainingCancelApi(_TrainingStepApi):
    """Stop it for good. Its checkpoints go; versions that were made of them, and what was measured, stay."""

    @extend_schema(operation_id="trainings_cancel", request=None, responses={200: TrainingOutput})
    def post(self, request: Request, training_id: UUID) -> Response:
        job = training_cancel(owner=owner_of(request), training_id=training_id)
        return Response(TrainingOutput(job).data)


class CheckpointActivateApi(_TrainingStepApi):
    """Let the voice speak as a checkpoint does, also while the training goes on."""

    @extend_schema(operation_id="checkpoints_activate", request=None, responses={200: VoiceOutput})
    def post(self, request: Request, training_id: UUID, number: int) -> Response:
        voice = checkpoint_activate(owner=owner_of(request), training_id=training_id, number=number)
        return Response(VoiceOutput(voice).data)
