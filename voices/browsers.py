"""Browsers: whose one is, signed in or not, and where a request comes from.

Who a browser without an account is says a signed cookie; no row is made for those who only look.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from voices.owner import Owner
from voices.services.accounts.adoption import visitor_adopt

COOKIE = "visitor"
SALT = "voices.visitor"
SESSION_KEY = "visitor"  # where earlier versions kept it
HOME_BITS = 64  # one IPv6 customer has at least so large a network


def browser_owner(request: HttpRequest) -> Owner | None:
    """Whose browser this is: the signed-in user's, else its visitor's, if it has one."""
    if request.user.is_authenticated:
        return Owner(user_id=request.user.pk)
    visitor = visitor_of(request)
    return Owner(visitor=visitor, address=client_address(request)) if visitor else None


def visitor_ensure(request: HttpRequest) -> Owner:
    """Whose browser this is, for a page: one that is nobody's gets a new visitor."""
    owner = browser_owner(request) or Owner(visitor=uuid4(), address=client_address(request))
    if owner.visitor is not None:
        visitor_remember(request, owner.visitor)
    return owner


def browser_sign_in(request: HttpRequest, user: User) -> None:
    """The browser becomes the user's, and with it what its visitor has made.

    The session gets a new key, so one that somebody else knew or planted opens nothing.
    """
    visitor = visitor_of(request)
    if visitor is not None:
        visitor_adopt(visitor=visitor, user=user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    visitor_forget(request)


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


def client_address(request: HttpRequest) -> str:
    """The caller's IPv4 address or IPv6 network; behind a proxy, what the proxy itself has seen.

    A client can put anything into X-Forwarded-For, the proxy appends the address it was called from:
    only the last one is true.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        text = request.headers.get("X-Forwarded-For", text).split(",")[-1].strip()
    try:
        address = ip_address(text)
    except ValueError:  # a Unix socket has none
        return text[:64]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, HOME_BITS), strict=False))
    return str(address)
