"""What the tests ask a confined process to do."""

import os
import socket
import subprocess
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
