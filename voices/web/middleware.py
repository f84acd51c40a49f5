"""Around every request: its id, its address, its language, and what browsers may do with the answer."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

from voiceclone import tracing
from voiceclone.logging import log_context
from voices.metrics import request_answered
from voices.web.frame import COOKIE, LANGUAGES, accepted_language, chosen_language
from voices.web.refusals import is_api

logger = logging.getLogger("voices.request")

GetResponse = Callable[[HttpRequest], HttpResponse]

COMPRESSED = ("application/json", "application/vnd.oai.openapi")
PROBES = ("/healthz", "/readyz", "/metrics")
YEAR_SECONDS = 365 * 24 * 3600
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Middleware:
    """Stands around what answers a request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class RequestLogMiddleware(Middleware):
    """X-Request-Id in and out, one log line and the metrics of each request."""

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


class EitherSlashMiddleware(Middleware):
    """Addresses of the API answer with a slash at the end and without.

    A redirect would not do: clients follow it by GET, and drop the body.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):
            request.path_info = request.path_info.rstrip("/") + "/"
        elif request.path_info.startswith("/v1/"):
            request.path_info = request.path_info.rstrip("/")
        return self.get_response(request)


class JsonGzipMiddleware(GZipMiddleware):
    """Compress what is text and whole; sound is small already, and a stream must not wait."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").split(";")[0]
        if response.streaming or kind not in COMPRESSED:
            return response
        return super().process_response(request, response)


class PermissionsPolicyMiddleware(Middleware):
    """What of the device a page may use: the microphone, for one's own voice."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()"
        )
        return response


class LanguageMiddleware(Middleware):
    """API: Accept-Language. Site: the visitor's choice, until they make one Accept-Language too.

    `?lang=` on any page makes the choice and leads back to the page.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        of_api = is_api(request) and request.path_info != reverse("docs")
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
