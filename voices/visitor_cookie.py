"""Who a browser without an account is: a signed cookie says so, and no row is made for those who only look."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "visitor"
SALT = "voices.visitor"
SESSION_KEY = "visitor"  # where earlier versions kept it


def visitor_of(request: HttpRequest) -> UUID | None:
    """The visitor who has opened the site in this browser, if one has."""
    age = settings.VISITOR_COOKIE_SECONDS
    said = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=age)
    said = said or request.session.get(SESSION_KEY)
    return UUID(said) if said else None


def visitor_remember(request: HttpRequest, visitor: UUID) -> None:
    """The answer gives the browser its cookie, anew with each page."""
    _answer_with(request, str(visitor))


def visitor_forget(request: HttpRequest) -> None:
    """The browser is nobody's from now on."""
    request.session.pop(SESSION_KEY, None)
    _answer_with(request, "")


def _answer_with(request: Any, value: str) -> None:
    request.visitor_cookie = value


class VisitorCookieMiddleware:
    """Sets or removes the cookie as the page has asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        value = getattr(request, "visitor_cookie", None)
        if value:
            response.set_signed_cookie(
                COOKIE,
                value,
                salt=SALT,
                max_age=settings.VISITOR_COOKIE_SECONDS,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        elif value is not None:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
