"""How calls are read, let in, counted and answered: Django REST framework's parts as every API view has them."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.utils.json import strict_constant

from voices.api.auth import Credentials
from voices.browsers import client_address
from voices.models import Scope
from voices.services.jobs.rates import MINUTE_SECONDS, Rate, rates_take

_UNTENABLE = re.compile("[\x00\ud800-\udfff]")


class JsonParser(parsers.JSONParser):
    """JSON in UTF-8, 16 or 32, with a mark at its beginning or without.

    What no database and no answer could hold is refused here, in whatever field it stands: NUL, and
    halves of surrogate pairs. A body nested deeper than Python can follow is malformed too.
    """

    def parse(
        self, stream: Any, media_type: Any = None, parser_context: Any = None
    ) -> dict[str, Any]:
        try:
            data = json.loads(stream.read(), parse_constant=strict_constant)
            _check(data, "")
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        return data


class FormParser(parsers.MultiPartParser):
    """Forms with files, in UTF-8 whatever the request calls it: no browser sends another."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})


class StreamParser(parsers.BaseParser):
    """The body as it comes, for the view to read: what a request holds is there until cycles are collected."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


def _check(data: Any, name: str) -> None:
    if isinstance(data, str) and _UNTENABLE.search(data):
        message = (
            "В тексте есть NUL или половина суррогатной пары."
            if get_language() == "ru"
            else "The text has a NUL or a half of a surrogate pair."
        )
        shown = _UNTENABLE.sub("\ufffd", name)
        raise ValidationError({shown: [message]}, code="surrogate_characters_not_allowed")
    if isinstance(data, list):
        for item in data:
            _check(item, name)
    elif isinstance(data, dict):
        for key, value in data.items():
            _check(key, name or key)
            _check(value, name or key)


class FirstRenderer(BaseContentNegotiation):
    """Answer in the view's own kind whatever `Accept` says: audio calls ask for audio/mpeg, errors are JSON."""

    def select_parser(
        self, request: Request, parsers: Iterable[parsers.BaseParser]
    ) -> parsers.BaseParser | None:
        wanted = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type


class Pages(PageNumberPagination):
    """Lists as {count, next, previous, results}."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class OwnerWithScope(BasePermission):
    """Known callers only, within the scopes of their key.

    Reading needs the view's `read_scope`, else `read`; the rest its `write_scope`, else `speak`.

    `also_scope` of a view is needed besides. What is `open_to_read` may be read without a key.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Credentials):
            return request.method in SAFE_METHODS and getattr(view, "open_to_read", False)
        needed = (
            getattr(view, "read_scope", Scope.READ)
            if request.method in SAFE_METHODS
            else getattr(view, "write_scope", Scope.SPEAK)
        )
        also = getattr(view, "also_scope", needed)
        return {str(needed), str(also)} <= request.auth.scopes


class CallRate(BaseThrottle):
    """How often one may call, and send files: counted by account, and by address for visitors.

    Only calls that make or change something; reading is free, progress is polled.
    """

    seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS or not isinstance(request.auth, Credentials):
            return True
        user_id = request.auth.owner.user_id
        kind = "visitor" if user_id is None else "account"
        who = client_address(request._request) if user_id is None else f"user {user_id}"
        limits = {"calls": settings.CALLS_PER_MINUTE[kind]}
        if (request.content_type or "").startswith("multipart/"):
            limits["uploads"] = settings.UPLOADS_PER_MINUTE[kind]
        rates = [
            Rate(what=what, who=who, allowed=allowed, seconds=MINUTE_SECONDS)
            for what, allowed in limits.items()
            if allowed
        ]
        self.seconds = rates_take(rates) if rates else None
        return self.seconds is None

    def wait(self) -> float | None:
        return self.seconds
