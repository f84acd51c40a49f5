"""Speech as server-sent events, in OpenAI's shape."""

import base64
import json
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from typing import Any

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from rest_framework.request import Request

from voices.api.streaming_response import pieces_response
from voices.models import Job
from voices.owner import Owner
from voices.selectors.jobs import job_audio
from voices.services.speech.streaming import speech_stream


def whole_events_response(_request: Request, job: Job) -> StreamingHttpResponse:
    """A finished job's audio as one event."""
    with default_storage.open(job_audio(job).name) as file:
        return _response(job, file.read(), _nothing())


def events_response(
    *, owner: Owner, job: Job, on_end: Callable[[], object]
) -> StreamingHttpResponse:
    """The job's audio as events. An error before the first sentence is still an HTTP error.

    Raises:
        AppError: the job failed before it said anything.
    """
    pieces = speech_stream(owner=owner, job_id=job.pk, on_end=on_end)
    return _response(job, next(pieces, b""), pieces)


def _response(job: Job, first: bytes, rest: Generator[bytes, None, None]) -> StreamingHttpResponse:
    return pieces_response(
        _events(chain([first], rest), len(job.text)),
        rest,
        content_type="text/event-stream",
        headers={"X-Job-Id": str(job.pk)},
    )


def _events(pieces: Iterator[bytes], characters: int) -> Iterator[bytes]:
    """One for each sentence, and the last."""
    sent = 0
    for piece in pieces:
        sent += 1
        yield _event("speech.audio.delta", audio=base64.b64encode(piece).decode())
    # there are no tokens here: characters in, sentences out
    usage = {"input_tokens": characters, "output_tokens": sent, "total_tokens": characters + sent}
    yield _event("speech.audio.done", usage=usage)


def _nothing() -> Generator[bytes, None, None]:
    yield from ()


def _event(kind: str, **values: Any) -> bytes:
    return f"data: {json.dumps({'type': kind, **values})}\n\n".encode()
