"""The page that describes the API: where to begin, examples that run, every call."""

import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from voices.web.frame import page_language
from voices.web.pages import page
from voices.web.reference import calls
from voices.web.strings import docs as words
from voices.web.strings import template_words

INTRO = settings.BASE_DIR / "voices" / "api" / "intro.md"
_CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_QUOTED = re.compile(r"`([^`]+)`")
_DOORS = {"/v1/": "OpenAI", "/elevenlabs/": "ElevenLabs"}


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Whoever reads it becomes no visitor."""
    language = page_language()
    t = template_words(words, language)
    examples = [
        {"title": t[f"example_{number}"], "codes": codes}
        for number, codes in enumerate(_examples())
    ]
    address = request.build_absolute_uri("/").rstrip("/")
    context = {
        "environment": f"export VOICECLONE_URL={address} VOICECLONE_KEY=vc_…",
        "examples": examples,
        "groups": _groups(russian=language == "ru"),
        "local": not settings.PRODUCTION,
    }
    return page(request, "docs", words, context=context, visitor=False)


@lru_cache(maxsize=1)
def _examples() -> list[list[tuple[str, str]]]:
    """(language, code) of each section of the introduction."""
    sections = INTRO.read_text(encoding="utf-8").split("\n### ")[1:]
    return [_CODE.findall(section) for section in sections]


def _groups(*, russian: bool) -> list[dict[str, Any]]:
    """Calls by what they are about: the part of the address after the version."""
    # what has no line yet is told in English; a test names it
    calls_told, fields_told = (words.CALLS, words.FIELDS) if russian else ({}, {})
    groups: dict[str, list[dict[str, Any]]] = {}
    for call in calls():
        row = {
            "call": call,
            "about": _with_code(calls_told.get(call.operation) or call.about.split("\n")[0]),
            "fields": [
                {"field": field, "about": _with_code(fields_told.get(field.about, field.about))}
                for field in call.fields
            ],
        }
        groups.setdefault(_group(call.path), []).append(row)
    return [{"name": name, "calls": rows} for name, rows in groups.items()]


def _with_code(text: str) -> SafeString:
    """What stands in backticks, as code."""
    return mark_safe(_QUOTED.sub(r"<code>\1</code>", escape(text)))  # noqa: S308  # escaped


def _group(path: str) -> str:
    for start, name in _DOORS.items():
        if path.startswith(start):
            return name
    return path.split("/")[3]
