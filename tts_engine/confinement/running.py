"""Confined processes from outside: each does one order and is then gone, with all that it started.

Python and numpy take longer to start than most files to decode, so that is done once: every order is
done by a fork of a process that waits with both loaded, and ends when whoever started it does.
"""

import atexit
import contextlib
import json
import logging
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from tts_engine.confinement.child import PACKAGES

logger = logging.getLogger(__name__)

START_SECONDS = 60.0  # to load numpy on a busy machine
AT_ONCE = 2  # in one process of the service
MEGABYTE = 1024 * 1024
_LOAD = "tts_engine.audio.untrusted:load_decoders"
_START = "import sys; sys.path.insert(0, sys.argv[1]); from tts_engine.confinement.child import main; main()"
# not our own: it holds secrets
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",  # every arena takes 64 MB of the address space
}


class ConfinementError(Exception):
    """A limit was exceeded or the process crashed; `reason` is "time", "memory" or "crash"."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a confined task failed: {reason}")
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of each process of one order; the wall time is that of the whole order."""

    output_bytes: int
    cpu_seconds: int = 12
    wall_seconds: int = 18
    memory_bytes: int = 768 * MEGABYTE


@dataclass(frozen=True, kw_only=True)
class Confined:
    """A task's outcome: what it returned, or the error that it named; and what it wrote."""

    facts: dict[str, Any]
    error: dict[str, Any] | None
    output: BinaryIO
    output_bytes: int


class _Forker:
    """A process that forks one for every order, one at a time."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.socket, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self.process = subprocess.Popen(  # noqa: S603  # every argument is ours
                [sys.executable, "-I", "-c", _START, str(PACKAGES), str(number), _LOAD],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                start_new_session=True,
            )

    def do(self, order: dict[str, Any], files: list[BinaryIO], wall_seconds: float) -> int | None:
        """The exit status of the process that did it, negative for a signal; None: time ran out."""
        line = json.dumps(order).encode() + b"\n"
        try:
            socket.send_fds(self.socket, [line], [file.fileno() for file in files])
            pid = self._number(START_SECONDS)
        except OSError as error:  # it is gone, or does not answer
            raise ConfinementError("crash") from error
        try:
            return self._number(wall_seconds)
        except TimeoutError:
            _kill_group(pid)
            self._number(START_SECONDS)
            return None
        finally:
            _kill_group(pid)  # what it left behind

    def _number(self, patience_seconds: float) -> int:
        self.socket.settimeout(patience_seconds)
        told = b""
        while not told.endswith(b"\n"):
            piece = self.socket.recv(1)
            if not piece:
                raise ConfinementError("crash")
            told += piece
        return int(told)

    def close(self) -> None:
        self.socket.close()
        self.process.kill()
        self.process.wait()


_waiting: queue.SimpleQueue[_Forker] = queue.SimpleQueue()
_places = threading.BoundedSemaphore(AT_ONCE)


def prepare() -> None:
    """Start the process that the first order will be forked from."""
    if _waiting.empty():
        _waiting.put(_Forker())


@contextmanager
def run_confined(
    task: str, content: bytes | BinaryIO, *, limits: Limits, options: dict[str, Any] | None = None
) -> Iterator[Confined]:
    """Do `task` ("module:function") with a file of a stranger: its content, or the file itself, open to be read.

    The function is called with the file, a file to write to, and the options; it returns JSON.

    Raises:
        ConfinementError: it took too much, or crashed.
    """
    order = {"task": task, "options": options or {}, "limits": asdict(limits)}
    with _source(content) as source, tempfile.TemporaryFile() as output:
        source.seek(0)
        with _places, _forker() as forker:
            status = forker.do(order, [source, output], limits.wall_seconds)
        if status != 0:
            # at its hard limit of CPU time a process is killed
            in_time = status not in (None, -signal.SIGXCPU, -signal.SIGKILL)
            raise ConfinementError("crash" if in_time else "time")
        yield _reply(output)


@contextmanager
def _source(content: bytes | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(content, bytes):
        yield content
        return
    with tempfile.TemporaryFile(buffering=0) as source:
        source.write(content)
        yield source


@contextmanager
def _forker() -> Iterator[_Forker]:
    """A waiting one, or a new one; kept for the next order unless this one failed."""
    forker = _waiting_one() or _Forker()
    try:
        yield forker
    except BaseException:
        forker.close()
        raise
    _waiting.put(forker)


def _waiting_one() -> _Forker | None:
    with contextlib.suppress(queue.Empty):
        while True:
            forker = _waiting.get_nowait()
            if forker.owner == os.getpid():  # else of the process that we were forked from
                if forker.process.poll() is None:
                    return forker
                forker.close()
    return None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _reply(output: BinaryIO) -> Confined:
    size = output.seek(0, os.SEEK_END)
    try:
        output.seek(size - 4)
        length = struct.unpack(">I", output.read(4))[0]
        output.seek(size - 4 - length)
        reply = json.loads(output.read(length))
    except (OSError, ValueError, struct.error) as error:
        raise ConfinementError("crash") from error
    output.seek(0)
    _tell_what_is_missing(tuple(reply["confined"]))
    if "exceeded" in reply:
        raise ConfinementError(reply["exceeded"])
    return Confined(
        facts=reply.get("facts", {}),
        error=reply.get("error"),
        output=output,
        output_bytes=size - 4 - length,
    )


@lru_cache(maxsize=4)
def _tell_what_is_missing(confined: tuple[str, ...]) -> None:
    missing = {"seccomp", "landlock"} - set(confined)
    if missing:
        logger.warning(
            "this kernel does not offer %s: files of strangers are decoded with limits of time and "
            "memory, but with less kept from the decoder (docs/security.md)",
            ", ".join(sorted(missing)),
        )


@atexit.register
def _end_waiting() -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            forker = _waiting.get_nowait()
            if forker.owner == os.getpid():
                forker.close()
