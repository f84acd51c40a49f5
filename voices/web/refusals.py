"""Errors told outside of REST views, in the shape of the door that was called."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse

from voices.errors import BadInput
from voices.problems import answer_at, problem_of


def is_api(request: HttpRequest) -> bool:
    """Whether a program calls, not a browser for a page."""
    return request.path.startswith(tuple(settings.ERROR_SHAPES))


def error_response(request: HttpRequest, error: Exception) -> HttpResponse:
    """An expected error as JSON; any other is raised again."""
    problem = problem_of(error)
    if problem is None:
        raise error
    status, body = answer_at(request.path, problem)
    return JsonResponse(
        body, status=status, headers=problem.headers, json_dumps_params={"ensure_ascii": False}
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
