"""Known callers only, and only within the scopes of their key."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from voices.api.auth import Credentials
from voices.models import Scope


class OwnerWithScope(BasePermission):
    """Reading needs `read`; anything else the view's `write_scope`, `speak` if it names none."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Credentials):
            return False
        needed = (
            Scope.READ
            if request.method in SAFE_METHODS
            else getattr(view, "write_scope", Scope.SPEAK)
        )
        return str(needed) in request.auth.scopes
