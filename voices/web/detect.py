"""The page that tells whether a sound file was made here."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from voices.web.pages import page
from voices.web.strings import detect as words


@require_safe
def detect(request: HttpRequest) -> HttpResponse:
    """A file in, an answer out; its script asks the API."""
    return page(
        request, "detect", words, data={"limits": {"uploadBytes": settings.UPLOAD_LIMIT_BYTES}}
    )
