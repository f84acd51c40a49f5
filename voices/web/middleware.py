"""Around every request: its id, its language, its size, and what browsers may do with the answer."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

from voiceclone import tracing
from voiceclone.logging import log_context
from voices.api.exception_handler import error_response
from voices.errors import TooLarge
from voices.metrics import request_answered
from voices.services.uploads import upload_too_large
from voices.web.languages import COOKIE, LANGUAGES, accepted_language, chosen_language

logger = logging.getLogger("voices.request")

GetResponse = Callable[[HttpRequest], HttpResponse]

API_PREFIXES = ("/api/", "/v1/")
PROBES = ("/healthz", "/readyz", "/metrics")
YEAR_SECONDS = 365 * 24 * 3600
DRAIN_BYTES = 256 * 1024 * 1024
FORM_OVERHEAD_BYTES = 256 * 1024  # fields and boundaries around the files
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLogMiddleware:
    """X-Request-Id in and out, one log line and the metrics of each request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = time.monotonic()
        tracing.mark(request_id=request_id)
        with log_context(request_id=request_id):
            response = self.get_response(request)
            _record(request, response, time.monotonic() - started)
        response.headers["X-Request-Id"] = request_id
        return response


def _record(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = request.resolver_match.route if request.resolver_match else "unmatched"
    method = request.method or ""
    request_answered(method=method, route=route, status=response.status_code, seconds=seconds)
    if not request.path.startswith((settings.STATIC_URL, *PROBES)):
        logger.info("%s %s %d %.0f ms", method, request.path, response.status_code, seconds * 1e3)


class PermissionsPolicyMiddleware:
    """What of the device a page may use: the microphone, for one's own voice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()"
        )
        return response


class LanguageMiddleware:
    """API: Accept-Language. Site: the visitor's choice, until they make one Accept-Language too.

    `?lang=` on any page makes the choice and leads back to the page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        of_api = request.path.startswith(API_PREFIXES) and request.path != reverse("docs")
        wanted = request.GET.get("lang", "")
        if wanted in LANGUAGES and request.method == "GET" and not of_api:
            return _switched(request, wanted)
        language = accepted_language(request) if of_api else chosen_language(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", *([] if of_api else ["Cookie"])])
        return response


def _switched(request: HttpRequest, language: str) -> HttpResponse:
    rest = request.GET.copy()
    del rest["lang"]
    query = f"?{rest.urlencode()}" if rest else ""
    response = HttpResponseRedirect(escape_leading_slashes(request.path) + query)
    response.set_cookie(
        COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.HTTPS
    )
    return response


class BodyLimitMiddleware:
    """Refuse a body that is too large before it is parsed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = _content_length(request)
        if request.content_type == "multipart/form-data":
            error, limit = upload_too_large(), settings.UPLOAD_LIMIT_BYTES + FORM_OVERHEAD_BYTES
        else:
            error, limit = _body_too_large(), settings.JSON_LIMIT_BYTES
        if length <= limit:
            return self.get_response(request)
        _drain(request, length)
        response = error_response(error)
        response.headers["Connection"] = "close"
        return response


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest, length: int) -> None:
    """Read on for a while, or the client would see a broken connection instead of the answer."""
    if length > DRAIN_BYTES:
        return
    while request.read(1024 * 1024):
        pass


def _body_too_large() -> TooLarge:
    return TooLarge(
        "body_too_large",
        f"the body is larger than {settings.JSON_LIMIT_BYTES} bytes",
        f"тело запроса больше {settings.JSON_LIMIT_BYTES} байт",
        limit_bytes=settings.JSON_LIMIT_BYTES,
    )
