"""What the tests ask a confined process to do."""

import ctypes
import fcntl
import mmap
import os
import resource
import select
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path


def attempts(source, sink, *, secret, parent):
    """What a decoder that was taken over would try; the names of what it was refused."""
    tries = {
        "network": socket.socket,
        "secret": lambda: Path(secret).read_bytes(),
        "list": lambda: list(Path(secret).parent.iterdir()),
        "write": lambda: Path(secret).with_name("new").write_bytes(b"x"),
        "kill": lambda: os.kill(parent, 0),
        "leave": os.setsid,
        "memory of others": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
    }
    refused = []
    for name, attempt in tries.items():
        try:
            attempt()
        except PermissionError:
            refused.append(name)
    return {"refused": refused, "environment": sorted(os.environ)}


def turn_round(source, sink):
    sink.write(source.read()[::-1])


def fill_memory(source, sink):
    return {"bytes": len(bytearray(3 << 30))}


def spin(source, sink):
    while True:
        pass


def sleep(source, sink):
    time.sleep(100)


def crash(source, sink):
    os.abort()


def fill_disk(source, sink):
    while True:
        sink.write(bytes(1 << 20))


def leave_a_program_behind(source, sink):
    return {"pid": subprocess.Popen(["/usr/bin/sleep", "100"], stdout=subprocess.DEVNULL).pid}


def raw_calls(source, sink, *, calls):
    """System calls by number, as no library makes them; what each was answered with, 0 for success."""
    libc = ctypes.CDLL(None, use_errno=True)
    answers = []
    for number, *arguments in calls:
        ctypes.set_errno(0)
        done = libc.syscall(number, *(ctypes.c_long(value) for value in arguments))
        answers.append(ctypes.get_errno() if done == -1 else 0)
    return {"answers": answers}


def signal_by_a_pipe(source, sink, *, victim):
    """The kernel sends a signal of one's choice to the owner of a file when something can be read."""
    reading, writing = os.pipe()
    try:
        fcntl.fcntl(reading, fcntl.F_SETOWN, victim)
        fcntl.fcntl(reading, 10, signal.SIGKILL)  # F_SETSIG
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
        os.write(writing, b"x")
    except PermissionError:
        return {"refused": True}
    return {"refused": False}


def everyday_work(source, sink):
    """What decoders, Python and C libraries of several ages do."""
    heard = []
    thread = threading.Thread(target=lambda: heard.append(threading.get_native_id()))
    thread.start()
    thread.join()
    program = subprocess.run(["/usr/bin/env", "true"], capture_output=True, check=True)
    time.sleep(0.001)
    with mmap.mmap(-1, 1 << 16) as memory:
        memory.resize(1 << 20)
    return {
        "thread": len(heard),
        "program": program.returncode,
        "cores": os.cpu_count(),
        "random": len(os.urandom(8)),
        "size": os.fstat(source.fileno()).st_size,
        "library": Path("/usr").is_dir() and any(Path("/usr").iterdir()),
        "memory_limit": resource.getrlimit(resource.RLIMIT_AS)[0],
        "ready": len(select.select([source], [], [], 0)[0]),
    }
