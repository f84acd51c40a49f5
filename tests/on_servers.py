"""A pytest plugin: the tests run on a PostgreSQL and a Redis of their own, not on the embedded default.

`./scripts/test -p tests.on_servers tests/voices`, with any arguments of pytest.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from benchmarks.servers import postgres, redis


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Before pytest-django reads the settings; the servers go with the last test."""
    servers = ExitStack()
    early_config.add_cleanup(servers.close)
    os.environ["DATABASE_URL"] = servers.enter_context(postgres())
    os.environ["CELERY_BROKER_URL"] = servers.enter_context(redis())
    return (yield)
