"""Celery's doors: a queue's name in, one service called."""

from celery import shared_task

from voices.services.jobs.webhooks import webhook_deliver_next
from voices.services.upkeep.runner import job_run_next


@shared_task(name="voices.tasks.run_next")
def run_next(queue: str) -> None:
    job_run_next(queue=queue)


@shared_task(name="voices.tasks.deliver_next")
def deliver_next() -> None:
    webhook_deliver_next()
