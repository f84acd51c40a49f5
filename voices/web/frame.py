"""What stands around every page: the sections it links to, and which language it is in.

A page joins the navigation by one line in GROUPS: the name of its address and the word of
voices/web/strings/frame.py that it is called by.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

from voices.web.strings import frame, template_words

COOKIE = "lang"
LANGUAGES = ("ru", "en")
SITE_DEFAULT, API_DEFAULT = "ru", "en"


@dataclass(frozen=True)
class Section:
    """A page of the navigation; `leads_to` are pages that are reached from it and stand in its place."""

    address: str
    word: str
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Pages of one subject, side by side."""

    word: str
    sections: tuple[Section, ...]


GROUPS = (
    Group("nav_speak", (Section("home", "nav_speak"), Section("page-batch", "nav_batch"))),
    Group(
        "nav_sing",
        (
            Section("page-conversion", "nav_conversion", leads_to=("page-live-voice",)),
            Section("page-singing", "nav_singing", leads_to=("page-lyrics",)),
        ),
    ),
    Group(
        "nav_voices",
        (
            Section("page-bank", "nav_voices"),
            Section("page-my-voices", "nav_my_voices"),
            Section("page-studio", "nav_studio", leads_to=("page-training",)),
            Section("page-detect", "nav_detect"),
        ),
    ),
    Group("nav_history", (Section("page-history", "nav_history"),)),
    Group("nav_account", (Section("page-account", "nav_account"),)),
)


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. It stands in for pages that failed as well, so it asks no database."""
    language = page_language()
    words = template_words(frame, language)
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "language": language,
        "other_language": next(code for code in LANGUAGES if code != language),
        "t": words,
        "navigation": [
            {
                "label": words[group.word],
                "sections": [
                    {
                        "url": reverse(section.address),
                        "label": words[section.word],
                        "current": here in (section.address, *section.leads_to),
                    }
                    for section in group.sections
                ],
            }
            for group in GROUPS
            if group.sections
        ],
    }


def page_language() -> str:
    """The language of the answer, as the middleware has set it."""
    return get_language() or LANGUAGES[0]


def accepted_language(request: HttpRequest, default: str = API_DEFAULT) -> str:
    """The best of ours in Accept-Language, else `default`."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        short = code.split("-")[0]
        if short in LANGUAGES:
            return short
    return default


def chosen_language(request: HttpRequest) -> str:
    """What the visitor has switched to, else what the browser asks for, else Russian."""
    cookie = request.COOKIES.get(COOKIE, "")
    return cookie if cookie in LANGUAGES else accepted_language(request, SITE_DEFAULT)
