"""Answer with audio that is still being made."""

from collections.abc import Callable, Generator, Iterator
from itertools import chain

from django.http import StreamingHttpResponse

from voices.audio_formats import MEDIA_TYPES, SUFFIXES
from voices.audio_response import attachment
from voices.models import Job
from voices.owner import Owner
from voices.services.speech.speech import speech_title
from voices.services.speech.streaming import speech_stream


class _Body:
    """Pieces of an answer; closing it closes what they are made from, begun or not: a job is cancelled so, a
    listener's place given back.
    """

    def __init__(self, pieces: Iterator[bytes], made_from: Generator[bytes, None, None]) -> None:
        self._pieces, self._made_from = pieces, made_from

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        self._made_from.close()


def pieces_response(
    pieces: Iterator[bytes],
    made_from: Generator[bytes, None, None],
    *,
    content_type: str,
    headers: dict[str, str],
) -> StreamingHttpResponse:
    """An answer as it comes: no proxy holds it back, nobody keeps it."""
    return StreamingHttpResponse(
        _Body(pieces, made_from),
        content_type=content_type,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers},
    )


def streaming_response(
    *, owner: Owner, job: Job, on_end: Callable[[], object]
) -> StreamingHttpResponse:
    """Sentence by sentence. An error before the first one is still an HTTP error.

    Raises:
        AppError: the job failed before it said anything.
    """
    parts = speech_stream(owner=owner, job_id=job.pk, on_end=on_end)
    first = next(parts, b"")
    audio_format = job.params["format"]
    return pieces_response(
        chain([first], parts),
        parts,
        content_type=MEDIA_TYPES[audio_format],
        headers={
            "X-Job-Id": str(job.pk),
            "Content-Disposition": attachment(
                f"{job.voice_name} {speech_title(job.text)}", SUFFIXES[audio_format]
            ),
        },
    )
