"""From a job's row to a Celery message; the only place that sends one."""

import logging
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

RUN_JOB = "voices.tasks.run_job"
# Hard limits by queue: a worker's child stuck for longer is killed, and the job comes back.
LONGEST_SECONDS = 12 * 3600
TIME_LIMIT_SECONDS = {"speech": 1800, "batch": 4 * 3600, "conversion": 2 * 3600}


def dispatch(*, job_id: UUID, queue: str, delay_seconds: float = 0) -> bool:
    """Tell the workers of `queue` that the job waits.

    Returns:
        False when the broker cannot be reached: the row stays queued and the reaper tries again.
    """
    try:
        current_app.tasks[RUN_JOB].apply_async(
            args=(str(job_id),),
            queue=queue,
            routing_key=queue,
            countdown=delay_seconds,
            time_limit=TIME_LIMIT_SECONDS.get(queue, LONGEST_SECONDS),
        )
    except (OperationalError, OSError):
        logger.exception("job %s: the broker cannot be reached", job_id)
        return False
    return True
