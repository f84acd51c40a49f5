"""The Batch page: many texts or a file at once."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from voices.web.choices import speech_choices
from voices.web.pages import page
from voices.web.strings import batch as words


@require_safe
def batch(request: HttpRequest) -> HttpResponse:
    """Texts or a file in, a zip out."""
    limits = {"texts": settings.BATCH_ITEMS_LIMIT, "fileBytes": settings.BATCH_FILE_LIMIT_BYTES}
    return page(request, "batch", words, data={"limits": limits}, context=speech_choices())
