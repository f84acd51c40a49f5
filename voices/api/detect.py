"""POST /detect/: whether a sound file was made here."""

from dataclasses import asdict

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices import engine
from voices.api.rest import FormParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.fields import FileField
from voices.models import Scope
from voices.services.voices.uploads import origin_detect

# in Russian and in English
EXPLANATIONS = {
    "marked": (
        "В записи есть водяной знак этого сервиса: речь создана здесь.",
        "The recording carries this service's watermark: the speech was made here.",
    ),
    "tagged": (
        "Водяного знака этого сервиса нет, но метка файла говорит, что речь создана ИИ.",
        "There is no watermark of this service, but the file's tags say that the speech is AI-generated.",
    ),
    "short": (
        "Слишком коротко, чтобы судить: нужно не меньше 5 секунд звука.",
        "Too short to judge: at least 5 seconds of sound are needed.",
    ),
    "short_tagged": (
        "Слишком коротко, чтобы прочесть водяной знак, но метка файла говорит, что речь создана ИИ.",
        "Too short to read a watermark, but the file's tags say that the speech is AI-generated.",
    ),
    "unmarked": (
        "Водяного знака этого сервиса в записи нет.",
        "The recording carries no watermark of this service.",
    ),
}


class DetectInput(Input):
    file = FileField(help_text="mp3, wav, flac, ogg, m4a, amr, webm; up to ten minutes. Not kept.")


class DetectOutput(serializers.Serializer):
    made_here = serializers.BooleanField(
        allow_null=True, help_text="null: too short to judge, about 5 s of sound are needed."
    )
    score = serializers.FloatField(help_text="Strength of the best match, in standard deviations.")
    threshold = serializers.FloatField(help_text="From this score on a file counts as made here.")
    seconds = serializers.FloatField()
    tagged_as_generated = serializers.BooleanField(
        help_text="Whether the file's own tags call it AI-generated; tags are easily removed."
    )
    explanation = serializers.CharField()


class DetectApi(APIView):
    """Look for the inaudible watermark that every output of this installation carries."""

    parser_classes = [FormParser]
    write_scope = Scope.READ

    @extend_schema(operation_id="detect", request=DetectInput, responses={200: DetectOutput})
    def post(self, request: Request) -> Response:
        found = origin_detect(upload=validated(DetectInput, request.data)["file"])
        return Response(DetectOutput({**asdict(found), "explanation": _explanation(found)}).data)


def _explanation(found: engine.Provenance) -> str:
    key = "unmarked"
    if found.made_here:
        key = "marked"
    elif found.made_here is None:
        key = "short_tagged" if found.tagged_as_generated else "short"
    elif found.tagged_as_generated:
        key = "tagged"
    return EXPLANATIONS[key][0 if get_language() == "ru" else 1]
