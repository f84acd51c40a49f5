"""Answer with a stored sound file, whole or by a byte range, so that players can seek."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from voices.audio_formats import MEDIA_TYPES, SUFFIXES
from voices.errors import NotFound

CHUNK_BYTES = 64 * 1024
FILE_NAME_CHARACTERS = 60
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def audio_response(
    request: Request | HttpRequest,
    name: str,
    *,
    audio_format: str,
    title: str,
    headers: dict[str, str],
) -> HttpResponseBase:
    """A stored file as an attachment called after its title.

    Raises:
        NotFound: `file_gone`, the row is there but its file is not.
    """
    if not default_storage.exists(name):
        raise NotFound("file_gone", "the sound file is gone", "звуковой файл пропал")
    size = default_storage.size(name)
    wanted = _byte_range(request.headers.get("Range", ""), size)
    common = {
        **headers,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": attachment(title, SUFFIXES[audio_format]),
    }
    if wanted == "unsatisfiable":
        return HttpResponse(status=416, headers={**common, "Content-Range": f"bytes */{size}"})
    first, last = wanted if isinstance(wanted, tuple) else (0, size - 1)
    if wanted:
        common["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingHttpResponse(
        _blocks(default_storage.open(name), first, last - first + 1),
        status=206 if wanted else 200,
        content_type=MEDIA_TYPES[audio_format],
        headers={**common, "Content-Length": str(last - first + 1)},
    )


def attachment(title: str, suffix: str) -> str:
    """Content-Disposition with a file name made of the title's words."""
    words = re.sub(r"[^\w]+", "-", title).strip("-_")[:FILE_NAME_CHARACTERS].rstrip("-")
    header = content_disposition_header(True, f"{words or 'speech'}.{suffix}")
    return header or "attachment"


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


def _blocks(file: Any, first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0:
            block = file.read(min(CHUNK_BYTES, length))
            if not block:
                return
            length -= len(block)
            yield block
