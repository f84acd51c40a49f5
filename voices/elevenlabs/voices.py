"""GET /v1/voices, /v2/voices, GET and DELETE /v1/voices/{id}, POST /v1/voices/add."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.auth import owner_of
from voices.api.consent import confirmation_of
from voices.api.rest import FormParser
from voices.api.serializers.base import Input, validated
from voices.elevenlabs.views import ElevenLabsView
from voices.models import Scope, Voice
from voices.selectors.voices import (
    VoiceFilter,
    voice_consent_missing,
    voice_get,
    voice_list,
    voice_shown_description,
    voice_shown_name,
)
from voices.services.voices.voices import VoiceWish, voice_create, voice_delete

PAGE_SIZE, MOST = 10, 100
OWN = {"premade": False, "cloned": True}  # by category


class XiVoicesFilter(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=100)
    gender = serializers.ChoiceField(choices=["female", "male"], required=False)
    language = serializers.CharField(required=False, max_length=16)
    category = serializers.ChoiceField(choices=list(OWN), required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=MOST, default=PAGE_SIZE)
    next_page_token = serializers.IntegerField(min_value=0, max_value=100_000, default=0)


class LabelsField(serializers.JSONField):
    """JSON with the voice's `gender` and `language`; other labels are not kept."""

    def __init__(self) -> None:
        super().__init__(binary=True, default=dict)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        labels = super().to_internal_value(data) or {}
        if not isinstance(labels, dict):
            self.fail("invalid")
        known = dict(Voice.Gender.choices)
        gender, language = labels.get("gender"), str(labels.get("language") or "ru")
        return {
            "gender": gender if gender in known else Voice.Gender.UNKNOWN,
            "language": language[:2].lower(),
        }


class XiVoiceInput(Input):
    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=1000, allow_blank=True, default="")
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=500), default=list
    )
    labels = LabelsField()
    remove_background_noise = serializers.BooleanField(
        default=False, help_text="Without effect: noisy recordings are always denoised."
    )
    consent = serializers.BooleanField(
        default=False,
        help_text="Ours: you confirm the text at /api/v1/consent/, without which no voice is made.",
    )
    consent_version = serializers.CharField(default="", allow_blank=True, max_length=16)


class XiVoicesApi(ElevenLabsView):
    """All voices one can use."""

    @extend_schema(operation_id="xi_voices", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response({"voices": [shown(one) for one in voice_list(owner=owner_of(request))]})


class XiVoicesPageApi(ElevenLabsView):
    """The same page by page, and narrowed."""

    @extend_schema(
        operation_id="xi_voices_page", parameters=[XiVoicesFilter], responses=OpenApiTypes.OBJECT
    )
    def get(self, request: Request) -> Response:
        values = validated(XiVoicesFilter, request.query_params)
        size, first = values.pop("page_size"), values.pop("next_page_token")
        chosen = VoiceFilter(own=OWN.get(values.pop("category", "")), **values)
        found = voice_list(owner=owner_of(request), chosen=chosen)
        total, after = found.count(), first + size
        return Response(
            {
                "voices": [shown(voice) for voice in found[first:after]],
                "has_more": after < total,
                "total_count": total,
                "next_page_token": str(after) if after < total else None,
            }
        )


class XiVoiceApi(ElevenLabsView):
    """One voice."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="xi_voice", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, voice_id: str) -> Response:
        return Response(shown(voice_get(owner=owner_of(request), voice_id=voice_id)))

    @extend_schema(operation_id="xi_voice_delete", responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, voice_id: str) -> Response:
        owner = owner_of(request)
        voice_delete(owner=owner, voice_id=voice_get(owner=owner, voice_id=voice_id).pk)
        return Response({"status": "ok"})


class XiVoiceAddApi(ElevenLabsView):
    """A voice from recordings, answered when it can speak."""

    parser_classes = [FormParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="xi_voice_add", request=XiVoiceInput, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        values = validated(XiVoiceInput, request.data)
        voice = voice_create(
            owner=owner_of(request),
            wish=VoiceWish(
                name=values["name"], description=values["description"], **values["labels"]
            ),
            uploads=values["files"],
            confirmation=confirmation_of(
                request, given=values["consent"], version=values["consent_version"]
            ),
        )
        return Response(
            {"voice_id": str(voice.pk), "requires_verification": voice_consent_missing(voice)}
        )


def shown(voice: Voice) -> dict[str, Any]:
    """A voice as ElevenLabs' clients read it."""
    missing = voice_consent_missing(voice)
    return {
        "voice_id": voice.slug or str(voice.pk),
        "name": voice_shown_name(voice),
        "category": "premade" if voice.is_bank else "cloned",
        "description": voice_shown_description(voice),
        "labels": {"gender": voice.gender, "language": voice.language},
        "samples": [
            {
                "sample_id": str(recording.pk),
                "file_name": recording.original_name,
                "size_bytes": recording.stored.size_bytes,
                "duration_secs": recording.stored.seconds,
            }
            for recording in voice.recordings.all()
        ],
        "settings": {
            "stability": 0.0 if voice.variation is None else 1 - voice.variation,
            "speed": 1.0 if voice.speed is None else voice.speed,
        },
        "is_owner": not voice.is_bank,
        "created_at_unix": int(voice.created_at.timestamp()),
        "voice_verification": {
            "requires_verification": missing,
            "is_verified": voice.spoken_consent_at is not None,
            "verification_failures": [],
            "verification_attempts_count": 0,
        },
    }
