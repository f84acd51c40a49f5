"""Answer with a stored file, whole or by a byte range, so that players can seek."""

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, parse_etags
from rest_framework.request import Request

from voices.audio_formats import FILE_TYPES, MEDIA_TYPES, SUFFIXES
from voices.errors import NotFound
from voices.storage import store

if TYPE_CHECKING:
    from voices.s3 import PrivateS3Storage

ACCEL_PREFIX = "/protected-media/"  # an `internal` location of nginx
FILE_NAME_CHARACTERS = 60
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def audio_response(
    request: Request | HttpRequest,
    name: str,
    *,
    file_format: str,
    title: str,
    headers: dict[str, str],
) -> HttpResponseBase:
    """A stored file as an attachment called after its title; of most kinds of file a sound.

    Raises:
        NotFound: `file_gone`, the row is there but its file is not.
    """
    if not default_storage.exists(name):
        raise NotFound("file_gone", "the file is gone", "файл пропал")
    common = {
        "Cache-Control": "private, max-age=3600",  # what is made stays as it is
        "Content-Disposition": attachment(title, SUFFIXES.get(file_format, file_format)),
        **headers,
    }
    if settings.MEDIA_DELIVERY == "app" or request.method == "POST":
        return _from_here(request, name, media_type(file_format), common)
    return _from_elsewhere(name, media_type(file_format), common)


def media_type(file_format: str) -> str:
    """Of a sound's format, or by the suffix of other files."""
    known = MEDIA_TYPES.get(file_format) or FILE_TYPES.get(file_format)
    guessed, _ = mimetypes.guess_type(f"file.{file_format}")
    return known or guessed or "application/octet-stream"


def _from_here(
    request: Request | HttpRequest, name: str, media_type: str, headers: dict[str, str]
) -> HttpResponseBase:
    size, etag = default_storage.size(name), etag_of(name)
    headers = {**headers, "Accept-Ranges": "bytes", "ETag": etag}
    if request.method != "POST" and _is_known(request, etag):
        return HttpResponse(status=304, headers=headers)
    wanted = _byte_range(_range_header(request, etag), size)
    if wanted == "unsatisfiable":
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    first, last = wanted if isinstance(wanted, tuple) else (0, size - 1)
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingHttpResponse(
        store().blocks(name, first, last - first + 1),
        status=206 if wanted else 200,
        content_type=media_type,
        headers={**headers, "Content-Length": str(last - first + 1)},
    )


def etag_of(name: str) -> str:
    """Of a stored file: nothing else is ever stored under its name."""
    return f'"{hashlib.sha256(name.encode()).hexdigest()[:32]}"'


def _is_known(request: Request | HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in {one.removeprefix("W/") for one in known}


def _range_header(request: Request | HttpRequest, etag: str) -> str:
    """What is to be cut out: of a file that is read, not of what is made; of the file that is meant."""
    if request.method == "POST" or request.headers.get("If-Range", etag) != etag:
        return ""
    return str(request.headers.get("Range", ""))


def _from_elsewhere(name: str, media_type: str, headers: dict[str, str]) -> HttpResponse:
    """The proxy sends the file from its disk, or S3 does at a signed address."""
    if settings.MEDIA_DELIVERY == "accel":
        place = {"X-Accel-Redirect": f"{ACCEL_PREFIX}{name}"}
        return HttpResponse(content_type=media_type, headers={**headers, **place})
    link = cast("PrivateS3Storage", default_storage).link(
        name, media_type=media_type, disposition=headers["Content-Disposition"]
    )
    # the address expires, so nobody may keep this answer as long as the file itself
    return HttpResponseRedirect(link, headers={**headers, "Cache-Control": "no-store"})


def zip_response(pieces: Iterator[bytes], *, title: str) -> StreamingHttpResponse:
    """A zip that is sent while it is made."""
    return StreamingHttpResponse(
        pieces,
        content_type="application/zip",
        headers={
            "Content-Disposition": attachment(title, "zip"),
            "Cache-Control": "private, no-store",
            "X-Accel-Buffering": "no",
        },
    )


def attachment(title: str, suffix: str) -> str:
    """Content-Disposition with a file name made of the title's words, and one in ASCII for old clients."""
    words = re.sub(r"[^\w]+", "-", title).strip("-_")[:FILE_NAME_CHARACTERS].rstrip("-")
    header = content_disposition_header(True, f"{words or 'speech'}.{suffix}") or "attachment"
    return header.replace("filename*=", f'filename="speech.{suffix}"; filename*=')


def _byte_range(header: str, size: int) -> tuple[int, int] | str | None:
    """(first, last) of a single range; None to send it all; "unsatisfiable"."""
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if not match or match[0] == "bytes=-":
        return None
    first_text, last_text = match.groups()
    if not first_text:  # the last N bytes
        length = min(int(last_text), size)
        return (size - length, size - 1) if length else "unsatisfiable"
    first = int(first_text)
    last = min(int(last_text), size - 1) if last_text else size - 1
    if last_text and int(last_text) < first:
        return None
    return (first, last) if first < size else "unsatisfiable"
