"""Jobs and what came of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from voices.kinds import KINDS, kinds_shown
from voices.models import Job, StoredFile, Webhook
from voices.selectors.health import queues_loading
from voices.selectors.jobs import jobs_ahead
from voices.selectors.retention import job_expires_at
from voices.selectors.voices import voice_shown_name
from voices.services.jobs.jobs import job_error

EXCERPT_CHARACTERS = 200


class KindField(serializers.ChoiceField):
    """One of the kinds that people see, or of `others`."""

    def __init__(self, others: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__([*kinds_shown(), *others], **kwargs)


class WebhookOutput(serializers.ModelSerializer):
    """How the telling went."""

    class Meta:
        model = Webhook
        fields = ("url", "status", "attempts", "last_status", "last_error", "delivered_at")


class JobVoiceOutput(serializers.Serializer):
    id = serializers.UUIDField(allow_null=True)
    slug = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class ProgressOutput(serializers.Serializer):
    stage = serializers.CharField(help_text="What is being done, where a job has several parts.")
    unit = serializers.CharField(help_text="What is counted: sentences, recordings.")
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 as long as it is not known.")
    seconds_left = serializers.FloatField(
        allow_null=True,
        help_text="Until the end of the stage at the pace so far; null as long as nothing was measured.",
    )
    sentences_done = serializers.IntegerField(help_text="As `done`, under its first name.")
    sentences_total = serializers.IntegerField(help_text="As `total`.")
    parts_ready = serializers.IntegerField(
        help_text="Sentences of a live job that can be fetched; 0 an hour after its end."
    )
    ahead = serializers.IntegerField(help_text="Jobs that will be taken before this one.")
    models_loading = serializers.BooleanField(
        help_text="No worker can begin yet: they are loading the models after a start."
    )


class JobErrorOutput(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.JSONField()


class JobAudioOutput(serializers.Serializer):
    url = serializers.CharField()
    format = serializers.CharField()
    seconds = serializers.FloatField()
    size_bytes = serializers.IntegerField()


class JobFileOutput(serializers.Serializer):
    role = serializers.CharField(help_text="result: the sound; others by the kind of job.")
    url = serializers.CharField()
    format = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True)
    size_bytes = serializers.IntegerField()


class JobOutput(serializers.ModelSerializer):
    kind = KindField()
    status = serializers.ChoiceField(choices=Job.Status.choices, source="shown_status")
    expires_at = serializers.SerializerMethodField(
        help_text="When the job is removed with its audio; null while it runs, or never."
    )
    text = serializers.SerializerMethodField()
    voice = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    audio = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    webhook = WebhookOutput(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Job
        fields = (
            "id", "kind", "status", "name", "batch", "position", "text", "voice", "params",
            "progress", "error", "audio", "files", "webhook", "created_at", "started_at", "finished_at",
            "expires_at",
        )  # fmt: skip

    def get_text(self, job: Job) -> str:
        whole = self.parent is None
        return job.text if whole else job.text[:EXCERPT_CHARACTERS]

    def get_expires_at(self, job: Job) -> datetime | None:
        return job_expires_at(job)

    @extend_schema_field(JobVoiceOutput)
    def get_voice(self, job: Job) -> dict[str, Any]:
        if job.voice is None or job.is_mixed:
            return {"id": None, "slug": None, "name": job.voice_name}
        return {"id": job.voice.pk, "slug": job.voice.slug, "name": voice_shown_name(job.voice)}

    @cached_property
    def _ahead(self) -> dict[UUID, int]:
        shown: Any = self.instance
        return jobs_ahead([shown] if isinstance(shown, Job) else shown)

    @cached_property
    def _loading(self) -> set[str]:
        return queues_loading()

    @extend_schema_field(ProgressOutput)
    def get_progress(self, job: Job) -> dict[str, Any]:
        unbegun = job.status in Job.ACTIVE and not job.progress_total
        kind = KINDS.get(job.kind)
        return {
            "stage": job.progress_stage,
            "unit": kind.unit if kind else "",
            "done": job.progress_done,
            "total": job.progress_total,
            "seconds_left": job.seconds_left if job.status == Job.Status.RUNNING else None,
            "sentences_done": job.progress_done,
            "sentences_total": job.progress_total,
            "parts_ready": job.parts_ready,
            "ahead": self._ahead.get(job.pk, 0),
            "models_loading": unbegun and job.queue in self._loading,
        }

    @extend_schema_field(JobErrorOutput(allow_null=True))
    def get_error(self, job: Job) -> dict[str, Any] | None:
        if job.status == Job.Status.CANCELLED or not job.error_code:
            return None
        error = job_error(job)
        return {
            "code": error.code,
            "message": error.message(get_language()),
            "details": error.details,
        }

    @extend_schema_field(JobAudioOutput(allow_null=True))
    def get_audio(self, job: Job) -> dict[str, Any] | None:
        result = job.result
        return _file(result, reverse("job-audio", args=[job.pk])) if result else None

    @extend_schema_field(JobFileOutput(many=True))
    def get_files(self, job: Job) -> list[dict[str, Any]]:
        made = job.files.all() if job.status == Job.Status.SUCCEEDED else ()
        return [
            {"role": one.role, **_file(one, reverse("job-file", args=[job.pk, one.role]))}
            for one in made
        ]


def _file(stored: StoredFile, url: str) -> dict[str, Any]:
    facts = {"format": stored.format, "seconds": stored.seconds}
    return {"url": url, **facts, "size_bytes": stored.size_bytes}
