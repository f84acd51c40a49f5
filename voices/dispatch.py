"""Messages to the workers; the only place that sends one.

A message names a queue, not a job: whoever hears it takes the job whose turn it is there.
"""

import logging
from typing import Any
from uuid import UUID

from amqp.exceptions import ChannelError
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

RUN_NEXT = "voices.tasks.run_next"


def dispatch(*, job_id: UUID, queue: str, delay_seconds: float = 0) -> bool:
    """Tell the workers of `queue` that one more job waits.

    Returns:
        False when the broker cannot be reached: the row stays queued and the reaper tries again.
    """
    try:
        current_app.tasks[RUN_NEXT].apply_async(
            args=(queue,),
            queue=queue,
            routing_key=queue,
            countdown=delay_seconds,
            time_limit=settings.TASK_SECONDS[queue],
        )
    except (OperationalError, OSError):
        logger.exception("job %s: the broker cannot be reached", job_id)
        return False
    return True


def messages_waiting(*, queue: str) -> int | None:
    """How many the broker keeps for the queue; None when it cannot be reached."""
    try:
        with current_app.connection_for_read() as connection:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:  # Redis knows no empty queue
        return 0
    except (OperationalError, OSError):
        logger.warning("the broker cannot be reached")
        return None
