"""The calls of the OpenAPI document as rows that a page can show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

_VALUES = re.compile(r"^\* `.*(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something that a call takes."""

    name: str
    kind: str
    about: str
    required: bool


@dataclass(frozen=True, kw_only=True)
class Call:
    """One method of one address."""

    operation: str
    method: str
    path: str
    about: str
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def calls() -> tuple[Call, ...]:
    """All of them, by address; the schema does not change while the process runs."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return tuple(
        _call(schema, method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )


def _call(schema: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Call:
    given = [
        Field(
            name=one["name"],
            kind=_kind(schema, one["schema"]),
            about=_about(one),
            required=one.get("required", False),
        )
        for one in operation.get("parameters", ())
    ]
    bodies = operation.get("requestBody", {}).get("content", {}).values()
    sent = {field.name: field for body in bodies for field in _fields(schema, body["schema"])}
    return Call(
        operation=operation["operationId"],
        method=method.upper(),
        path=path,
        about=operation.get("description", ""),
        fields=(*given, *sent.values()),
        answers=tuple(
            (code, ", ".join(answer.get("content", {})))
            for code, answer in operation.get("responses", {}).items()
        ),
    )


def _fields(schema: dict[str, Any], body: dict[str, Any]) -> Iterator[Field]:
    body = _resolved(schema, body)
    for part in body.get("oneOf", ()):
        yield from _fields(schema, part)
    for name, one in body.get("properties", {}).items():
        yield Field(
            name=name,
            kind=_kind(schema, one),
            about=_about(one),
            required=name in body.get("required", ()),
        )


def _about(part: dict[str, Any]) -> str:
    """What it is; its values are named by its kind."""
    return _VALUES.sub("", part.get("description", "")).strip()


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    name = part.get("$ref", "").rsplit("/", 1)[-1]
    return schema["components"]["schemas"][name] if name else part


def _kind(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """A type in a few words: its values, its range or its items."""
    whole = _resolved(schema, part)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in whole:
            kinds = [_kind(schema, one) for one in whole[several]]
            return " | ".join(dict.fromkeys(kind for kind in kinds if kind))
    if "enum" in whole:
        return " | ".join(str(value) for value in whole["enum"] if value not in ("", None))
    if whole.get("type") == "array":
        return f"[{_kind(schema, whole['items'])}]"
    if "minimum" in whole and "maximum" in whole:
        return f"{whole['type']} {whole['minimum']:.12g}…{whole['maximum']:.12g}"
    return str(whole.get("format") or whole.get("type", ""))
