"""What docker-compose.yml and the Dockerfile start, started as it stands there but without Docker."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from benchmarks.servers import ROOT, answers, free_port, postgres, redis, wait_for
from tests.end_to_end.container_commands import SERVICES, command_of_image

pytestmark = [pytest.mark.servers, pytest.mark.weights]

WORKERS = ("worker", "worker-batch", "worker-training", "worker-webhooks")
RUN = partial(subprocess.run, cwd=ROOT, text=True, capture_output=True, timeout=120)


@dataclass(frozen=True)
class Stack:
    port: int
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def in_container(self, name: str) -> dict[str, str]:
        return {**self.environment, "HOSTNAME": name}


def environment(folder: Path) -> dict[str, str]:
    """Of .env as docs/operations.md says to make it, and of the image."""
    example = (ROOT / ".env.example").read_text()
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, flags=re.MULTILINE))
    (folder / "counts").mkdir()
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        **given,
        "VOICECLONE_PRODUCTION": "true",
        "VOICECLONE_SECRET_KEY": "s" * 64,
        "VOICECLONE_ALLOWED_HOSTS": f"{given['VOICECLONE_ALLOWED_HOSTS']},127.0.0.1",
        "VOICECLONE_VAR": str(folder / "data"),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "counts"),
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "VOICECLONE_ENGINE_THREADS": "1",  # all share this machine
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("containers"), free_port()
    with postgres() as database, redis() as broker:
        env = {**environment(folder), "DATABASE_URL": database, "CELERY_BROKER_URL": broker}
        running = Stack(port, env, {})
        migrated = RUN(SERVICES["migrate"]["command"], env=env)
        assert migrated.returncode == 0, migrated.stderr
        commands = {name: [*SERVICES[name]["command"], "-n", f"celery@{name}"] for name in WORKERS}
        commands["web"] = command_of_image("CMD ", port)
        try:
            for name, command in commands.items():
                running.processes[name] = subprocess.Popen(
                    [shutil.which(command[0], path=env["PATH"]), *command[1:]],
                    cwd=ROOT, env=running.in_container(name),
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
            wait_for(lambda: answers(f"{running.address}/readyz"), "the site", seconds=120)
            yield running
        finally:
            for process in running.processes.values():
                process.kill()
                process.wait()


def test_all_queues_are_served(stack):
    def checks():
        with urllib.request.urlopen(f"{stack.address}/readyz") as answer:
            return json.load(answer)["checks"]

    queues = {"worker", "worker_batch", "worker_conversion", "worker_training", "worker_webhooks"}
    wait_for(lambda: queues <= checks().keys(), "all workers", seconds=30)
    assert set(checks().values()) == {"ok"}


def health_of(stack, name: str) -> subprocess.CompletedProcess:
    [kind, command] = SERVICES["worker"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    return RUN(["sh", "-c", command.replace("$$", "$")], env=stack.in_container(name))


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_s_health_check_finds_it_healthy(stack, name):
    assert SERVICES[name]["healthcheck"] == SERVICES["worker"]["healthcheck"]
    told = health_of(stack, name)
    assert (told.returncode, "pong" in told.stdout) == (0, True), told.stderr


def test_a_worker_that_is_gone_is_not_healthy(stack):
    assert health_of(stack, "nobody").returncode != 0


def test_the_image_s_health_check_finds_the_site_healthy(stack):
    assert (
        RUN(command_of_image("HEALTHCHECK .* CMD ", stack.port), env=stack.environment).stderr == ""
    )
    assert RUN(
        command_of_image("HEALTHCHECK .* CMD ", free_port()), env=stack.environment
    ).returncode


def test_a_key_made_as_documented_makes_speech(stack):
    [line] = re.findall(
        r"^docker compose exec web (python manage.py create_api_key .+)$",
        (ROOT / "docs" / "operations.md").read_text(),
        flags=re.MULTILINE,
    )
    key = RUN(["sh", "-c", line], env=stack.environment).stdout.strip()
    request = urllib.request.Request(
        f"{stack.address}/api/v1/speech/",
        data=json.dumps({"text": "Всё работает.", "voice": "anna"}).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        assert answer.headers["Content-Type"] == "audio/mpeg"
        assert len(answer.read()) > 5000


def test_all_stop_when_asked(stack):
    for process in stack.processes.values():
        process.send_signal(signal.SIGTERM)
    assert {name: process.wait(60) for name, process in stack.processes.items()} == dict.fromkeys(
        stack.processes, 0
    )
