"""Celery's doors: a queue's name in, one service called."""

from celery import shared_task

from voices.services.runner import job_run_next
from voices.services.webhooks import webhook_deliver_next


@shared_task(name="voices.tasks.run_next")
def run_next(queue: str) -> None:
    job_run_next(queue=queue)


@shared_task(name="voices.tasks.deliver_next")
def deliver_next() -> None:
    webhook_deliver_next()
