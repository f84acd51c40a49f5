"""From where a confirmation came: what a consent record keeps of the request."""

from typing import Any

from django.utils.translation import get_language
from rest_framework.request import Request

from voices.client_address import client_address
from voices.consent_texts import CURRENT
from voices.services.voices.consent import Confirmation

USER_AGENT_CHARACTERS = 300


def confirmation_of(request: Request, values: dict[str, Any]) -> Confirmation:
    """The confirmation in a form's `consent` and `consent_version`, taken out of its values."""
    return Confirmation(
        given=values.pop("consent"),
        version=values.pop("consent_version") or CURRENT,
        language="ru" if get_language() == "ru" else "en",
        address=client_address(request._request),
        user_agent=request.headers.get("User-Agent", "")[:USER_AGENT_CHARACTERS],
    )
