"""The same call sent twice makes one job: the second gets what the first made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from voices.errors import BadInput, Unusable
from voices.models import Batch, IdempotencyKey, Job
from voices.owner import Owner

KEPT = timedelta(hours=24)
MAX_CHARACTERS = 255
Made = TypeVar("Made", Job, Batch)


@dataclass(frozen=True)
class Call:
    """A call's key, if it has one, and the digest of all that it asks for."""

    key: str
    fingerprint: str


def made_once(
    *, owner: Owner, call: Call, prepare: Callable[[], Callable[[], Made]]
) -> tuple[Made, bool]:
    """What is made, or was made for an earlier call with the same key; and whether the latter.

    `prepare` reads and checks, which may take long, and gives what then makes it: only that is done inside
    the transaction. SQLite lets nobody else write meanwhile, not even a worker its lease.

    The key's row is written first and in the same transaction: of two calls at once the second waits
    for the first and then finds its row. A call that is refused leaves no key behind.

    Raises:
        BadInput: `bad_idempotency_key`.
        Unusable: `idempotency_key_reused`, the key came with another body before.
        AppError: what `prepare` and what it gives raise.
    """
    if not call.key:
        return prepare()(), False
    _check(call.key)
    _forget(owner, call.key)
    if earlier := _earlier(owner, call.key):
        return _made_before(earlier, call), True
    make = prepare()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                **owner.fields, key=call.key, fingerprint=call.fingerprint
            )
            made = make()
            field = "job" if isinstance(made, Job) else "batch"
            IdempotencyKey.objects.filter(pk=row.pk).update(**{field: made})
            return made, False
    except IntegrityError:
        earlier = _earlier(owner, call.key)
        if earlier is None:  # the fault was another
            raise
    return _made_before(earlier, call), True


def _earlier(owner: Owner, key: str) -> IdempotencyKey | None:
    return IdempotencyKey.objects.filter(owner.q, key=key).first()


def _made_before(earlier: IdempotencyKey, call: Call) -> Any:
    made = earlier.job or earlier.batch
    if earlier.fingerprint != call.fingerprint or made is None:
        raise Unusable(
            "idempotency_key_reused",
            "this Idempotency-Key was sent before with another request; use a new key",
            "этот Idempotency-Key уже был у другого запроса; возьмите новый ключ",
        )
    return made


def _check(key: str) -> None:
    if len(key) > MAX_CHARACTERS or not key.isascii() or not key.isprintable():
        raise BadInput(
            "bad_idempotency_key",
            f"an Idempotency-Key has 1 to {MAX_CHARACTERS} printable ASCII characters",
            f"в Idempotency-Key от 1 до {MAX_CHARACTERS} печатных знаков ASCII",
            limit=MAX_CHARACTERS,
        )


def _forget(owner: Owner, key: str) -> None:
    old = timezone.now() - KEPT
    IdempotencyKey.objects.filter(owner.q, key=key, created_at__lt=old).delete()


def idempotency_prune() -> None:
    """Drop keys past their time."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
