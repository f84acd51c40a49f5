"""How often one may call, and send files: counted by account, and by address for visitors."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from voices.api.auth import Credentials
from voices.client_address import client_address
from voices.services.jobs.rates import MINUTE_SECONDS, Rate, rates_take


class CallRate(BaseThrottle):
    """Calls that make or change something; reading is free, progress is polled."""

    seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS or not isinstance(request.auth, Credentials):
            return True
        user_id = request.auth.owner.user_id
        kind = "visitor" if user_id is None else "account"
        who = client_address(request._request) if user_id is None else f"user {user_id}"
        limits = {"calls": settings.CALLS_PER_MINUTE[kind]}
        if (request.content_type or "").startswith("multipart/"):
            limits["uploads"] = settings.UPLOADS_PER_MINUTE[kind]
        rates = [
            Rate(what=what, who=who, allowed=allowed, seconds=MINUTE_SECONDS)
            for what, allowed in limits.items()
            if allowed
        ]
        self.seconds = rates_take(rates) if rates else None
        return self.seconds is None

    def wait(self) -> float | None:
        return self.seconds
