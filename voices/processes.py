"""Programs started together and watched: one that dies is started again, all of them end together."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from voices.loops import failure_logged

logger = logging.getLogger(__name__)

STOP_SECONDS = 6.0
STEADY_SECONDS = 30.0  # a program that ran for so long may start again at once
MAX_PAUSE_SECONDS = 30.0
LOG_BYTES = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1


@dataclass
class Program:
    """A command with its log file; `process` while it runs."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    wait_until: float = field(default=0.0)

    def start(self) -> None:
        """Run in a session of its own: Ctrl-C in the terminal is ours to pass on."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        _rotate(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self.started_at = time.monotonic()

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def signal_group(self, number: signal.Signals) -> None:
        """To the program and all it has started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def group_lives(self) -> bool:
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


class Watch:
    """Keeps programs running until asked to stop."""

    def __init__(self, programs: list[Program]) -> None:
        self.programs = programs
        self._stopping = False

    def stop(self, *_signal: object) -> None:
        """Also a signal handler."""
        self._stopping = True

    def run(self, *, each_second: Callable[[], None]) -> None:
        """Start all, look after them, and return when all of them are gone."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            for program in self.programs:
                program.start()
            while not self._stopping:
                for program in self.programs:
                    with failure_logged(program.name):  # no room for its log, no memory for it
                        _revive(program)
                each_second()
                time.sleep(0.2)
        finally:
            _end(self.programs)


def _revive(program: Program) -> None:
    status = program.exit_status
    if status is None:
        return
    now = time.monotonic()
    if program.wait_until == 0.0:
        program.signal_group(signal.SIGKILL)  # what it left behind
        steady = now - program.started_at > STEADY_SECONDS
        program.failures = 0 if steady else program.failures + 1
        pause = 0.0 if steady else min(2.0 ** (program.failures - 1), MAX_PAUSE_SECONDS)
        program.wait_until = now + pause
        logger.warning(
            "%s ended with status %d; starting again in %.0f s (see %s)",
            program.name, status, pause, program.log,
        )  # fmt: skip
    if now >= program.wait_until:
        program.wait_until = 0.0
        program.start()


def _end(programs: list[Program]) -> None:
    for program in programs:  # each tells its own children, when it is time for that
        if program.process:
            program.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(program.group_lives() for program in programs):
        time.sleep(0.05)
    for program in programs:
        program.signal_group(signal.SIGKILL)
        if program.process:
            program.process.wait()


def _end_with_parent() -> None:
    """Linux: SIGTERM for the child when this process dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
