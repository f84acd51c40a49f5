"""The History page: all that its owner has made."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from voices.web.pages import page
from voices.web.strings import history as words


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Search, replay, download, repeat, delete."""
    return page(request, "history", words)
