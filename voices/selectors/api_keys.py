"""API keys as their user sees them."""

from django.db.models import QuerySet

from voices.errors import Forbidden
from voices.models import ApiKey
from voices.owner import Owner


def api_key_list(*, owner: Owner) -> QuerySet[ApiKey]:
    """Living keys, the newest first.

    Raises:
        Forbidden: `account_required`, a visitor has none.
    """
    if owner.user_id is None:
        raise account_required()
    return ApiKey.objects.filter(user_id=owner.user_id, revoked_at=None)


def account_required() -> Forbidden:
    return Forbidden(
        "account_required",
        "sign up or sign in first: this is for accounts only",
        "сначала зарегистрируйтесь или войдите: это есть только у аккаунта",
    )
