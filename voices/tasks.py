"""Celery's doors: an id in, one service called."""

from uuid import UUID

from celery import shared_task

from voices.services.runner import job_run
from voices.services.webhooks import webhook_deliver


@shared_task(name="voices.tasks.run_job")
def run_job(job_id: str) -> None:
    job_run(job_id=UUID(job_id))


@shared_task(name="voices.tasks.deliver_webhook")
def deliver_webhook(webhook_id: str) -> None:
    webhook_deliver(webhook_id=UUID(webhook_id))
