"""The header Idempotency-Key."""

import hashlib
import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from voices.services.jobs.idempotency import Call

REPLAYED = "Idempotency-Replayed"
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description=(
        "Any text of up to 255 characters. The same call with the same key within 24 hours makes nothing "
        "new: it is answered with what the first one made, and `Idempotency-Replayed: true`. Another body "
        "with that key is refused with 422 `idempotency_key_reused`."
    ),
)


def call_of(request: Request) -> Call:
    """The request's key and a digest of its address and body."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return Call("", "")
    body = json.dumps([request.path_info, _plain(request.data)], sort_keys=True, ensure_ascii=True)
    return Call(key, hashlib.sha256(body.encode()).hexdigest())


def replayed_header(replayed: bool) -> dict[str, str]:
    return {REPLAYED: "true"} if replayed else {}


def _plain(data: Any) -> Any:
    """What json can write; a file stands for its content."""
    if hasattr(data, "lists"):  # a form
        return {name: [_plain(value) for value in values] for name, values in data.lists()}
    if isinstance(data, UploadedFile):
        digest = hashlib.sha256()
        for chunk in data.chunks():
            digest.update(chunk)
        data.seek(0)
        return [data.name, digest.hexdigest()]
    return data
