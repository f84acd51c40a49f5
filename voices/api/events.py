"""GET /jobs/{id}/events/: progress by server-sent events."""

import json
from collections.abc import Generator, Iterator
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, HttpResponseBase
from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.points import PointOutput
from voices.api.serializers.jobs import JobOutput
from voices.api.streaming_response import pieces_response
from voices.models import Job, TrainingPoint
from voices.selectors.jobs import job_get
from voices.selectors.points import points_last
from voices.services.jobs.events import job_events, job_version

RETRY_MILLISECONDS = 1000
POINTS_TOLD = 100  # in one event; /points/ has the others
TOLD = ("id", "status", "progress", "error", "audio", "started_at", "finished_at")


class JobEventsApi(APIView):
    """`event: progress` at each change, `event: end` at the last; comments keep the line open.

    The line is closed after a minute; an EventSource comes back by itself and is told what it has not
    seen. When the end was told, the answer is 204 and it stays away.
    """

    @extend_schema(
        operation_id="jobs_events",
        parameters=[OpenApiParameter("Last-Event-ID", location=OpenApiParameter.HEADER)],
        responses={
            (200, "text/event-stream"): OpenApiResponse(OpenApiTypes.STR),
            204: OpenApiResponse(description="The end of the job was told already."),
        },
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponseBase:
        find = partial(job_get, owner=owner_of(request), job_id=job_id)
        job, seen = find(), request.headers.get("Last-Event-ID", "")
        if not job.is_active and job_version(job) == seen:
            return HttpResponse(status=204)
        lines = _lines(job_events(find=find, seen=seen), translation.get_language() or "en")
        first = next(lines, b"")  # too many listeners is still an HTTP error
        return pieces_response(
            chain([first], lines), lines, content_type="text/event-stream", headers={}
        )


def _lines(jobs: Iterator[Job | None], language: str) -> Generator[bytes, None, None]:
    told: int | None = None  # step of the last point
    for number, job in enumerate(jobs):
        text = ": still there\n\n" if job is None else _event(job, language, _points(job, told))
        told = told if job is None else job.last_step
        head = f"retry: {RETRY_MILLISECONDS}\n" if number == 0 else ""
        yield (head + text).encode()


def _points(job: Job, told: int | None) -> list[TrainingPoint]:
    """What a training has measured since the last event; steps that begin anew are told anew."""
    if job.last_step is None or job.last_step == told:
        return []
    after = told if told is not None and told < job.last_step else None
    return points_last(job=job, after=after, count=POINTS_TOLD)


def _event(job: Job, language: str, points: list[TrainingPoint]) -> str:
    with translation.override(language):
        whole: dict[str, Any] = JobOutput(job).data
    told = {name: whole[name] for name in TOLD}
    if points:
        told["points"] = PointOutput(points, many=True).data
    data = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
    kind = "progress" if job.is_active else "end"
    return f"id: {job_version(job)}\nevent: {kind}\ndata: {data}\n\n"
