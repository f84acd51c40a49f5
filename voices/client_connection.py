"""Whether whoever called is still there: a call that waits for a worker asks now and then."""

import os
import socket
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

_connection: ContextVar[int | None] = ContextVar("connection", default=None)


class ClientConnectionMiddleware:
    """Notes on which connection the call has come, for `client_watch`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        noted = _connection.set(_file_number(request.META))
        try:
            return self.get_response(request)
        finally:
            _connection.reset(noted)


def client_watch() -> Callable[[], bool]:
    """Tells at each call whether the client of the request at hand has hung up.

    Never, outside of a request. It holds as long as the request's answer is not sent.
    """
    number = _connection.get()
    return lambda: number is not None and _has_hung_up(number)


def _has_hung_up(number: int) -> bool:
    with socket.socket(fileno=os.dup(number)) as connection:
        try:
            return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:  # it is silent, and listens
            return False
        except OSError:
            return True


def _file_number(environ: dict[str, Any]) -> int | None:
    """Of the connection's socket, as gunicorn gives it, or beneath the body as Django's own server reads it."""
    given = environ.get("gunicorn.socket")
    if given is not None:
        return int(given.fileno())
    read: Any = getattr(environ.get("wsgi.input"), "_read", None)  # of a LimitedStream
    try:
        return int(read.__self__.fileno())
    except (AttributeError, OSError):  # a test's client has no connection
        return None
