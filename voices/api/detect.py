"""POST /detect/: whether a sound file was made here, and whether a machine speaks in it."""

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


JUDGEMENTS = {
    "person": (
        "Похоже, говорит человек. Доказательства в этом нет: синтезаторы, которых мы не слышали, могут звучать так же.",
        "This sounds like a person. It is no proof: synthesizers that we have not heard may sound so too.",
    ),
    "machine": (
        "Похоже, говорит машина. Это суждение по звуку, оно бывает ошибочным.",
        "This sounds like a machine. It is judged by ear, and such judgements can be wrong.",
    ),
    "between": (
        "По звуку нельзя сказать, человек это или машина.",
        "By its sound it cannot be told whether a person or a machine speaks.",
    ),
    "short": (
        "Слишком мало звука, чтобы судить на слух: нужно не меньше 3 секунд речи.",
        "Too little sound to judge by ear: at least 3 seconds of speech are needed.",
    ),
    "no_speech": ("Речи в записи не слышно.", "No speech is heard in the recording."),
    "music": (
        "Здесь поют или играет музыка; на слух мы судим только речь.",
        "There is singing or music here; only speech is judged by ear.",
    ),
}


class DetectInput(Input):
    file = FileField(help_text="mp3, wav, flac, ogg, m4a, amr, webm; up to ten minutes. Not kept.")


class JudgementOutput(serializers.Serializer):
    speaker = serializers.ChoiceField(
        choices=["person", "machine", "unknown"],
        help_text="Who speaks, judged by ear; it knows nothing of the mark.",
    )
    reason = serializers.ChoiceField(
        choices=["", "short", "between", "no_speech", "music"],
        allow_blank=True,
        help_text="Why it is unknown: too short, between the limits, no speech, music.",
    )
    share = serializers.FloatField(
        allow_null=True,
        help_text="Of machines among recordings that sound so, 0 to 1; null: not judged.",
    )
    machine_from = serializers.FloatField(help_text="From this share on: machine.")
    person_below = serializers.FloatField(help_text="Below this share: person.")
    seconds_heard = serializers.FloatField(help_text="Seconds that are loud enough to be judged.")
    curve = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        help_text="The share second by second; null where it is quiet.",
    )
    explanation = serializers.CharField()


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
    judgement = JudgementOutput()


class DetectApi(APIView):
    """Look for the inaudible watermark of this installation, and judge by ear who speaks, a person or a machine."""

    parser_classes = [FormParser]
    write_scope = Scope.READ

    @extend_schema(operation_id="detect", request=DetectInput, responses={200: DetectOutput})
    def post(self, request: Request) -> Response:
        found, judged = origin_detect(upload=validated(DetectInput, request.data)["file"])
        judgement = {
            **asdict(judged),
            "explanation": _in_words(JUDGEMENTS, judged.reason or judged.speaker),
        }
        answer = {**asdict(found), "explanation": _explanation(found), "judgement": judgement}
        return Response(DetectOutput(answer).data)


def _explanation(found: engine.Provenance) -> str:
    key = "unmarked"
    if found.made_here:
        key = "marked"
    elif found.made_here is None:
        key = "short_tagged" if found.tagged_as_generated else "short"
    elif found.tagged_as_generated:
        key = "tagged"
    return _in_words(EXPLANATIONS, key)


def _in_words(table: dict[str, tuple[str, str]], key: str) -> str:
    return table[key][0 if get_language() == "ru" else 1]
