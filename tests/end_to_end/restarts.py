"""Parts of a running installation replaced by new ones while people go on calling it."""

import io
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from threading import Event, Thread
from typing import Any

import httpx
import psycopg2
import soundfile as sf

from benchmarks.servers import ROOT, answers, free_port, wait_for
from tests.end_to_end.container_commands import SERVICES, command_of_image
from tests.end_to_end.services import Site

PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 250  # on a machine with other things to do
ORDER_PAUSE_SECONDS = 1.0
ORDER = "Заказано при замене."


@dataclass(frozen=True)
class Web:
    """A web process with its workers, as a container runs it."""

    address: str
    process: subprocess.Popen


@contextmanager
def _run(production: Site, command: list[str]) -> Iterator[subprocess.Popen]:
    """A container's command, here; what it says lies beside the logs of the site."""
    with NamedTemporaryFile(
        dir=production.var / "log", prefix=f"{command[0]}-", suffix=".log", delete=False
    ) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT, env=production.environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        finally:
            process.kill()


@contextmanager
def web(production: Site) -> Iterator[Web]:
    """One more replica of the site, by the image's own command; it answers."""
    port = free_port()
    with _run(production, command_of_image("CMD ", port)) as process:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{address}/healthz"), "the new replica")
        yield Web(address, process)


@contextmanager
def speaker(production: Site) -> Iterator[subprocess.Popen]:
    """One more worker of `speech`, with its models loaded."""
    command = [*SERVICES["worker"]["command"], "--hostname", "another@%h"]
    with _run(production, command) as process:
        name = f"{socket.gethostname()}:{process.pid}"
        ready = f"SELECT 1 FROM voices_worker WHERE engine_ready AND name = '{name}'"
        wait_for(lambda: bool(rows(production, ready)), "another worker")
        yield process


def rows(production: Site, query: str) -> list[tuple]:
    """Asked of the installation's database."""
    url = production.environment["DATABASE_URL"]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


class Callers:
    """People who call again and again, always where the proxy sends them.

    Attributes:
        address: where new calls go.
        answered: calls that were.
        troubles: calls that were refused, cut or failed.
    """

    def __init__(self, address: str, key: str) -> None:
        self.address, self.answered = address, 0
        self.troubles: list[str] = []
        self._headers = {"Authorization": f"Bearer {key}"}
        self._kept = httpx.Client(headers=self._headers, timeout=PATIENCE_SECONDS)
        self._stop, self._pool = Event(), ThreadPoolExecutor(4)
        self._threads = [
            Thread(target=self._again, args=(self._look, PAUSE_SECONDS)),
            Thread(target=self._again, args=(self._look_on_a_kept_connection, PAUSE_SECONDS)),
            Thread(target=self._again, args=(self._order, ORDER_PAUSE_SECONDS)),
        ]

    def __enter__(self) -> "Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._pool.shutdown()
        self._kept.close()

    def hear(self, text: str, *, stream: bool = False) -> Future[float]:
        """Ask for speech and wait for it: the seconds of sound."""
        return self._pool.submit(self._heard, {"text": text, "voice": "anna", "stream": stream})

    def wait_for_answers(self, count: int) -> None:
        """So many more."""
        enough = self.answered + count
        wait_for(lambda: self.answered > enough, "answers")

    def _heard(self, body: dict[str, Any]) -> float:
        answer = self._post("/api/v1/speech/", body).raise_for_status()
        return float(sf.info(io.BytesIO(answer.content)).duration)

    def _again(self, call: Callable[[], httpx.Response], pause: float) -> None:
        while not self._stop.wait(pause):
            try:
                call().raise_for_status()
                self.answered += 1
            except httpx.HTTPError as error:
                self.troubles.append(f"{call.__name__}: {error!r}")

    def _look(self) -> httpx.Response:
        return httpx.get(
            f"{self.address}/api/v1/limits/", headers=self._headers, timeout=PATIENCE_SECONDS
        )

    def _look_on_a_kept_connection(self) -> httpx.Response:
        return self._kept.get(f"{self.address}/api/v1/limits/")

    def _order(self) -> httpx.Response:
        return self._post("/api/v1/jobs/", {"text": ORDER, "voice": "anna"})

    def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(
            self.address + path, json=body, headers=self._headers, timeout=PATIENCE_SECONDS
        )
