"""Programs that `serve` watches: started again when they die, all ended together."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from voices import processes
from voices.processes import Program, Watch


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def watched(monkeypatch, tmp_path):
    """Run programs under a watch in a thread; stops it afterwards."""
    monkeypatch.setattr(processes.signal, "signal", lambda *_: None)  # not in a thread
    started = []

    def run(*codes):
        programs = [
            Program(f"p{index}", [sys.executable, "-c", code], tmp_path / f"p{index}.log")
            for index, code in enumerate(codes)
        ]
        watch = Watch(programs)
        thread = Thread(target=watch.run, kwargs={"each_second": lambda: None})
        thread.start()
        started.append((watch, thread))
        assert until(lambda: all(program.process for program in programs))
        return watch, programs, thread

    yield run
    for watch, thread in started:
        watch.stop()
        thread.join(timeout=20)


def alive(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_program_that_died_is_started_again(watched):
    _, (program,), _ = watched("import time; time.sleep(60)")
    first = program.process.pid
    os.kill(first, signal.SIGKILL)
    assert until(lambda: program.process.pid != first)
    assert program.exit_status is None


def test_one_that_keeps_dying_is_started_ever_more_slowly(watched):
    _, (program,), _ = watched("raise SystemExit(3)")
    assert until(lambda: program.failures >= 2)
    assert program.wait_until - time.monotonic() > 0.5


def test_stopping_ends_the_children_of_programs_too(watched, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    family = (
        "import subprocess, sys, time, signal;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']);"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid));"
        "time.sleep(99)"
    )
    watch, (program,), thread = watched(family)
    assert until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    child = int((tmp_path / "pid").read_text())
    watch.stop()
    thread.join(timeout=20)
    assert not alive(program.process.pid)
    assert until(lambda: not alive(child))


def test_children_are_left_to_their_program(watched, tmp_path):
    """A worker's pool goes on with its job while the worker stops gently."""
    family = (
        "import signal, subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-c',"
        "    'import time; time.sleep(0.5); print(\"finished\", flush=True)']);"
        "signal.signal(signal.SIGTERM, lambda *_: None);"
        "print('begun', flush=True); child.wait()"
    )
    watch, (program,), thread = watched(family)
    assert until(lambda: program.log.exists() and "begun" in program.log.read_text())
    watch.stop()
    thread.join(timeout=20)
    assert "finished" in program.log.read_text()


def test_a_program_deaf_to_sigterm_is_killed(watched, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(99)"
    watch, (program,), thread = watched(deaf)
    assert until(lambda: program.log.exists() and program.log.read_text())
    watch.stop()
    thread.join(timeout=20)
    assert program.exit_status == -signal.SIGKILL


def test_a_long_log_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LOG_BYTES", 3)
    log = tmp_path / "a.log"
    log.write_text("long")
    program = Program("a", [sys.executable, "-c", ""], log)
    program.start()
    program.process.wait()
    assert (tmp_path / "a.log.1").read_text() == "long"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_programs_end_when_the_watch_is_killed(tmp_path):
    code = (
        "import sys; from pathlib import Path; from voices.processes import Program, Watch\n"
        f"program = Program('a', [sys.executable, '-c', 'import time; time.sleep(99)'],"
        f" Path({str(tmp_path / 'log')!r}))\n"
        "program.start(); print(program.process.pid, flush=True); program.process.wait()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: not alive(child))


@pytest.mark.django_db
def test_serve_says_that_its_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port}"):
            call_command("serve", port=port, no_browser=True)


@pytest.mark.django_db
def test_serve_says_that_the_database_is_behind(monkeypatch):
    monkeypatch.setattr(
        "voices.management.commands.serve.MigrationExecutor.migration_plan", lambda *_: ["one"]
    )
    with pytest.raises(CommandError, match="migrate"):
        call_command("serve", port=0, no_browser=True)


def test_a_second_start_on_the_same_folder_says_so_and_ends(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with (tmp_path / "serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("http://127.0.0.1:8000/ (process 1)")
        lock.flush()
        with pytest.raises(CommandError, match=r"already runs on .+ at http://127\.0\.0\.1:8000/"):
            call_command("serve", port=8001)
