"""manage.py serve: the site and its workers in one command, until Ctrl-C."""

import argparse
import fcntl
import os
import shutil
import socket
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from voices.kinds import KINDS, QUEUES, WEBHOOKS, Queue
from voices.processes import Program, Watch
from voices.services.accounts.api_keys import LOCAL_USER, api_key_in_file, user_ensure

WEB_THREADS = 24  # most of them wait for a worker
# of the door that people speak through: a second of samples in a message, few messages waiting
LIVE_OPTIONS = (
    "--ws", "websockets-sansio", "--ws-max-size", "131072", "--ws-max-queue", "8",
    "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "2", "--no-access-log",
)  # fmt: skip
WORKER_STOP_SECONDS = 2  # all is to end in STOP_SECONDS of voices/processes.py


class Command(BaseCommand):
    help = "Run the site and its workers; Ctrl-C stops all of them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def handle(self, *args: Any, **options: Any) -> None:
        address = f"http://{options['host']}:{options['port']}"
        with _folder_taken(settings.VAR_DIR / "serve.lock", address):
            self._serve(address, options)

    def _serve(self, address: str, options: dict[str, Any]) -> None:
        host, port = options["host"], options["port"]
        _check_port(host, port)
        _check_database()
        key_file = settings.VAR_DIR / "api_key"
        key = api_key_in_file(user=user_ensure(username=LOCAL_USER), name="default", path=key_file)
        connections.close_all()  # the programs open their own
        greeting = _Greeting(address, browser=not options["no_browser"], write=self._write)
        os.environ.setdefault("VOICECLONE_WORKER_STOP_SECONDS", str(WORKER_STOP_SECONDS))
        _share_metrics(settings.VAR_DIR / "metrics")
        live_port = settings.LIVE_PORT or _free_port(host, port + 1)
        os.environ["VOICECLONE_LIVE_PORT"] = str(live_port)
        watch = Watch(_programs(host, port, live_port))
        greeting.lines = [
            f"Site:     {address}/",
            f"API:      {address}/api/docs/",
            f"API key:  {key}   (kept in {_shown(key_file)})",
            f"Logs:     {_shown(settings.VAR_DIR / 'log')}/",
            "Ctrl-C stops everything.",
        ]
        watch.run(each_second=greeting.tick)
        self._write("Stopped.\n")

    def _write(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


class _Greeting:
    """Says where the site is when it answers, and that it can speak when the models are loaded."""

    def __init__(self, address: str, *, browser: bool, write: Any) -> None:
        self.address = address
        self.browser = browser
        self.write = write
        self.lines: list[str] = []
        self.site_up = self.ready = False
        self._next_look = 0.0

    def tick(self) -> None:
        if self.ready or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + (2.0 if self.site_up else 0.3)
        if not self.site_up and _answers(f"{self.address}/healthz"):
            self.site_up = True
            self.write("\n".join(self.lines) + "\n")
            if self.browser and _has_display():
                webbrowser.open(self.address)
        elif self.site_up and _answers(f"{self.address}/readyz"):
            self.ready = True
            self.write("Ready to speak.\n")


def _programs(host: str, port: int, live_port: int) -> list[Program]:
    python, log = sys.executable, settings.VAR_DIR / "log"
    worker = [
        python, "-m", "celery", "-A", "voiceclone", "worker",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    web = [
        python, "-m", "gunicorn", "voiceclone.wsgi:application",
        "--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", "1",
        "--threads", str(WEB_THREADS), "--timeout", str(settings.WAIT_SECONDS + 30),
        "--graceful-timeout", "2", "--no-control-socket",
    ]  # fmt: skip
    live = [
        python, "-m", "uvicorn", "voiceclone.asgi:application", "--host", host,
        "--port", str(live_port), *LIVE_OPTIONS,
    ]  # fmt: skip
    programs = [Program("web", web, log / "web.log"), Program("live", live, log / "live.log")]
    for name, queues in _served().items():
        first = queues[0]
        command = ["nice", "-n", str(first.niceness)] if first.niceness else []
        command += [
            *worker,
            "-Q",
            ",".join(queue.name for queue in queues),
            "-n",
            f"{first.name}@%h",
        ]
        if first is WEBHOOKS:
            command += ["--pool", "threads", "--concurrency", "4"]
        programs.append(Program(name, command, log / f"{name.replace(' ', '-')}.log"))
    return programs


def _served() -> dict[str, list[Queue]]:
    """Queues by the program that serves them. An idle worker takes 110 MB: one starts when some kind of
    work waits in a queue of its.
    """
    used = {kind.queue.program for kind in KINDS.values()} | {WEBHOOKS.program}
    served: dict[str, list[Queue]] = {}
    for queue in QUEUES.values():
        if queue.program in used:
            served.setdefault(queue.program, []).append(queue)
    return served


def _share_metrics(folder: Path) -> None:
    """Site and workers count into one folder, so that the site's /metrics tells of all."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


@contextmanager
def _folder_taken(path: Path, address: str) -> Iterator[None]:
    """Two at once on one folder would share its database and queue, and stop each other's work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(
                f"the service already runs on {_shown(path.parent)}/, at {lock.read()}; stop it first, "
                "or give this one a folder of its own: VOICECLONE_VAR=/path"
            ) from None
        lock.truncate(0)
        lock.write(f"{address}/ (process {os.getpid()})")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(f"port {port} of {host} cannot be used: {error}") from error


def _free_port(host: str, first: int) -> int:
    """The first from there on that is free; the next hundred are tried."""
    for port in range(first, first + 100):
        try:
            _check_port(host, port)
        except CommandError:
            continue
        return port
    raise CommandError(f"no port from {first} to {first + 99} is free for live conversion")


def _check_database() -> None:
    try:
        executor = MigrationExecutor(connections["default"])
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"the database does not answer: {error}") from error
    if pending:
        raise CommandError("the database is not up to date; run: python manage.py migrate")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own address
            return bool(response.status == HTTPStatus.OK)
    except (OSError, HTTPException):  # not there, or just on its way out
        return False


def _has_display() -> bool:
    desktop = sys.platform in {"darwin", "win32"}
    return desktop or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _shown(path: Path) -> Path:
    return path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path
