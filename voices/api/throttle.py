"""How often one may call: counted by account, and by address for visitors."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from voices.api.auth import Credentials
from voices.client_address import client_address
from voices.services.rates import MINUTE_SECONDS, rate_take


class CallRate(BaseThrottle):
    """Calls that make or change something; reading is free, progress is polled."""

    seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS or not isinstance(request.auth, Credentials):
            return True
        user_id = request.auth.owner.user_id
        kind = "visitor" if user_id is None else "account"
        allowed = settings.CALLS_PER_MINUTE[kind]
        who = client_address(request._request) if user_id is None else f"user {user_id}"
        if allowed:
            self.seconds = rate_take(what="calls", who=who, allowed=allowed, seconds=MINUTE_SECONDS)
        return self.seconds is None

    def wait(self) -> float | None:
        return self.seconds
