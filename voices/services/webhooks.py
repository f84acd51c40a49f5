"""Webhooks: signed news of what has ended (Standard Webhooks), tried again with growing pauses."""

import base64
import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError
from standardwebhooks import Webhook as Signer

from voices.errors import BadInput
from voices.models import Account, Batch, Job, Webhook
from voices.owner import Owner
from voices.services.outbound import Unreachable, post, url_check

logger = logging.getLogger(__name__)

DELIVER = "voices.tasks.deliver_webhook"
QUEUE = "webhooks"
# after each failed try; after the last one it is given up
PAUSES_SECONDS = (10, 60, 300, 1800, 7200, 18_000)
SENDING = timedelta(seconds=60)  # nobody else tries meanwhile
PREVIOUS_SIGNS = timedelta(hours=24)  # beside a new secret, longer than a message is tried
OK = range(200, 300)


@dataclass(frozen=True, kw_only=True)
class WebhookSecrets:
    """What an owner's webhooks are signed with; `previous` signs too until `previous_until`."""

    current: str
    previous: str | None = None
    previous_until: datetime | None = None

    @property
    def all(self) -> list[str]:
        return [self.current] if self.previous is None else [self.current, self.previous]


def webhook_secrets(owner: Owner) -> WebhookSecrets:
    """Made from the service's own secret, never stored."""
    account = Account.objects.filter(user_id=owner.user_id).first() if owner.user_id else None
    generation = account.webhook_generation if account else 0
    current = _secret(owner, generation)
    if account is None or account.webhook_renewed_at is None:
        return WebhookSecrets(current=current)
    until = account.webhook_renewed_at + PREVIOUS_SIGNS
    if until <= timezone.now():
        return WebhookSecrets(current=current)
    previous = _secret(owner, generation - 1)
    return WebhookSecrets(current=current, previous=previous, previous_until=until)


@transaction.atomic
def webhook_secret_renew(*, user: User) -> WebhookSecrets:
    """A new secret; the one before it goes on signing for a day, those before it do not."""
    account, _ = Account.objects.get_or_create(user=user)
    Account.objects.filter(pk=account.pk).update(
        webhook_generation=F("webhook_generation") + 1, webhook_renewed_at=timezone.now()
    )
    return webhook_secrets(Owner(user_id=user.pk))


def _secret(owner: Owner, generation: int) -> str:
    whose = f"user {owner.user_id}" if owner.visitor is None else f"visitor {owner.visitor}"
    what = f"webhook {whose}" + (f" {generation}" if generation else "")
    key = hmac.new(settings.SECRET_KEY.encode(), what.encode(), hashlib.sha256)
    return "whsec_" + base64.b64encode(key.digest()).decode()


def webhook_attach(*, url: str, made: Job | Batch) -> None:
    """Have the end of it told to the address; call it in the transaction that makes it.

    Raises:
        BadInput: `bad_webhook_url`.
    """
    if not url:
        return
    url_check(url)
    Webhook.objects.create(url=url, **{"job" if isinstance(made, Job) else "batch": made})


def webhook_due(**of: UUID) -> None:
    """`job_id=` or `batch_id=` has ended: its webhook goes out."""
    waiting = Webhook.objects.filter(**of, status=Webhook.Status.WAITING, due_at=None)
    for webhook_id in waiting.values_list("pk", flat=True):
        waiting.update(due_at=timezone.now())
        _send(webhook_id)


def webhooks_retry() -> None:
    """For the reaper: those whose time has come, or whose first message was lost."""
    now = timezone.now()
    waiting = Webhook.objects.filter(status=Webhook.Status.WAITING)
    ended = Q(job__status__in=_ended_jobs()) | (
        Q(batch__isnull=False) & ~Q(batch__status=Batch.Status.RUNNING)
    )
    waiting.filter(ended, due_at=None).update(due_at=now)
    for webhook_id in waiting.filter(due_at__lte=now).values_list("pk", flat=True)[:100]:
        _send(webhook_id)


def webhook_deliver(*, webhook_id: UUID) -> None:
    """One try, in a worker. Only one process tries at a time."""
    now = timezone.now()
    ours = Webhook.objects.filter(pk=webhook_id, status=Webhook.Status.WAITING, due_at__lte=now)
    if not ours.update(due_at=now + SENDING, attempts=F("attempts") + 1):
        return
    webhook = Webhook.objects.select_related("job__result", "batch").get(pk=webhook_id)
    status, problem = None, ""
    try:
        status = post(webhook.url, **_message(webhook))
    except (Unreachable, BadInput) as error:
        problem = str(error)[:200]
    values: dict[str, Any] = {"last_status": status, "last_error": problem}
    if status in OK:
        values |= {"status": Webhook.Status.DELIVERED, "delivered_at": timezone.now()}
    elif webhook.attempts > len(PAUSES_SECONDS):
        values |= {"status": Webhook.Status.FAILED}
    else:
        pause = PAUSES_SECONDS[webhook.attempts - 1]
        values |= {"due_at": timezone.now() + timedelta(seconds=pause)}
    Webhook.objects.filter(pk=webhook_id).update(**values)
    logger.info("webhook %s, try %d: %s", webhook_id, webhook.attempts, status or problem)


def _message(webhook: Webhook) -> dict[str, Any]:
    made: Any = webhook.job or webhook.batch
    now = timezone.now()
    kind = "job" if webhook.job else "batch"
    data: dict[str, Any] = {
        "id": str(made.pk),
        "status": made.status,
        "url": f"/api/v1/{'jobs' if webhook.job else 'batches'}/{made.pk}/",
    }
    if webhook.job:
        result = getattr(webhook.job, "result", None)
        data["seconds"] = result.seconds if result else None
        data["error"] = (
            {"code": webhook.job.error_code, "message": webhook.job.error_en}
            if webhook.job.status == Job.Status.FAILED
            else None
        )
    event = {"type": f"{kind}.{data['status']}", "timestamp": now.isoformat(), "data": data}
    body = json.dumps(event, ensure_ascii=False)
    owner = Owner(user_id=made.user_id, visitor=made.visitor)
    signatures = [
        Signer(secret).sign(str(webhook.pk), now, body) for secret in webhook_secrets(owner).all
    ]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "voiceclone-webhooks/1",
        "webhook-id": str(webhook.pk),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return {"body": body.encode(), "headers": headers}


def _send(webhook_id: UUID) -> None:
    try:
        current_app.tasks[DELIVER].apply_async(
            args=(str(webhook_id),), queue=QUEUE, routing_key=QUEUE, time_limit=60
        )
    except (OperationalError, OSError):
        logger.exception("webhook %s: the broker cannot be reached", webhook_id)


def _ended_jobs() -> list[str]:
    return [status for status in Job.Status if status not in Job.ACTIVE]
