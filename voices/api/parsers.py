"""Bodies of requests."""

import json
import re
from typing import Any

from django.utils.translation import get_language
from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.utils.json import strict_constant

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
