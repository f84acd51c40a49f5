"""The product as the end-to-end tests run it, on a free port and stopped afterwards."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from benchmarks.servers import ROOT, answers, free_port, postgres, redis, stop_process, wait_for


@dataclass(frozen=True)
class Site:
    """A running product: its address, an API key, its process, its files' folder, its settings."""

    address: str
    key: str
    process: subprocess.Popen
    var: Path
    environment: dict[str, str]


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


def _prepare(env: dict[str, str]) -> None:
    for command in (["migrate", "--verbosity", "0"], ["seed_voices"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)


@cache
def prepared() -> Path:
    """Files of a site that was never started."""
    folder = Path(tempfile.mkdtemp(prefix="voiceclone-site-"))
    atexit.register(shutil.rmtree, folder)
    _prepare({**os.environ, "VOICECLONE_VAR": str(folder / "var")})
    return folder / "var"


def preview_of(running: "Site", voice: str = "anna") -> bytes:
    """A bank voice's sample, which serves as a recording too."""
    address, key = f"{running.address}/api/v1/voices/{voice}/preview/", running.key
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
        client.post(address).raise_for_status()
        return client.get(address, follow_redirects=True).raise_for_status().content


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Settings of a new PostgreSQL and Redis under tests.on_servers; none on the embedded default."""
    if "DATABASE_URL" not in os.environ:
        yield {}
        return
    with postgres() as database_url, redis() as broker_url:
        yield {"DATABASE_URL": database_url, "CELERY_BROKER_URL": broker_url}


@contextmanager
def site(var: Path, **environment: str) -> Iterator["Site"]:
    """The product as `scripts/start` runs it; under tests.on_servers each with servers of its own."""
    own = nullcontext({}) if "DATABASE_URL" in environment else servers()
    with own as settings, _started(var, {**os.environ, **settings, **environment}) as running:
        yield running


@contextmanager
def _started(var: Path, environment: dict[str, str]) -> Iterator["Site"]:
    port, env = free_port(), {**environment, "VOICECLONE_VAR": str(var)}
    if "DATABASE_URL" in env:
        _prepare(env)
    elif not (var / "db.sqlite3").exists():
        shutil.copytree(prepared(), var, dirs_exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--no-browser"],
        cwd=ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{address}/readyz"), "the site", seconds=120)
        yield Site(address, (var / "api_key").read_text().strip(), process, var, env)
    finally:
        stop_process(process)
