"""Which language to answer in."""

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "lang"
LANGUAGES = ("ru", "en")
SITE_DEFAULT, API_DEFAULT = "ru", "en"


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
