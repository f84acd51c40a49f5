"""Log lines."""

import json
import logging
import sys

from voiceclone.logging import (
    JsonFormatter,
    PlainFormatter,
    WithException,
    log_context,
    logging_settings,
)


def record(message, *arguments, error=None):
    return logging.LogRecord("voices", logging.INFO, "f.py", 1, message, arguments, error)


def test_a_line_carries_the_ids_of_its_request_and_job():
    with log_context(request_id="r1"), log_context(job_id="j1"):
        line = json.loads(JsonFormatter().format(record("голос %s", "Анна")))
        plain = PlainFormatter().format(record("x"))
    assert (line["message"], line["request_id"], line["job_id"]) == ("голос Анна", "r1", "j1")
    assert plain.endswith("[request_id=r1 job_id=j1]")
    assert "job_id" not in json.loads(JsonFormatter().format(record("later")))


def test_an_exception_stays_on_one_line():
    try:
        raise ValueError("no")
    except ValueError:
        text = JsonFormatter().format(record("broke", error=sys.exc_info()))
    assert "\n" not in text
    assert "ValueError: no" in json.loads(text)["exception"]


def test_the_style_is_chosen_by_name():
    formatter = logging_settings(style="json", level="INFO")["formatters"]["line"]["()"]
    assert formatter.endswith("JsonFormatter")


def test_a_library_that_tells_of_its_start_is_quiet():
    assert (
        logging_settings(style="plain", level="INFO")["loggers"]["pymorphy3"]["level"] == "WARNING"
    )


def test_a_refused_request_is_logged_once():
    assert not WithException().filter(record("Not Found: /x"))
    assert WithException().filter(record("broke", error=(ValueError, ValueError(), None)))
