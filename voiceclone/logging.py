"""Logs: one JSON object a line, or plain lines for a terminal; both carry request and job ids."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone

request_id_var: ContextVar[str] = ContextVar("request_id", default="")
job_id_var: ContextVar[str] = ContextVar("job_id", default="")


def current_request_id() -> str:
    """Of the HTTP request that is being answered, or whose job is being done; else empty."""
    return request_id_var.get()


@contextmanager
def log_context(*, request_id: str = "", job_id: str = "") -> Iterator[None]:
    """Mark every record logged inside with these ids."""
    tokens = [
        (variable, variable.set(value))
        for variable, value in ((request_id_var, request_id), (job_id_var, job_id))
        if value
    ]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


def _ids() -> dict[str, str]:
    values = {"request_id": request_id_var.get(), "job_id": job_id_var.get()}
    return {name: value for name, value in values.items() if value}


class JsonFormatter(logging.Formatter):
    """Record to one JSON line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=timezone.utc).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """Record to a line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={value}" for name, value in _ids().items())
        return super().format(record) + (f" [{ids}]" if ids else "")


class WithException(logging.Filter):
    """Django's own line about a refused request only repeats ours, unless it brings a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is not None


def logging_settings(*, style: str, level: str) -> dict[str, object]:
    """Django's LOGGING for style "json" or "plain"."""
    formatter = "JsonFormatter" if style == "json" else "PlainFormatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"voiceclone.logging.{formatter}"}},
        "filters": {"with_exception": {"()": "voiceclone.logging.WithException"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"filters": ["with_exception"]},
            "pymorphy3": {"level": "WARNING"},  # it tells of every start where its dictionaries lie
            "httpx": {"level": "WARNING"},  # addresses of webhooks may hold their owners' secrets
        },
    }
