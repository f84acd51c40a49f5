"""Who calls: a program with a key, or a visitor of the site with a session."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from voices.models import Scope
from voices.owner import Owner
from voices.services.api_keys import api_key_verify

VISITOR_KEY = "visitor"


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
        key = api_key_verify(secret=secret.strip().decode("ascii", errors="replace"))
        if key is None:
            raise AuthenticationFailed
        return key.user, Credentials(Owner(user_id=key.user_id), frozenset(key.scopes))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class VisitorAuthentication(SessionAuthentication):
    """A browser that has opened the site; needs the CSRF token for anything that changes."""

    def authenticate(self, request: Request) -> tuple[Any, Credentials] | None:
        visitor = visitor_of(request._request)
        if visitor is None:
            return None
        self.enforce_csrf(request)
        scopes = frozenset(str(scope) for scope in Scope)
        return AnonymousUser(), Credentials(Owner(visitor=visitor), scopes)


def visitor_of(request: HttpRequest) -> UUID | None:
    """The visitor whose session this is, if the site was opened in it."""
    stored = request.session.get(VISITOR_KEY)
    return UUID(stored) if stored else None


def visitor_ensure(request: HttpRequest) -> UUID:
    """The session's visitor; a new one on the first page."""
    visitor = visitor_of(request)
    if visitor is None:
        visitor = uuid4()
        request.session[VISITOR_KEY] = str(visitor)
    return visitor


def owner_of(request: Request) -> Owner:
    """Whose rows this request may touch."""
    credentials = request.auth
    if not isinstance(credentials, Credentials):
        raise NotAuthenticated
    return credentials.owner
