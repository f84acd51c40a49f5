"""Real servers for the end-to-end tests, each on a free port and stopped afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Site:
    """A running product: its address, an API key, its process, the folder of its files."""

    address: str
    key: str
    process: subprocess.Popen
    var: Path


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(var: Path, program: bytes = b"") -> list[int]:
    """Ids of running processes whose files lie in `var` and whose command names `program`."""
    mark, found = f"VOICECLONE_VAR={var}".encode(), []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile, or is another user's
        if mark in environment and command and program in command:
            found.append(int(folder.name))
    return found


def wait_for(ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Poll until ready or fail the test."""
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


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL cluster; yields its DATABASE_URL."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data, port = folder / "data", free_port()
    as_user: list[str] = []
    folder.mkdir(parents=True)
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        for parent in folder.parents:
            if parent.stat().st_mode & 0o005 != 0o005:
                parent.chmod(parent.stat().st_mode | 0o005)
        as_user = ["runuser", "-u", "postgres", "--"]
    initdb = [*as_user, str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "voice"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/")
    server = subprocess.Popen(
        [*as_user, str(binaries / "postgres"), "-D", str(data), "-p", str(port),
         "-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=127.0.0.1"],
        cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        ready = [str(binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
        wait_for(lambda: subprocess.run(ready, capture_output=True).returncode == 0, "PostgreSQL")
        create = [
            str(binaries / "createdb"),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-U",
            "voice",
            "voice",
        ]
        subprocess.run(create, check=True, capture_output=True)
        yield f"postgresql://voice@127.0.0.1:{port}/voice"
    finally:
        stop = [
            *as_user,
            str(binaries / "pg_ctl"),
            "-D",
            str(data),
            "-m",
            "immediate",
            "-t",
            "120",
            "stop",
        ]
        subprocess.run(stop, check=True, capture_output=True, cwd="/")
        server.wait(timeout=40)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server without files; yields its URL."""
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        ping = ["redis-cli", "-p", str(port), "ping"]
        wait_for(lambda: subprocess.run(ping, capture_output=True).stdout == b"PONG\n", "Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _stop(server)


@contextmanager
def site(var: Path, **environment: str) -> Iterator["Site"]:
    """The product as `scripts/start` runs it."""
    port = free_port()
    env = {**os.environ, "VOICECLONE_VAR": str(var), **environment}
    for command in (["migrate", "--verbosity", "0"], ["seed_voices"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--no-browser"],
        cwd=ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{address}/readyz"), "the site", seconds=120)
        yield Site(address, (var / "api_key").read_text().strip(), process, var)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
