"""scripts/setup and scripts/start with a pretended interpreter: nothing is installed."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = (
    "bash",
    "cat",
    "chmod",
    "cksum",
    "dirname",
    "du",
    "env",
    "flock",
    "mkdir",
    "mv",
    "rm",
    "sed",
    "sleep",
)

# Answers as python3 does to the questions scripts/setup asks, and writes down what it was asked.
PYTHON = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$CALLS"
case "$*" in
  *version_info*) exit "${OLD:-0}" ;;
  *ensurepip*) exit "${NO_VENV:-0}" ;;
  *"-m venv"*) mkdir -p .venv/bin && cat "$0" >.venv/bin/python && chmod +x .venv/bin/python ;;
  *"pip install"*) sleep "${PIP_SECONDS:-0}"; echo "pip says much"; exit "${PIP_FAILS:-0}" ;;
  --version) printf 'Python 3.99.0\\n' ;;
esac
"""


class Checkout:
    """A copy of the scripts with a PATH of nothing but a pretended python3 and a few tools."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.calls = folder / "calls"
        self.tools = folder / "bin"
        self.tools.mkdir()
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        for name in ("requirements.txt", "requirements-dev.txt"):
            (self.root / name).write_text(f"# {name}\n")
        for name in TOOLS:
            if path := shutil.which(name):
                (self.tools / name).symlink_to(path)
        (self.tools / "python3").write_text(PYTHON)
        (self.tools / "python3").chmod(0o755)

    def start(self, script: str, *arguments: str, **variables: str) -> subprocess.Popen:
        return subprocess.Popen(
            [f"scripts/{script}", *arguments],
            cwd=self.root,
            env={"PATH": str(self.tools), "CALLS": str(self.calls), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        self.calls.write_text("")
        process = self.start(script, *arguments, **variables)
        output, errors = process.communicate(timeout=30)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def installs(self) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if "pip install" in line]


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


@pytest.mark.parametrize("name", ["setup", "start", "test", "check"])
def test_scripts_can_be_run(name):
    assert os.access(ROOT / "scripts" / name, os.X_OK)


def test_first_setup_installs_and_the_second_does_nothing(checkout):
    assert checkout.run("setup").returncode == 0
    assert len(checkout.installs()) == 1
    second = checkout.run("setup")
    assert second.returncode == 0
    assert second.stdout == ""
    assert checkout.installs() == []


def test_setup_for_developers_covers_the_plain_one(checkout):
    checkout.run("setup", "dev")
    assert "--requirement=requirements-dev.txt" in checkout.installs()[0]
    checkout.run("setup")
    assert checkout.installs() == []


def test_changed_pins_are_installed(checkout):
    checkout.run("setup")
    (checkout.root / "requirements.txt").write_text("# other pins\n")
    checkout.run("setup")
    assert len(checkout.installs()) == 1


def test_interrupted_setup_is_done_again(checkout):
    assert checkout.run("setup", PIP_FAILS="1").returncode != 0
    assert checkout.run("setup").returncode == 0
    assert len(checkout.installs()) == 1


@pytest.mark.skipif(not shutil.which("flock"), reason="no flock on this system")
def test_two_setups_at_once_install_once(checkout):
    both = [checkout.start("setup", PIP_SECONDS="0.5") for _ in range(2)]
    for process in both:
        process.communicate(timeout=30)
    assert [process.returncode for process in both] == [0, 0]
    assert len(checkout.installs()) == 1


def test_broken_environment_is_made_anew(checkout):
    checkout.run("setup")
    (checkout.root / ".venv/bin/python").unlink()
    assert checkout.run("setup").returncode == 0
    assert (checkout.root / ".venv/bin/python").exists()


def test_old_python_is_refused_by_name(checkout):
    result = checkout.run("setup", OLD="1")
    assert result.returncode == 1
    assert "Python 3.10 to 3.14" in result.stderr
    assert not (checkout.root / ".venv").exists()


def test_missing_venv_module_says_what_to_install(checkout):
    result = checkout.run("setup", NO_VENV="1")
    assert result.returncode == 1
    assert "python3-venv" in result.stderr


def test_unknown_argument_of_setup_is_refused(checkout):
    assert checkout.run("setup", "everything").returncode == 1


@pytest.mark.parametrize("port", ["0", "65536", "http", ""])
def test_start_refuses_what_is_no_port(checkout, port):
    result = checkout.run("start", "--port", port)
    assert result.returncode == 1
    assert "expected a number from 1 to 65535" in result.stderr


def test_start_names_a_port_in_use(checkout):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = checkout.run("start", "--port", str(port))
    assert result.returncode == 1
    assert f"port {port} is already in use" in result.stderr
    assert checkout.calls.read_text() == ""


def test_start_prepares_and_then_serves(checkout):
    result = checkout.run("start", "--port", "65001", "--no-browser")
    assert result.returncode == 0, result.stderr
    managed = [
        line.split()[1]
        for line in checkout.calls.read_text().splitlines()
        if line.startswith("manage.py")
    ]
    assert managed == ["migrate", "seed_voices", "serve"]
    last = checkout.calls.read_text().splitlines()[-1]
    assert last == "manage.py serve --port 65001 --no-browser"


def test_the_first_start_says_in_four_lines_what_it_does_and_pip_says_nothing(checkout):
    result = checkout.run("start", "--port", "65001", "--no-browser")
    steps = [line[:3] for line in result.stdout.splitlines() if line[1:3] == "/4"]
    assert steps == ["1/4", "2/4", "3/4", "4/4"]
    assert "2.4 GB" in result.stdout
    assert "pip says" not in result.stdout + result.stderr
    assert "--quiet" in checkout.installs()[0] or not checkout.installs()


def test_what_pip_said_is_shown_when_it_fails(checkout):
    result = checkout.run("setup", PIP_FAILS="1")
    assert result.returncode == 1
    assert "pip says much" in result.stderr
    assert "installing the packages failed" in result.stderr


def test_start_names_the_service_that_runs_already(checkout):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (checkout.root / "var").mkdir()
        (checkout.root / "var/serve.lock").write_text(f"http://127.0.0.1:{port}/ (process 1)")
        result = checkout.run("start", "--port", str(port))
    assert result.returncode == 1
    assert f"already runs at http://127.0.0.1:{port}/" in result.stderr
