"""POST /speech/: text in, sound out. POST /phonemes/: what will be said."""

from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.idempotency import IDEMPOTENCY_KEY, call_of, replayed_header
from voices.api.serializers.base import validated
from voices.api.serializers.speech import PhonemesInput, PhonemesOutput, StreamableSpeechInput
from voices.api.streaming_response import streaming_response
from voices.audio_formats import MEDIA_TYPES
from voices.audio_response import audio_response
from voices.models import Job
from voices.selectors.jobs import job_audio
from voices.services.jobs.idempotency import made_once
from voices.services.jobs.jobs import job_answer
from voices.services.jobs.waiting import waiting_place
from voices.services.speech.reading import text_read
from voices.services.speech.speech import SpeechWish, speech_job_prepare, speech_title


class SpeechApi(APIView):
    """Say a text of up to 5,000 characters and answer with the audio itself."""

    @extend_schema(
        operation_id="speech",
        parameters=[IDEMPOTENCY_KEY],
        request=StreamableSpeechInput,
        responses={
            (200, media_type): OpenApiResponse(OpenApiTypes.BINARY, description="The audio.")
            for media_type in MEDIA_TYPES.values()
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        values = validated(StreamableSpeechInput, request.data)
        return spoken_response(request, SpeechWish(**values))


def spoken_response(
    request: Request,
    wish: SpeechWish,
    *,
    streamed: Callable[..., HttpResponseBase] = streaming_response,
    whole: Callable[[Request, Job], HttpResponseBase] | None = None,
) -> HttpResponseBase:
    """Make a job of the wish and answer with its sound, once for each Idempotency-Key.

    Args:
        streamed: answers with the sentences of a wish for a stream.
        whole: answers with a finished job; `speech_response` when None.

    Raises:
        AppError: as `speech_job_prepare` and `job_answer`.
    """
    owner = owner_of(request)
    with ExitStack() as place:
        place.enter_context(waiting_place())
        call = call_of(request)
        job, replayed = made_once(
            owner=owner,
            call=call,
            prepare=lambda: speech_job_prepare(
                owner=owner, wish=wish, text_limit=settings.SYNC_TEXT_LIMIT
            ),
        )
        if wish.stream and not replayed:  # it is sent once; later there is its whole sound
            return streamed(owner=owner, job=job, on_end=place.pop_all().close)
        # who sends a key asks again with it
        made = job_answer(owner=owner, job_id=job.pk, kept=bool(call.key))
        response = (whole or speech_response)(request, made)
    for name, value in replayed_header(replayed).items():
        response.headers[name] = value
    return response


def speech_response(request: Request, job: Job) -> HttpResponseBase:
    """A finished job's audio with X-Job-Id and X-Audio-Seconds."""
    result = job_audio(job)
    return audio_response(
        request,
        result.name,
        file_format=result.format,
        title=f"{job.voice_name} {job.name or speech_title(job.text)}".strip(),
        headers={"X-Job-Id": str(job.pk), "X-Audio-Seconds": f"{result.seconds:.3f}"},
    )


class PhonemesApi(APIView):
    """Normalised text, stress and phonemes, sentence by sentence; a long text part by part."""

    @extend_schema(operation_id="phonemes", request=PhonemesInput, responses={200: PhonemesOutput})
    def post(self, request: Request) -> Response:
        values = validated(PhonemesInput, request.data)
        return Response(text_read(owner=owner_of(request), **values))
