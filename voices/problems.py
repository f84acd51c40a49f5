"""Errors as {"error": {"code", "message", "details"}}, in Russian or English, or in the shape of another door."""

import logging
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from rest_framework import exceptions
from rest_framework.response import Response

from voices.errors import AppError, Outage
from voices.in_words import time_in_words
from voices.storage import disk_is_full, storage_full

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)

# class: (code, English, Russian)
_MESSAGES: dict[type[Exception], tuple[str, str, str]] = {
    exceptions.NotAuthenticated: (
        "not_authenticated",
        "send an API key: Authorization: Bearer <key>",
        "нужен ключ API: Authorization: Bearer <ключ>",
    ),
    exceptions.AuthenticationFailed: (
        "invalid_key",
        "this API key is not valid",
        "этот ключ API недействителен",
    ),
    exceptions.PermissionDenied: (
        "forbidden",
        "this key or session may not do that",
        "этому ключу или сеансу такое не разрешено",
    ),
    exceptions.NotFound: ("not_found", "there is nothing here", "здесь ничего нет"),
    exceptions.MethodNotAllowed: (
        "method_not_allowed",
        "this address does not take that method",
        "этот адрес не принимает такой метод",
    ),
    exceptions.UnsupportedMediaType: (
        "unsupported_media_type",
        "this address does not take that Content-Type",
        "этот адрес не принимает такой Content-Type",
    ),
    exceptions.ParseError: (
        "malformed_body",
        "the body cannot be parsed",
        "тело запроса не разобрать",
    ),
    exceptions.Throttled: ("too_many_requests", "too many requests", "слишком много запросов"),
    RequestDataTooBig: ("body_too_large", "the body is too large", "тело запроса слишком велико"),
}


# Russian of what Django REST framework leaves in English
_LEFT_IN_ENGLISH = {
    "Not a valid string.": "Ожидается строка.",
    "Must be a valid boolean.": "Ожидается true или false.",
    "Integer value too large to convert to float": "Слишком большое число.",
}


@dataclass(frozen=True)
class Problem:
    """What is told about any error, in the language of the request."""

    status: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


def problem_of(error: Exception) -> Problem | None:
    """Describe an expected error; None for one that is our fault."""
    if isinstance(error, DATABASE_AWAY):
        logger.error("the database cannot be used: %s", error)
        error = database_unavailable()
    elif isinstance(error, OSError) and disk_is_full(error):  # an upload is kept while it is read
        logger.error("no room for an upload: %s", error)
        error = storage_full()
    if isinstance(error, AppError):
        seconds = error.retry_after_seconds
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Problem(
            error.status, error.code, error.message(get_language()), error.details, headers
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoPermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    if isinstance(error, RequestDataTooBig):
        return _known(error, 413)
    if isinstance(error, exceptions.APIException):
        return _known(error, error.status_code)
    return None


def own_answer(problem: Problem) -> tuple[int, dict[str, Any]]:
    """Status and body in our own shape."""
    return problem.status, problem.body


def answer_at(path: str, problem: Problem) -> tuple[int, dict[str, Any]]:
    """Status and body in the shape of the door that an address belongs to."""
    doors = (shape for door, shape in settings.ERROR_SHAPES.items() if path.startswith(door))
    shape = next(doors, None)
    told: tuple[int, dict[str, Any]] = (import_string(shape) if shape else own_answer)(problem)
    return told


def database_unavailable() -> Outage:
    return Outage(
        "database_unavailable",
        "the database cannot be reached now; try again later",
        "база данных сейчас недоступна; повторите позже",
    )


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's hook."""
    problem = problem_of(error)
    if problem is None:
        return None  # Django logs it and answers with handler500
    status, body = answer_at(context["request"].path, problem)
    return Response(body, status=status, headers=problem.headers)


def _known(error: Exception, status: int) -> Problem:
    code, en, ru = _MESSAGES.get(type(error), ("error", str(error), str(error)))
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        seconds = int(error.wait)  # type: ignore[attr-defined]
        headers["Retry-After"] = str(seconds)
        en = f"{en}; try again in {time_in_words(seconds, 'en')}"
        ru = f"{ru}; повторите через {time_in_words(seconds, 'ru')}"
    details: dict[str, Any] = {}
    if isinstance(error, exceptions.ParseError):
        details["reason"] = str(error.detail)
    return Problem(status, code, ru if get_language() == "ru" else en, details, headers)


def _invalid(error: exceptions.ValidationError) -> Problem:
    fields = _translated(error.get_full_details())
    name, first = _first(fields)
    code = "invalid_request"
    if first["code"] in {"null_characters_not_allowed", "surrogate_characters_not_allowed"}:
        code = "control_characters"
    message = f"{name}: {first['message']}" if name else first["message"]
    return Problem(error.status_code, code, message, {"fields": fields})


def _translated(details: Any) -> Any:
    """Nested details with the messages that were left in English."""
    if get_language() != "ru":
        return details
    if isinstance(details, list):
        return [_translated(item) for item in details]
    if isinstance(details, dict):
        return {name: _translated(item) for name, item in details.items()}
    return _LEFT_IN_ENGLISH.get(str(details), details)


def _first(details: Any, name: str = "") -> tuple[str, dict[str, str]]:
    """The first message in nested details, and the name of its field."""
    if isinstance(details, list):
        return _first(details[0], name)
    if "message" in details and "code" in details:
        return name, {"message": str(details["message"]), "code": str(details["code"])}
    inner_name, inner = next(iter(details.items()))
    return _first(inner, name if inner_name == "non_field_errors" else str(inner_name))
