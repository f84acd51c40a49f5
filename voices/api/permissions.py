"""Known callers only, and only within the scopes of their key."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from voices.api.auth import Credentials
from voices.models import Scope


class OwnerWithScope(BasePermission):
    """Reading needs the view's `read_scope`, else `read`; the rest its `write_scope`, else `speak`.

    `also_scope` of a view is needed besides. What is `open_to_read` may be read without a key.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Credentials):
            return request.method in SAFE_METHODS and getattr(view, "open_to_read", False)
        needed = (
            getattr(view, "read_scope", Scope.READ)
            if request.method in SAFE_METHODS
            else getattr(view, "write_scope", Scope.SPEAK)
        )
        also = getattr(view, "also_scope", needed)
        return {str(needed), str(also)} <= request.auth.scopes
