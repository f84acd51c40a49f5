"""The page of the voice bank."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from voices.web.pages import page
from voices.web.strings import bank as words


@require_safe
def bank(request: HttpRequest) -> HttpResponse:
    """Cards of the shipped voices, and a map of them beside one's own."""
    return page(request, "bank", words)
