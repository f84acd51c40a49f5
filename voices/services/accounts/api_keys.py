"""API keys: made, checked, revoked. The secret itself is never stored in the database."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from voices.errors import BadInput, Forbidden, NotFound
from voices.models import ApiKey, Scope

PREFIX_CHARACTERS = 8
LOCAL_USER = "local"  # whose key `manage.py serve` makes
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewKey:
    """The only moment at which the secret is known."""

    row: ApiKey
    secret: str


def api_key_create(*, user: User, name: str, scopes: list[str]) -> NewKey:
    """A new key `vc_<prefix>_<secret>`."""
    prefix = secrets.token_hex(PREFIX_CHARACTERS // 2)
    secret = f"vc_{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        user=user, name=name, prefix=prefix, digest=_digest(secret), scopes=scopes
    )
    return NewKey(row, secret)


def api_key_issue(*, user: User, name: str, scopes: list[str], granted: Collection[str]) -> NewKey:
    """A new key on the word of a caller who may do what is `granted`.

    Raises:
        BadInput: `name_required`, `unknown_scope`, `too_many_keys`.
        Forbidden: `scope_too_wide`, the key could do what its maker cannot.
    """
    name = " ".join(name.split())
    if not name:
        raise BadInput("name_required", "the key needs a name", "дайте ключу имя")
    known = [str(scope) for scope in Scope]
    if not scopes or not set(scopes) <= set(known):
        listed = ", ".join(known)
        raise BadInput(
            "unknown_scope",
            f"name what the key may do: one or more of {listed}",
            f"назовите, что ключу разрешено: одно или несколько из {listed}",
            scopes=known,
        )
    wider = sorted(set(scopes) - set(granted))
    if wider:
        raise Forbidden(
            "scope_too_wide",
            f"a key cannot give what it does not have itself: {', '.join(wider)}",
            f"ключ не может дать того, чего не имеет сам: {', '.join(wider)}",
            scopes=wider,
        )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two calls count one after the other
        if ApiKey.objects.filter(user=user, revoked_at=None).count() >= settings.API_KEYS_LIMIT:
            raise BadInput(
                "too_many_keys",
                f"at most {settings.API_KEYS_LIMIT} keys; revoke one first",
                f"ключей может быть не больше {settings.API_KEYS_LIMIT}; сначала отзовите лишний",
                limit=settings.API_KEYS_LIMIT,
            )
        return api_key_create(
            user=user, name=name, scopes=[scope for scope in known if scope in scopes]
        )


def api_key_verify(*, secret: str) -> ApiKey | None:
    """The living key that this secret opens, or None."""
    parts = secret.split("_", 2)
    if len(parts) != 3 or parts[0] != "vc":
        return None
    try:
        row = ApiKey.objects.select_related("user").get(prefix=parts[1][:16])
    except ApiKey.DoesNotExist:
        return None
    if not hmac.compare_digest(row.digest, _digest(secret)):
        return None
    if row.revoked_at or not row.user.is_active:
        return None
    _mark_used(row)
    return row


def api_key_revoke(*, user: User, prefix: str) -> None:
    """The key opens nothing from now on.

    Raises:
        NotFound: no living key of this user has this prefix.
    """
    living = ApiKey.objects.filter(user=user, prefix=prefix, revoked_at=None)
    if not living.update(revoked_at=timezone.now()):
        raise NotFound("unknown_key", "no such key", "нет такого ключа")


def _mark_used(row: ApiKey) -> None:
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - USED_EVERY:
        # of calls at the same moment one writes; the others would each wait for the disk
        seen = ApiKey.objects.filter(pk=row.pk, last_used_at=row.last_used_at)
        seen.update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def user_ensure(*, username: str) -> User:
    """The user of that name; a new one cannot sign in with a password."""
    user, created = User.objects.get_or_create(username=username)
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def api_key_in_file(*, user: User, name: str, path: Path) -> str:
    """The key kept at `path` if it still opens and is this user's of this name, else a new one written
    there (owner-readable).
    """
    if path.is_file():
        kept = path.read_text(encoding="utf-8").strip()
        row = api_key_verify(secret=kept)
        if row and (row.user_id, row.name) == (user.pk, name):
            return kept
    secret = api_key_create(user=user, name=name, scopes=[str(scope) for scope in Scope]).secret
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.touch(mode=0o600)
    partial.write_text(secret + "\n", encoding="utf-8")
    partial.replace(path)
    return secret
