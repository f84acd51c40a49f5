"""Around every request: its id, its language, its size, and what browsers may do with the answer."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from voiceclone.logging import log_context
from voices.api.exception_handler import error_response
from voices.errors import TooLarge
from voices.metrics import HTTP_REQUESTS, HTTP_SECONDS
from voices.services.voices import upload_too_large
from voices.web.languages import accepted_language, chosen_language

logger = logging.getLogger("voices.request")

GetResponse = Callable[[HttpRequest], HttpResponse]

API_PREFIXES = ("/api/", "/v1/")
PROBES = ("/healthz", "/readyz", "/metrics")
DRAIN_BYTES = 256 * 1024 * 1024
FORM_OVERHEAD_BYTES = 256 * 1024  # fields and boundaries around the files
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLogMiddleware:
    """X-Request-Id in and out, one log line and the metrics of each request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = time.monotonic()
        with log_context(request_id=request_id):
            response = self.get_response(request)
            _record(request, response, time.monotonic() - started)
        response.headers["X-Request-Id"] = request_id
        return response


def _record(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = request.resolver_match.route if request.resolver_match else "unmatched"
    method = request.method or ""
    HTTP_REQUESTS.labels(method, route, str(response.status_code)).inc()
    HTTP_SECONDS.labels(method, route).observe(seconds)
    if not request.path.startswith((settings.STATIC_URL, *PROBES)):
        logger.info("%s %s %d %.0f ms", method, request.path, response.status_code, seconds * 1e3)


class SecurityHeadersMiddleware:
    """A strict Content-Security-Policy, unless the page has set its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()"
        )
        return response


class LanguageMiddleware:
    """API: Accept-Language. Site: the visitor's choice, Russian until they make one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        of_api = request.path.startswith(API_PREFIXES)
        language = accepted_language(request) if of_api else chosen_language(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"] if of_api else ["Cookie"])
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
