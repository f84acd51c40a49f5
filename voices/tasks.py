"""Celery's doors: an id in, one service called."""

from uuid import UUID

from celery import shared_task

from voices.services.runner import job_run


@shared_task(name="voices.tasks.run_job")
def run_job(job_id: str) -> None:
    job_run(job_id=UUID(job_id))
