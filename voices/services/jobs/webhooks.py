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

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from voices.dispatch import WEBHOOKS, dispatch_webhook, messages_waiting
from voices.errors import BadInput
from voices.models import Account, Batch, Job, Webhook
from voices.owner import Owner
from voices.services.jobs.outbound import Unreachable, post, url_check

logger = logging.getLogger(__name__)

# after each failed try; after the last one it is given up
PAUSES_SECONDS = (10, 60, 300, 1800, 7200, 18_000)
SENDING = timedelta(seconds=60)  # longer than a call may take
MESSAGES_AT_ONCE = 200
CANDIDATES = 8
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
    if waiting.update(due_at=timezone.now()):
        dispatch_webhook()


def webhooks_retry() -> None:
    """For the reaper: what is due gets the messages that it lacks, those of first tries included."""
    waiting = Webhook.objects.filter(status=Webhook.Status.WAITING)
    ended = Q(job__status__in=_ended_jobs()) | (
        Q(batch__isnull=False) & ~Q(batch__status=Batch.Status.RUNNING)
    )
    waiting.filter(ended, due_at=None).update(due_at=timezone.now())
    due = _deliverable().count()
    known = messages_waiting(queue=WEBHOOKS) if due else None
    if known is not None:
        for _ in range(min(due - known, MESSAGES_AT_ONCE)):
            dispatch_webhook()


def webhook_deliver_next() -> None:
    """One try of what is due the longest, in a worker.

    Each owner's news are told one after the other, so that a receiver that is slow to answer keeps
    nobody's waiting but its owner's.
    """
    webhook = _claim_next()
    if webhook is None:
        return
    _deliver(webhook)
    if _deliverable().filter(_of(_owner(webhook))).exists():
        dispatch_webhook()  # the messages of those were heard in vain meanwhile


def _deliverable() -> QuerySet[Webhook]:
    """What may be sent now, the longest due first: of owners to whom nothing is being told."""
    now = timezone.now()
    due = Webhook.objects.filter(
        status__in=(Webhook.Status.WAITING, Webhook.Status.SENDING), due_at__lte=now
    )
    under_way = Webhook.objects.filter(status=Webhook.Status.SENDING, due_at__gt=now)
    for owner in map(_owner, under_way.select_related("job", "batch")):
        due = due.exclude(_of(owner))
    return due.order_by("due_at")


def _claim_next() -> Webhook | None:
    for webhook_id in list(_deliverable().values_list("pk", flat=True)[:CANDIDATES]):
        now = timezone.now()
        claimed = Webhook.objects.filter(pk=webhook_id, due_at__lte=now).update(
            status=Webhook.Status.SENDING, due_at=now + SENDING, attempts=F("attempts") + 1
        )
        if claimed:  # else somebody was quicker
            told = Webhook.objects.select_related("job", "batch")
            return told.filter(pk=webhook_id).first()
    return None


def _deliver(webhook: Webhook) -> None:
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
        due_at = timezone.now() + timedelta(seconds=pause)
        values |= {"status": Webhook.Status.WAITING, "due_at": due_at}
    Webhook.objects.filter(pk=webhook.pk, attempts=webhook.attempts).update(**values)
    logger.info("webhook %s, try %d: %s", webhook.pk, webhook.attempts, status or problem)


def _owner(webhook: Webhook) -> Owner:
    made: Any = webhook.job or webhook.batch
    return Owner(user_id=made.user_id, visitor=made.visitor)


def _of(owner: Owner) -> Q:
    return owner.q_through("job__") | owner.q_through("batch__")


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
        result = webhook.job.result
        data["seconds"] = result.seconds if result else None
        data["error"] = (
            {"code": webhook.job.error_code, "message": webhook.job.error_en}
            if webhook.job.status == Job.Status.FAILED
            else None
        )
    event = {"type": f"{kind}.{data['status']}", "timestamp": now.isoformat(), "data": data}
    body = json.dumps(event, ensure_ascii=False)
    secrets = webhook_secrets(_owner(webhook)).all
    signatures = [Signer(secret).sign(str(webhook.pk), now, body) for secret in secrets]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "voiceclone-webhooks/1",
        "webhook-id": str(webhook.pk),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return {"body": body.encode(), "headers": headers}


def _ended_jobs() -> list[str]:
    return [status for status in Job.Status if status not in Job.ACTIVE]
