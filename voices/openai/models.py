"""GET /v1/models and /v1/audio/models."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from voices.openai.formats import ALIASES, MODEL
from voices.openai.speech import OpenAiView, model_check

RELEASED_AT = 1_764_547_200  # 2025-12-01, seconds since 1970


class ModelOutput(serializers.Serializer):
    id = serializers.CharField()
    object = serializers.CharField()
    created = serializers.IntegerField()
    owned_by = serializers.CharField()


class ModelsOutput(serializers.Serializer):
    object = serializers.CharField()
    data = ModelOutput(many=True)  # type: ignore[assignment]


class AudioModelsOutput(serializers.Serializer):
    models = ModelOutput(many=True)


class ModelsApi(OpenAiView):
    """The model, under its own name and under those that OpenAI's clients send."""

    open_to_read = True

    @extend_schema(operation_id="openai_models", responses={200: ModelsOutput})
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": [_model(name) for name in (MODEL, *ALIASES)]})


class AudioModelsApi(OpenAiView):
    """The same, as clients that list speech servers' models read it."""

    open_to_read = True

    @extend_schema(operation_id="openai_audio_models", responses={200: AudioModelsOutput})
    def get(self, request: Request) -> Response:
        return Response({"models": [_model(name) for name in (MODEL, *ALIASES)]})


class ModelApi(OpenAiView):
    """One model."""

    open_to_read = True

    @extend_schema(operation_id="openai_model", responses={200: ModelOutput})
    def get(self, request: Request, name: str) -> Response:
        model_check(name)
        return Response(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": RELEASED_AT, "owned_by": "voiceclone"}
