"""Scores sung (/songs/) and read (/scores/), and the times of a song's words (/alignments/)."""

from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices import engine
from voices.api.auth import owner_of
from voices.api.consent import rights_of
from voices.api.conversions import queued_response
from voices.api.idempotency import IDEMPOTENCY_KEY
from voices.api.rest import FormParser, JsonParser
from voices.api.serializers.base import validated
from voices.api.serializers.jobs import JobOutput
from voices.api.serializers.songs import (
    AlignmentChange,
    AlignmentInput,
    AlignmentOutput,
    ScoreInput,
    ScoreOutput,
    SongWishInput,
    SuitsInput,
    VoiceSuitOutput,
    score_of,
    song_given,
)
from voices.audio_response import audio_response
from voices.kinds import SINGING
from voices.models import Job
from voices.selectors.jobs import job_file, job_get
from voices.services.songs.aligning import (
    AlignmentWish,
    alignment_change,
    alignment_get,
    alignment_job_prepare,
)
from voices.services.songs.scores import score_of_example, score_suits, score_taken
from voices.services.songs.singing import SongWish, song_job_prepare

SETTINGS = ("part", "transpose", "tempo", "vibrato", "render")
FILE_RESPONSES = {
    (200, "audio/flac"): OpenApiTypes.BINARY,
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
}
CHANGES = {"Cache-Control": "private, no-cache"}  # a person may set the times anew


class ScoresApi(APIView):
    """A score read, as notes with syllables; nothing of it is kept."""

    parser_classes = [FormParser, JsonParser]

    @extend_schema(operation_id="scores_list", responses={200: ScoreOutput(many=True)})
    def get(self, request: Request) -> Response:
        """The shipped songs by the names that `example` takes, in order."""
        return Response(
            [{"example": name, **score_of_example(name)} for name in engine.SONG_EXAMPLES]
        )

    @extend_schema(operation_id="scores_read", request=ScoreInput, responses={200: ScoreOutput})
    def post(self, request: Request) -> Response:
        given = score_of(validated(ScoreInput, request.data))
        return Response(score_taken(owner=owner_of(request), given=given).document)


class ScoreSuitsApi(APIView):
    """How each voice suits a score, the best first; nothing of it is kept."""

    parser_classes = [FormParser, JsonParser]

    @extend_schema(
        operation_id="scores_suits",
        request=SuitsInput,
        responses={200: VoiceSuitOutput(many=True)},
    )
    def post(self, request: Request) -> Response:
        values, owner = validated(SuitsInput, request.data), owner_of(request)
        read = score_taken(owner=owner, given=score_of(values))
        found = score_suits(owner=owner, document=read.document, part=values["part"])
        return Response([{"voice": voice, "suit": suit} for voice, suit in found.items()])


class SongsApi(APIView):
    """Sing a score in a voice: a job with the mix as its audio, the vocals, MIDI and LRC as files."""

    parser_classes = [FormParser, JsonParser]

    @extend_schema(
        operation_id="songs_create",
        parameters=[IDEMPOTENCY_KEY],
        request=SongWishInput,
        responses={202: JobOutput},
    )
    def post(self, request: Request) -> Response:
        values = validated(SongWishInput, request.data)
        rights = rights_of(request, values)
        settings = {name: values.pop(name) for name in SETTINGS}
        wish = SongWish(score=score_of(values), rights=rights, settings=settings, **values)
        owner = owner_of(request)
        return queued_response(request, lambda: song_job_prepare(owner=owner, wish=wish))


class SongApi(APIView):
    """One song, as the job that it is."""

    @extend_schema(operation_id="songs_get", responses={200: JobOutput})
    def get(self, request: Request, song_id: UUID) -> Response:
        job = job_get(owner=owner_of(request), job_id=song_id, kind=SINGING.name)
        return Response(JobOutput(job).data)


class SongFileApi(APIView):
    """A file of a song: `result` (the mix), `vocals`, `accompaniment`, `midi`, `lrc`, `score`, `notes`.

    Byte ranges are answered.
    """

    @extend_schema(
        operation_id="songs_file",
        parameters=[OpenApiParameter("Range", location=OpenApiParameter.HEADER)],
        responses=FILE_RESPONSES,
    )
    def get(self, request: Request, song_id: UUID, role: str) -> HttpResponseBase:
        job = job_get(owner=owner_of(request), job_id=song_id, kind=SINGING.name)
        return file_response(request, job, role)


class AlignmentsApi(APIView):
    """Find when each word of a song is sung: a job with its times as lrc, srt, ass, textgrid and json."""

    parser_classes = [FormParser]

    @extend_schema(
        operation_id="alignments_create",
        parameters=[IDEMPOTENCY_KEY],
        request=AlignmentInput,
        responses={202: JobOutput},
    )
    def post(self, request: Request) -> Response:
        values = validated(AlignmentInput, request.data)
        wish = AlignmentWish(given=song_given(values), **values)
        owner = owner_of(request)
        return queued_response(request, lambda: alignment_job_prepare(owner=owner, wish=wish))


class AlignmentApi(APIView):
    """One alignment: the job that it is, and its lines with the times of their words."""

    parser_classes = [JsonParser]

    @extend_schema(operation_id="alignments_get", responses={200: AlignmentOutput})
    def get(self, request: Request, alignment_id: UUID) -> Response:
        job = alignment_get(owner=owner_of(request), job_id=alignment_id)
        return Response(AlignmentOutput(job).data)

    @extend_schema(
        operation_id="alignments_update", request=AlignmentChange, responses={200: AlignmentOutput}
    )
    def patch(self, request: Request, alignment_id: UUID) -> Response:
        """Set the times anew; every file is written with them."""
        owner, values = owner_of(request), validated(AlignmentChange, request.data)
        job = alignment_change(owner=owner, job_id=alignment_id, lines=values["lines"])
        return Response(AlignmentOutput(job).data)


class AlignmentFileApi(APIView):
    """Its words in time as `lrc`, `srt`, `ass`, `textgrid` or `json`, or the song, `source`."""

    @extend_schema(
        operation_id="alignments_file",
        parameters=[OpenApiParameter("Range", location=OpenApiParameter.HEADER)],
        responses=FILE_RESPONSES,
    )
    def get(self, request: Request, alignment_id: UUID, role: str) -> HttpResponseBase:
        job = alignment_get(owner=owner_of(request), job_id=alignment_id)
        return file_response(request, job, role, CHANGES)


def file_response(
    request: Request, job: Job, role: str, headers: dict[str, str] | None = None
) -> HttpResponseBase:
    """One of the files of a job, called after the song."""
    stored = job_file(job, role)
    name = job.name.rpartition(".")[0] or job.name
    return audio_response(
        request,
        stored.name,
        file_format=stored.format,
        title=" ".join(part for part in (name, job.voice_name, role) if part),
        headers={"X-Job-Id": str(job.pk), **(headers or {})},
    )
