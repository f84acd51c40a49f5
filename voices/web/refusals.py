"""Errors told outside of REST views, in the shape of the door that was called."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse

from voices.api.exception_handler import Problem, problem_of
from voices.elevenlabs.views import elevenlabs_answer
from voices.errors import BadInput
from voices.openai.errors import openai_answer

Shape = Callable[[Problem], tuple[int, dict[str, Any]]]


def _own(problem: Problem) -> tuple[int, dict[str, Any]]:
    return problem.status, problem.body


DOORS: dict[str, Shape] = {
    "/api/": _own,
    "/v1/": openai_answer,
    "/elevenlabs/": elevenlabs_answer,
}


def is_api(request: HttpRequest) -> bool:
    """Whether a program calls, not a browser for a page."""
    return request.path.startswith(tuple(DOORS))


def error_response(request: HttpRequest, error: Exception) -> HttpResponse:
    """An expected error as JSON; any other is raised again."""
    problem = problem_of(error)
    if problem is None:
        raise error
    shapes = (shape for prefix, shape in DOORS.items() if request.path.startswith(prefix))
    status, body = next(shapes, _own)(problem)
    return JsonResponse(
        body,
        status=status,
        headers=problem.headers,
        json_dumps_params={"ensure_ascii": False},
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django itself refuses, first of all a Host that is not listed."""
    if isinstance(exception, DisallowedHost):
        host = request.META.get("HTTP_HOST", "")[:80]
        return error_response(
            request,
            BadInput(
                "host_not_allowed",
                f"this site does not answer to the name {host!r}; its operator adds the name to "
                "VOICECLONE_ALLOWED_HOSTS",
                f"этот сайт не отвечает на имя {host!r}; оператор добавляет имя в "
                "VOICECLONE_ALLOWED_HOSTS",
                setting="VOICECLONE_ALLOWED_HOSTS",
            ),
        )
    return error_response(
        request,
        BadInput("bad_request", "the request is not sound", "запрос составлен неправильно"),
    )
