"""Readiness: whether everything that a request needs is there."""

import tempfile
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from kombu.exceptions import OperationalError

from voices.engine import weights_missing
from voices.kinds import SPEECH, models_of
from voices.selectors.health import queues_served, workers_alive, workers_in_trouble


def readiness() -> dict[str, str]:
    """Check by check "ok" or what is wrong: database, broker, workers by queue, weights.

    `worker` is that of the queue speech, which every installation needs; `worker_batch` and the like are
    there where such workers are or lately were. Each must live and have the models that its queue needs.
    `upkeep` is what they all do beside their jobs; one that no longer reports itself counts as no worker.
    """
    database = _database()
    workers = _workers() if database == "ok" else {"worker": "unknown"}
    return {"database": database, "broker": _broker(), **workers, "weights": _weights()}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return f"unreachable: {type(error).__name__}"
    return "ok"


def _broker() -> str:
    if settings.EMBEDDED_BROKER:
        return _writable(settings.VAR_DIR / "broker" / "messages")
    try:
        with current_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError) as error:
        return f"unreachable: {type(error).__name__}"
    return "ok"


def _writable(folder: Path) -> str:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".probe"):
            return "ok"
    except OSError as error:
        return f"not writable: {type(error).__name__}"


def _workers() -> dict[str, str]:
    others = {
        f"worker_{queue}": _served(queue) for queue in queues_served() if queue != SPEECH.name
    }
    troubles = [f"{worker.name}: {worker.trouble}" for worker in workers_in_trouble()]
    return {"worker": _served(SPEECH.name), **others, "upkeep": "; ".join(troubles) or "ok"}


def _served(queue: str) -> str:
    workers = workers_alive(queue=queue)
    if not workers:
        return "no live worker"
    ready = not models_of([queue]) or any(worker.engine_ready for worker in workers)
    return "ok" if ready else "models are not loaded"


def _weights() -> str:
    missing = weights_missing()
    return f"missing: {', '.join(missing)}" if missing else "ok"
