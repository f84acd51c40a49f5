"""Bodies of requests before anybody parses them: how large they are, and those that come in chunks."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from voices.errors import AppError, BadInput, TooLarge
from voices.services.jobs.uploads import PART_BYTES, wrong_part_size
from voices.services.voices.uploads import upload_too_large
from voices.web.middleware import Middleware
from voices.web.refusals import error_response

DRAIN_BYTES = 256 * 1024 * 1024
FORM_OVERHEAD_BYTES = 256 * 1024  # fields and boundaries around the files
IN_MEMORY_BYTES = 1024 * 1024
BLOCK_BYTES = 64 * 1024
LINE_BYTES = 8 * 1024
_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


class BodyMiddleware(Middleware):
    """Refuse a body that is too large before it is parsed; gather one of a length that is not told.

    Django takes a body without Content-Length for an empty one.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit, too_large = _limit(request)
        with ExitStack() as kept:
            try:
                if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
                    body = kept.enter_context(SpooledTemporaryFile(IN_MEMORY_BYTES))
                    _gather(request, cast("BinaryIO", body), limit, too_large)
                elif _content_length(request) > limit:
                    _drain(request)
                    raise too_large
            except AppError as error:
                return error_response(request, error)
            return self.get_response(request)


def _limit(request: HttpRequest) -> tuple[int, AppError]:
    if request.content_type == "multipart/form-data":
        return settings.UPLOAD_LIMIT_BYTES + FORM_OVERHEAD_BYTES, upload_too_large()
    if request.content_type == "application/octet-stream":
        return PART_BYTES, wrong_part_size(PART_BYTES)
    return settings.JSON_LIMIT_BYTES, _body_too_large()


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest) -> None:
    """Read on for a while, or the client would see a broken connection instead of the answer."""
    if _content_length(request) > DRAIN_BYTES:
        return
    while request.read(1024 * 1024):
        pass


def _gather(request: HttpRequest, body: BinaryIO, limit: int, too_large: AppError) -> None:
    """Put the whole body, and its length, where Django looks for them."""
    size = 0
    try:
        for block in _blocks(request.META):
            size += len(block)
            if size > DRAIN_BYTES:
                break
            if size <= limit:
                body.write(block)
    except OSError as error:  # what gunicorn raises on broken chunks
        raise _broken_chunks() from error
    if size > limit:
        raise too_large
    body.seek(0)
    request.META["CONTENT_LENGTH"] = str(size)
    request._stream = body  # there is no other way in


def _blocks(environ: dict[str, Any]) -> Iterator[bytes]:
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):  # gunicorn has undone the chunks
        return iter(lambda: stream.read(BLOCK_BYTES), b"")
    # Django's own server leaves that to us, and ends its stream at Content-Length: the socket's is behind
    return _unchunked(stream._read.__self__)


def _unchunked(stream: BinaryIO) -> Iterator[bytes]:
    """Source: RFC 9112, section 7.1."""
    while True:
        head = _CHUNK_HEAD.fullmatch(stream.readline(LINE_BYTES))
        if head is None:
            raise _broken_chunks()
        left = int(head[1], 16)
        if left == 0:
            break
        while left:
            block = stream.read(min(left, BLOCK_BYTES))
            if not block:
                raise _broken_chunks()
            left -= len(block)
            yield block
        stream.readline(LINE_BYTES)
    while stream.readline(LINE_BYTES).strip():  # trailers
        pass


def _broken_chunks() -> BadInput:
    return BadInput(
        "malformed_body",
        "the body is not in chunks as Transfer-Encoding says",
        "тело запроса не разбито на части так, как говорит Transfer-Encoding",
    )


def _body_too_large() -> TooLarge:
    return TooLarge(
        "body_too_large",
        f"the body is larger than {settings.JSON_LIMIT_BYTES} bytes",
        f"тело запроса больше {settings.JSON_LIMIT_BYTES} байт",
        limit_bytes=settings.JSON_LIMIT_BYTES,
    )
