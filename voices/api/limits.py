"""GET /limits/ and /webhook-secret/: what one may do, and how one's webhooks are signed."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of, user_of
from voices.api.rest import Pages
from voices.audio_formats import MEDIA_TYPES, SONG_FORMATS, STREAMABLE
from voices.batch_files import KINDS
from voices.engine import (
    BITRATES_KBPS,
    PITCH_RANGE_SEMITONES,
    SEED_RANGE,
    SPEED_RANGE,
    conversion_presets,
    f0_methods,
    song_limits,
)
from voices.models import Scope
from voices.selectors.quotas import limits_of
from voices.services.jobs.idempotency import KEPT
from voices.services.jobs.webhooks import WebhookSecrets, webhook_secret_renew, webhook_secrets


class LimitsApi(APIView):
    """All limits: those of every call, and the caller's own quotas (null: none)."""

    @extend_schema(
        operation_id="limits",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="See docs/api.md.")},
    )
    def get(self, request: Request) -> Response:
        return Response({**_of_every_call(), "quotas": asdict(limits_of(owner_of(request)))})


def _of_every_call() -> dict[str, Any]:
    return {
        "speech": {
            "characters": settings.SYNC_TEXT_LIMIT,
            "seconds": settings.SPEECH_SECONDS_LIMIT,  # of sound
            "wait_seconds": settings.WAIT_SECONDS,
            "waiting_calls": settings.WAITING_CALLS,  # in one web process
        },
        "job": {"characters": settings.JOB_TEXT_LIMIT, "seconds": settings.SPEECH_SECONDS_LIMIT},
        "queue": {"jobs_waiting": settings.QUEUE_JOBS_WAITING or None},
        "batch": {
            "items": settings.BATCH_ITEMS_LIMIT,
            "characters": settings.BATCH_TEXT_LIMIT,
            "file_bytes": settings.BATCH_FILE_LIMIT_BYTES,
            "files": list(KINDS),
        },
        "song": {
            **song_limits(),
            "upload_bytes": settings.UPLOAD_LIMIT_BYTES,  # of a call; larger files by /uploads/
            "formats": list(SONG_FORMATS),
            "presets": list(conversion_presets()),
            "f0_methods": f0_methods(),
            "batch_recordings": settings.BATCH_SONGS_LIMIT,
            "batch_zip_bytes": settings.BATCH_SONGS_LIMIT_BYTES,  # unpacked
        },
        "voice": {
            "recordings": settings.RECORDINGS_LIMIT,
            "upload_bytes": settings.UPLOAD_LIMIT_BYTES,
        },
        "dictionary": {"words": settings.DICTIONARY_LIMIT},
        "body_bytes": settings.JSON_LIMIT_BYTES,
        "page_size": {"default": Pages.page_size, "maximum": Pages.max_page_size},
        "formats": list(MEDIA_TYPES),
        "stream_formats": list(STREAMABLE),
        "bitrates_kbps": list(BITRATES_KBPS),
        "speed": list(SPEED_RANGE),
        "pitch_semitones": list(PITCH_RANGE_SEMITONES),
        "seed": list(SEED_RANGE),
        "events_seconds": settings.EVENTS_SECONDS,
        "idempotency_seconds": int(KEPT.total_seconds()),
    }


class WebhookSecretOutput(serializers.Serializer):
    secret = serializers.CharField()
    previous_until = serializers.DateTimeField(
        allow_null=True,
        help_text="Until when messages are signed with the secret before it as well.",
    )


class WebhookSecretApi(APIView):
    """The secret that all webhooks of the caller are signed with (Standard Webhooks, HMAC-SHA256).

    POST makes a new one. For a day messages then carry two signatures, by the new and by the old.
    """

    read_scope = Scope.SPEAK
    write_scope = Scope.ACCOUNT

    @extend_schema(operation_id="webhook_secret", responses={200: WebhookSecretOutput})
    def get(self, request: Request) -> Response:
        return _secret_response(webhook_secrets(owner_of(request)))

    @extend_schema(
        operation_id="webhook_secret_renew", request=None, responses={200: WebhookSecretOutput}
    )
    def post(self, request: Request) -> Response:
        return _secret_response(webhook_secret_renew(user=user_of(request)))


def _secret_response(secrets: WebhookSecrets) -> Response:
    body = {"secret": secrets.current, "previous_until": secrets.previous_until}
    return Response(WebhookSecretOutput(body).data, headers={"Cache-Control": "no-store"})
