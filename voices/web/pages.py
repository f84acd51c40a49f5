"""The site's page, and what stands in for pages that are not there."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework import exceptions

from voices.api.auth import visitor_ensure
from voices.api.exception_handler import error_response
from voices.errors import Broken
from voices.services.speech import PITCH_RANGE_SEMITONES, SPEED_RANGE
from voices.web.languages import COOKIE, LANGUAGES
from voices.web.middleware import API_PREFIXES
from voices.web.strings import script_strings, template_strings

YEAR_SECONDS = 365 * 24 * 3600


@require_safe
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """The whole flow on one page: voice, text, speech."""
    wanted = request.GET.get("lang", "")
    if wanted in LANGUAGES:
        return _switched(wanted)
    visitor_ensure(request)
    language = get_language() or LANGUAGES[0]
    limits = {
        "text": settings.JOB_TEXT_LIMIT,
        "uploadBytes": settings.UPLOAD_LIMIT_BYTES,
        "recordings": settings.RECORDINGS_LIMIT,
    }
    context = {
        "language": language,
        "other_language": next(code for code in LANGUAGES if code != language),
        "t": template_strings(language),
        "page_data": {"language": language, "limits": limits, "strings": script_strings(language)},
        "text_limit": settings.JOB_TEXT_LIMIT,
        "speed_range": SPEED_RANGE,
        "pitch_range": PITCH_RANGE_SEMITONES,
    }
    response = render(request, "voices/home.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _switched(language: str) -> HttpResponse:
    response = redirect("home")
    response.set_cookie(
        COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.HTTPS
    )
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404 in the kind that the caller reads."""
    if request.path.startswith(API_PREFIXES):
        return error_response(exceptions.NotFound())
    return _plain(request, 404)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500 likewise; the log has the cause."""
    if request.path.startswith(API_PREFIXES):
        return error_response(
            Broken("internal_error", "something broke on our side", "у нас что-то сломалось")
        )
    return _plain(request, 500)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    language = get_language() or LANGUAGES[0]
    context = {"language": language, "t": template_strings(language), "status": status}
    return render(request, "voices/error.html", context, status=status)
