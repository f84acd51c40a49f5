"""Real servers on this machine: PostgreSQL, Redis, and the product on them as in production.

Used by the load and fault benches and by the end-to-end tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from voices.processes import Program

ROOT = Path(__file__).resolve().parent.parent
REVIVE_AFTER_SECONDS = 1.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Poll until ready; AssertionError when it takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.2)
    raise AssertionError(f"{what} did not happen within {seconds:g} s")


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop_process(process: subprocess.Popen) -> None:
    """Ask it to end, and wait; one that is deaf is killed and told of."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


class Postgres:
    """A cluster in a folder of its own, with a database.

    Args:
        durable: whether it waits for the disk, as a real one must; tests need not.
        environment: what to add to the server's environment.
    """

    def __init__(self, *, durable: bool = True, **environment: str) -> None:
        self._binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        # not below a folder of ours: as root the cluster is another user's, who could not reach it
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._data, self._port = self._folder / "data", free_port()
        self._environment, self._durable = {**os.environ, **environment}, durable
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self._folder, "postgres")
            self._as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._run("initdb", "-A", "trust", "-U", "voice", in_cluster=True)
        self.start()
        self._run("createdb", *self._address, "-U", "voice", "voice")

    @property
    def url(self) -> str:
        """Its DATABASE_URL."""
        return f"postgresql://voice@127.0.0.1:{self._port}/voice"

    def start(self) -> None:
        """And wait until it answers."""
        command = [str(self._binaries / "postgres"), "-D", str(self._data)]
        options = [f"unix_socket_directories={self._folder}", "listen_addresses=127.0.0.1"]
        options.append(f"fsync={'on' if self._durable else 'off'}")
        settings = [part for option in options for part in ("-c", option)]
        self._server = subprocess.Popen(
            [*command, "-p", str(self._port), *settings],
            cwd="/", env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **self._as_user,
        )  # fmt: skip
        ready = [str(self._binaries / "pg_isready"), *self._address]
        wait_for(lambda: subprocess.run(ready, capture_output=True).returncode == 0, "PostgreSQL")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is as good as a crash; the data stay."""
        self._run("pg_ctl", "-m", mode, "-t", "120", "stop", in_cluster=True)
        self._server.wait(timeout=40)

    def remove(self) -> None:
        """For good."""
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def _address(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self._port)]

    def _run(self, program: str, *arguments: str, in_cluster: bool = False) -> None:
        command = [str(self._binaries / program), *arguments]
        as_user = self._as_user if in_cluster else {}
        if in_cluster:
            command += ["-D", str(self._data)]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **as_user)


class Redis:
    """A server without files: what it knew is gone when it stops."""

    def __init__(self) -> None:
        self._port = free_port()
        self.start()

    @property
    def url(self) -> str:
        """Its CELERY_BROKER_URL."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """And wait until it answers."""
        self._server = subprocess.Popen(
            ["redis-server", "--port", str(self._port), "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )
        ping = ["redis-cli", "-p", str(self._port), "ping"]
        wait_for(lambda: subprocess.run(ping, capture_output=True).stdout == b"PONG\n", "Redis")

    def stop(self) -> None:
        """At once."""
        stop_process(self._server)


@contextmanager
def postgres() -> Iterator[str]:
    """A cluster for the tests; yields its DATABASE_URL."""
    server = Postgres(durable=False)
    try:
        yield server.url
    finally:
        server.remove()


@contextmanager
def redis() -> Iterator[str]:
    """A Redis for a while; yields its URL."""
    server = Redis()
    try:
        yield server.url
    finally:
        server.stop()


def cpu_seconds(programs: list[Program]) -> float:
    """What the programs and all they have started have used of the processor so far."""
    groups = {program.process.pid for program in programs if program.process}
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[2]) in groups:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Stack:
    """Two web and two worker processes on PostgreSQL and Redis, each started again when it dies.

    Args:
        folder: fresh; everything is written there.
        environments: what to add to the environment of "web", "worker" and "database".
    """

    def __init__(
        self, folder: Path, *, environments: dict[str, dict[str, str]] | None = None, **both: str
    ) -> None:
        self.folder, self._environments = folder, environments or {}
        self.database = Postgres(**self._environments.get("database", {}))
        self.broker = Redis()
        self._both = {
            **both,
            "VOICECLONE_VAR": str(folder / "var"),
            "DATABASE_URL": self.database.url,
            "CELERY_BROKER_URL": self.broker.url,
            "VOICECLONE_ENGINE_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        for command in (["migrate", "--verbosity", "0"], ["seed_voices"]):
            self.manage(*command)
        ports = [free_port(), free_port()]
        self.addresses = [f"http://127.0.0.1:{port}" for port in ports]
        self.web = [self._web(number, port) for number, port in enumerate(ports, start=1)]
        self.workers = [self._worker(number) for number in (1, 2)]
        self._stop = Event()
        self._keeper = Thread(target=self._keep, daemon=True)

    def __enter__(self) -> "Stack":
        for program in (*self.web, *self.workers):
            program.start()
        self._keeper.start()
        for address in self.addresses:
            wait_for(lambda: answers(f"{address}/readyz"), "the site", seconds=180)  # noqa: B023
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._keeper.join()
        for program in (*self.web, *self.workers):
            program.signal_group(signal.SIGKILL)
            if program.process:
                program.process.wait()
        self.broker.stop()
        self.database.remove()

    def manage(self, *command: str) -> str:
        """A command of manage.py; returns what it wrote."""
        environment = {**os.environ, **self._both}
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip

    def key(self) -> str:
        """An API key."""
        return self.manage("create_api_key").strip()

    def _web(self, number: int, port: int) -> Program:
        command = [
            "-m", "gunicorn", "voiceclone.wsgi:application", f"--bind=127.0.0.1:{port}",
            "--worker-class=gthread", "--workers=1", "--threads=24", "--timeout=330",
            "--worker-tmp-dir=/dev/shm", "--no-control-socket",
        ]  # fmt: skip
        return self._program("web", number, command)

    def _worker(self, number: int) -> Program:
        command = ["-m", "celery", "-A", "voiceclone", "worker", "-Q", "speech,batch,webhooks"]
        return self._program("worker", number, [*command, "-n", f"bench{number}@%h"])

    def _program(self, kind: str, number: int, command: list[str]) -> Program:
        environment = {**self._both, **self._environments.get(kind, {})}
        pairs = [f"{name}={value}" for name, value in environment.items()]
        name = f"{kind}-{number}"
        return Program(
            name, ["env", *pairs, sys.executable, *command], self.folder / "log" / f"{name}.log"
        )

    def _keep(self) -> None:
        """What a container's restart policy does."""
        while not self._stop.wait(REVIVE_AFTER_SECONDS):
            for program in (*self.web, *self.workers):
                if program.exit_status is not None:
                    program.signal_group(signal.SIGKILL)  # what it left behind
                    program.start()
