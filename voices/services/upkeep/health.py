"""Readiness: whether everything that a request needs is there."""

import tempfile
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from kombu.exceptions import OperationalError

from voices.engine import weights_missing
from voices.kinds import SPEECH
from voices.selectors.health import queues_served, workers_alive, workers_in_trouble


def readiness() -> dict[str, str]:
    """Check by check "ok" or what is wrong: database, broker, workers by queue, weights.

    `worker` is that of the queue speech, which every installation needs, with its models loaded;
    `worker_batch` and the like are there where such workers are or lately were. `upkeep` is what they
    all do beside their jobs; one that no longer reports itself counts as no worker.
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
    speech = workers_alive()
    ready = "ok" if any(worker.engine_ready for worker in speech) else "models are not loaded"
    others = {
        f"worker_{queue}": "ok" if workers_alive(queue=queue) else "no live worker"
        for queue in queues_served()
        if queue != SPEECH.name  # the others load models with their first job
    }
    troubles = [f"{worker.name}: {worker.trouble}" for worker in workers_in_trouble()]
    return {
        "worker": ready if speech else "no live worker",
        **others,
        "upkeep": "; ".join(troubles) or "ok",
    }


def _weights() -> str:
    missing = weights_missing()
    return f"missing: {', '.join(missing)}" if missing else "ok"
