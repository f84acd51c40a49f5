"""Who calls: a program with a key, or a browser, signed in or not."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from voices.browsers import browser_owner
from voices.models import Scope
from voices.owner import Owner
from voices.selectors.api_keys import account_required
from voices.services.accounts.api_keys import LOCAL_USER, api_key_verify, user_ensure


@dataclass(frozen=True)
class Credentials:
    """What a caller may do, and whose rows are theirs."""

    owner: Owner
    scopes: frozenset[str]


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer vc_…`"""

    def authenticate(self, request: Request) -> tuple[Any, Credentials] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        return self.of_secret(request, secret.strip().decode("ascii", errors="replace"))

    def of_secret(self, request: Request, secret: str) -> tuple[Any, Credentials] | None:
        """Whose key it is. Raises AuthenticationFailed: nobody's."""
        key = api_key_verify(secret=secret)
        if key is None and is_keyless(request._request) and not secret.startswith("vc_"):
            return None  # clients send some word where a key is not needed
        if key is None:
            raise AuthenticationFailed
        return key.user, Credentials(Owner(user_id=key.user_id), frozenset(key.scopes))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BrowserAuthentication(SessionAuthentication):
    """A browser: of somebody who has signed in, or of a visitor who has opened the site.

    Needs the CSRF token for anything that changes.
    """

    def authenticate(self, request: Request) -> tuple[Any, Credentials] | None:
        owner = browser_owner(request._request)
        if owner is None:
            return None
        self.enforce_csrf(request)
        user = request._request.user if owner.user_id else AnonymousUser()
        return user, Credentials(owner, frozenset(str(scope) for scope in Scope))


class LoopbackAuthentication(BaseAuthentication):
    """A program on this machine, where the operator lets them in without a key."""

    def authenticate(self, request: Request) -> tuple[Any, Credentials] | None:
        if not is_keyless(request._request):
            return None
        user = user_ensure(username=LOCAL_USER)
        scopes = frozenset(str(scope) for scope in Scope if scope != Scope.ACCOUNT)
        return user, Credentials(Owner(user_id=user.pk), scopes)


def is_keyless(request: HttpRequest) -> bool:
    """Whether a call may come without a key: not through a proxy, and not from a page of another site."""
    if not settings.KEYLESS_LOOPBACK or settings.BEHIND_PROXY:
        return False
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    if origin and origin not in (own, *settings.CORS_ALLOWED_ORIGINS):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def reader_of(request: Request) -> Owner:
    """Whose rows this request may read; somebody who has none where nobody is known."""
    known = isinstance(request.auth, Credentials)
    return owner_of(request) if known else Owner(visitor=uuid4())


def owner_of(request: Request) -> Owner:
    """Whose rows this request may touch."""
    return _credentials(request).owner


def user_of(request: Request) -> User:
    """Who calls. Raises Forbidden: `account_required`."""
    if not isinstance(request.user, User):
        raise account_required()
    return request.user


def scopes_of(request: Request) -> frozenset[str]:
    """What this request may do."""
    return _credentials(request).scopes


def _credentials(request: Request) -> Credentials:
    credentials: Any = request.auth
    if not isinstance(credentials, Credentials):
        raise NotAuthenticated
    return credentials
