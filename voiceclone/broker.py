"""kombu's filesystem transport with messages that appear whole.

The original creates the message file first and fills it afterwards, so a worker that polls often can
take it away empty. Here it is written under another name and renamed. Used by the embedded default.
"""

import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps
from kombu.utils.scheduling import FairCycle


class _InOrder(FairCycle):
    """Always begins with the first queue, as `queue_order_strategy: priority` does on Redis."""

    def get(self, callback: Any, **options: Any) -> Any:
        self.pos = 0
        return super().get(callback, **options)


class Channel(filesystem.Channel):
    """Filesystem channel whose messages are renamed into place, and whose queues have an order."""

    def _reset_cycle(self) -> None:
        self._cycle = _InOrder(self._get_and_deliver, self._active_queues, Empty)

    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: object) -> None:
        folder = Path(self.data_folder_out)
        # wall clock, not monotonic: the order must survive a restart of the machine
        name = f"{time_ns()}_{uuid.uuid4()}.{queue}.msg"
        partial = folder / f"{name}.partial"
        partial.write_bytes(str_to_bytes(dumps(payload)))
        partial.replace(folder / name)


class Transport(filesystem.Transport):
    """What `broker_transport` names."""

    Channel = Channel
