"""The process that confined ones are forked from, and what each of those does.

It has loaded what they need and waits for orders on a socket: a line of JSON, and two open files, one to
read and one to write. It never looks into either: the process it forks does, once that has given up its
rights. It answers with the process's id, and with its exit status when it is gone.
"""

import contextlib
import importlib
import json
import os
import resource
import socket
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from tts_engine.confinement.kernel import forbid_all_else

PACKAGES = Path(__file__).resolve().parent.parent.parent
ORDER_BYTES = 1 << 16
OPEN_FILES = 64
REPLY_BYTES = 1 << 20


def serve(orders: socket.socket) -> None:
    """Until the other side is closed."""
    while True:
        line, files, _, _ = socket.recv_fds(orders, ORDER_BYTES, 2)
        if not line:
            return
        order = json.loads(line)
        task = _named(order["task"])
        pid = os.fork()
        if pid == 0:
            _work(task, order, *files)
        for file in files:
            os.close(file)
        orders.sendall(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        orders.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _named(name: str) -> Any:
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)


def _work(task: Any, order: dict[str, Any], source: int, sink: int) -> NoReturn:
    status = 1
    try:
        os.setsid()  # a group of its own, killed together
        os.dup2(source, 0)  # for a program that the task starts
        os.closerange(3, min(source, sink))
        os.closerange(max(source, sink) + 1, OPEN_FILES)
        confined = _confine(order["limits"])
        with os.fdopen(0, "rb", closefd=False) as content, os.fdopen(sink, "wb") as target:
            reply = _answer(task, content, target, order["options"])
            told = json.dumps({**reply, "confined": confined}).encode()
            target.write(told + struct.pack(">I", len(told)))
        status = 0
    finally:
        os._exit(status)  # nothing of the process that we were forked from may run here


def _confine(limits: dict[str, int]) -> list[str]:
    with contextlib.suppress(OSError):  # Linux's: short of memory, it ends this before us
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for name, value in (
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["output_bytes"] + REPLY_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))
    return forbid_all_else(
        [
            *(Path(name) for name in ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")),
            *(Path(name) for name in {sys.prefix, sys.base_prefix}),
            *(PACKAGES / name for name in ("tts_engine", "voices")),
        ]
    )


def _answer(task: Any, source: BinaryIO, sink: BinaryIO, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"facts": task(source, sink, **options)}
    except MemoryError:
        return {"exceeded": "memory"}
    except Exception as error:
        code = getattr(error, "code", None)
        if not isinstance(code, str):
            raise  # unforeseen: counts as a crash
        return {
            "error": {
                "kind": type(error).__name__,
                "status": int(getattr(error, "status", 0)),
                "code": code,
                "en": str(error),
                "ru": getattr(error, "message_ru", None) or getattr(error, "ru", ""),
                "details": getattr(error, "details", {}),
            }
        }


def main() -> None:
    """Arguments: the number of our end of the socket, then what to call at the start."""
    with socket.socket(fileno=int(sys.argv[2])) as orders:
        _named(sys.argv[3])()
        serve(orders)
