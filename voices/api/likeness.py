"""Voices like a voice, and the map of all of them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices import engine
from voices.api.auth import owner_of
from voices.api.serializers.base import validated
from voices.api.serializers.voices import GenderField
from voices.models import Voice
from voices.selectors.voices import voice_resolve, voice_shown_name, voices_alike

MOST_SIMILAR = 50
NEAREST = 3  # shown with each voice of the map


class SimilarFilter(serializers.Serializer):
    limit = serializers.IntegerField(default=10, min_value=1, max_value=MOST_SIMILAR)


class NamedVoice(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()
    gender = GenderField(read_only=True)

    class Meta:
        model = Voice
        fields = ("id", "slug", "name", "is_bank", "gender", "language")

    def get_name(self, voice: Voice) -> str:
        return voice_shown_name(voice)


class SimilarOutput(serializers.Serializer):
    voice = NamedVoice()
    similarity = serializers.FloatField(
        help_text="Cosine of the d-vectors: above 0.8 hardly to be told apart."
    )


class SimilarListOutput(serializers.Serializer):
    voices = SimilarOutput(many=True)


class NearestOutput(serializers.Serializer):
    name = serializers.CharField()
    similarity = serializers.FloatField()


class PlacedOutput(serializers.Serializer):
    voice = NamedVoice()
    nearest = NearestOutput(many=True, help_text="The three most similar voices.")
    x = serializers.FloatField(help_text="-1 to 1")
    y = serializers.FloatField(help_text="-1 to 1, upwards")


class MapOutput(serializers.Serializer):
    voices = PlacedOutput(many=True)


class SimilarApi(APIView):
    """Voices of the bank and of one's own, the most similar first."""

    @extend_schema(
        operation_id="voices_similar",
        parameters=[SimilarFilter],
        responses={200: SimilarListOutput},
    )
    def get(self, request: Request, voice_id: str) -> Response:
        values = validated(SimilarFilter, request.query_params)
        owner = owner_of(request)
        voice = voice_resolve(owner=owner, reference=voice_id)
        others = voices_alike(owner=owner, but=voice) if voice.profile else []
        cosines = engine.similarities(voice.profile, [other.profile for other in others])
        ranked = sorted(zip(others, cosines, strict=True), key=lambda pair: -pair[1])
        rows = [{"voice": other, "similarity": round(cosine, 4)} for other, cosine in ranked]
        return Response(SimilarListOutput({"voices": rows[: values["limit"]]}).data)


class VoiceMapApi(APIView):
    """The bank's voices and one's own on a plane where similar ones lie near each other."""

    @extend_schema(operation_id="voices_map", responses={200: MapOutput})
    def get(self, request: Request) -> Response:
        voices = voices_alike(owner=owner_of(request))
        places = engine.voice_places([voice.profile for voice in voices])
        rows = [
            {"voice": voice, "nearest": _nearest(voice, voices), "x": round(x, 4), "y": round(y, 4)}
            for voice, (x, y) in zip(voices, places, strict=True)
        ]
        return Response(MapOutput({"voices": rows}).data)


def _nearest(voice: Voice, voices: list[Voice]) -> list[dict[str, Any]]:
    others = [other for other in voices if other.pk != voice.pk]
    cosines = engine.similarities(voice.profile, [other.profile for other in others])
    ranked = sorted(zip(others, cosines, strict=True), key=lambda pair: -pair[1])
    return [
        {"name": voice_shown_name(other), "similarity": round(cosine, 4)}
        for other, cosine in ranked[:NEAREST]
    ]
