"""Celery's doors: a name or an id in, one service called."""

from uuid import UUID

from celery import shared_task

from voices.services.runner import job_run_next
from voices.services.webhooks import webhook_deliver


@shared_task(name="voices.tasks.run_next")
def run_next(queue: str) -> None:
    job_run_next(queue=queue)


@shared_task(name="voices.tasks.deliver_webhook")
def deliver_webhook(webhook_id: str) -> None:
    webhook_deliver(webhook_id=UUID(webhook_id))
