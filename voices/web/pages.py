"""How a page is answered, and what stands in for pages that are not there.

A page is a view of a few lines in voices/web/views.py, an address in voices/web/urls.py, a line in
voices/web/frame.py when the navigation has it, words in voices/web/strings/<page>.py,
templates/voices/<page>.html and voices/static/voices/<page>.js and .css:

    @require_safe
    def history(request: HttpRequest) -> HttpResponse:
        return page(request, "history", words)
"""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from rest_framework import exceptions

from voices.browsers import visitor_ensure
from voices.errors import AppError, Broken
from voices.problems import DATABASE_AWAY, database_unavailable
from voices.web.frame import page_language
from voices.web.refusals import error_response, is_api
from voices.web.strings import Words, script_words, template_words


def page(
    request: HttpRequest,
    name: str,
    words: Words,
    *,
    data: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
    visitor: bool = True,
) -> HttpResponse:
    """templates/voices/<name>.html in the visitor's language.

    Args:
        words: the page's module of voices/web/strings.
        data: what its scripts find in `page` beside language and strings.
        context: what its template finds beside the frame's context and `t`.
        visitor: whether whoever opens it becomes a visitor, who can own things.
    """
    if visitor:
        visitor_ensure(request)
    language = page_language()
    everything = {
        "t": template_words(words, language),
        "page_data": {
            "language": language,
            "strings": script_words(words, language),
            **(data or {}),
        },
        **(context or {}),
    }
    response = render(request, f"voices/{name}.html", everything)
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404 in the kind that the caller reads."""
    if is_api(request):
        return error_response(request, exceptions.NotFound())
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500 likewise; the log has the cause. Without the database 503."""
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return database_away(request)
    if is_api(request):
        return error_response(
            request,
            Broken("internal_error", "something broke on our side", "у нас что-то сломалось"),
        )
    return error_page(request, 500)


def database_away(request: HttpRequest) -> HttpResponseBase:
    """503 likewise."""
    error = database_unavailable()
    told = error_response(request, error)
    if is_api(request):
        return told
    page = error_page(request, told.status_code, error)
    page.headers["Retry-After"] = told.headers["Retry-After"]
    return page


def error_page(request: HttpRequest, status: int, error: AppError | None = None) -> HttpResponse:
    """What went wrong, in words."""
    reason = error.message(page_language()) if error else ""
    context = {"status": status, "reason": reason}
    return render(request, "voices/error.html", context, status=status)
