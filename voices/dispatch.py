"""Messages to the workers; the only place that sends one.

A message names no row: whoever hears it takes the job whose turn it is in that queue, or the news that is
due. So what was sent and what waits can be compared by their numbers.
"""

import logging
from typing import Any
from uuid import UUID

from amqp.exceptions import ChannelError
from celery import current_app
from kombu.exceptions import OperationalError

from voices import kinds
from voices.kinds import QUEUES

logger = logging.getLogger(__name__)

RUN_NEXT = "voices.tasks.run_next"
DELIVER_NEXT = "voices.tasks.deliver_next"
WEBHOOKS = kinds.WEBHOOKS.name  # the queue of DELIVER_NEXT


def dispatch(*, job_id: UUID, queue: str, delay_seconds: float = 0) -> bool:
    """Tell the workers of `queue` that one more job waits.

    Returns:
        False when the broker cannot be reached: the row stays queued and the reaper tries again.
    """
    sent = _send(RUN_NEXT, queue=queue, args=(queue,), countdown=delay_seconds)
    if not sent:
        logger.error("job %s: its message could not be sent", job_id)
    return sent


def dispatch_webhook() -> bool:
    """Tell the workers that one more webhook is due; False as `dispatch`."""
    return _send(DELIVER_NEXT, queue=WEBHOOKS)


def _send(task: str, *, queue: str, **options: Any) -> bool:
    try:
        current_app.tasks[task].apply_async(
            queue=queue, routing_key=queue, time_limit=QUEUES[queue].seconds, **options
        )
    except (OperationalError, ChannelError, OSError):  # away, or it takes nothing: its disk is full
        logger.exception("the broker takes no message")
        return False
    return True


def messages_waiting(*, queue: str) -> int | None:
    """How many the broker keeps for the queue; None when it cannot be reached."""
    broker: Any = current_app.connection_for_read()
    try:
        with broker:
            declared = broker.default_channel.queue_declare(queue, passive=True)
            return int(declared.message_count)
    except ChannelError:  # Redis knows no empty queue
        return 0
    except (OperationalError, *broker.connection_errors, *broker.channel_errors):
        logger.warning("the broker does not answer", exc_info=True)
        return None
