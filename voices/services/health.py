"""Readiness: whether everything that a request needs is there."""

import tempfile
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from voices.engine import weights_missing
from voices.selectors.health import workers_alive


def readiness() -> dict[str, str]:
    """Check by check "ok" or what is wrong: database, broker, worker, weights."""
    database = _database()
    return {
        "database": database,
        "broker": _broker(),
        "worker": _worker() if database == "ok" else "unknown",
        "weights": _weights(),
    }


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
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


def _worker() -> str:
    workers = workers_alive()
    if not workers:
        return "no live worker"
    return "ok" if any(worker.engine_ready for worker in workers) else "models are not loaded"


def _weights() -> str:
    missing = weights_missing()
    return f"missing: {', '.join(missing)}" if missing else "ok"
