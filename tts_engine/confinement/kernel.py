"""What the kernel is asked to forbid this process and all that it starts; neither needs root.

seccomp   no sockets, no signals to others, no leaving the process group, nothing of a debugger or of
          kernel interfaces that a decoder has no use for
Landlock  files: reading the programs and libraries only, writing none (what is open stays open)

Both are Linux's. Where one is missing, `forbid_all_else` does not name it, and whoever started the
process says so in its log. Sources: linux/seccomp.h, linux/landlock.h, the syscall tables of x86_64
and of arm64.
"""

import contextlib
import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_SET_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # refused with EPERM
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_X32_CALLS = 0x40000000  # the same calls under other numbers
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# name: number on (x86_64, arm64)
_FORBIDDEN = {
    "socket": (41, 198),
    "connect": (42, 203),
    "socketpair": (53, 199),
    "bind": (49, 200),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "pidfd_getfd": (438, 438),
}

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_NOWHERE = Path("/dev/null")  # may be written to as well
# rights over files that each version of Landlock knows
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}


def forbid_all_else(readable: Iterable[Path]) -> list[str]:
    """Give up everything but computing and reading below `readable`; returns what took effect."""
    if not sys.platform.startswith("linux"):
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return []
    wanted = {"landlock": _landlock(libc, readable), "seccomp": _seccomp(libc)}
    return [name for name, effective in wanted.items() if effective]


def _seccomp(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    column = list(_ARCHITECTURES).index(machine)
    numbers = [pair[column] for pair in _FORBIDDEN.values()]
    program = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
    ]
    program += [(_LOAD, 0, 0, 0), (_JUMP_AT_LEAST, len(numbers) + 1, 0, _X32_CALLS)]
    # a hit jumps over the calls still to be compared and over the permission
    program += [(_JUMP_EQUAL, len(numbers) - at, 0, nr) for at, nr in enumerate(numbers)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    head = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(code)))
    return bool(libc.prctl(_SET_SECCOMP, _MODE_FILTER, head, 0, 0) == 0)


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path]) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    attributes = ctypes.create_string_buffer(struct.pack("Q", rights), 8)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, 8, 0)
    if ruleset < 0:
        return False
    for path in (*readable, _NOWHERE):
        with contextlib.suppress(FileNotFoundError):
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            allowed = _EXECUTE | _READ_FILE | (_READ_FOLDER if path.is_dir() else 0)
            allowed |= _WRITE_FILE if path == _NOWHERE else 0
            rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, folder), 12)
            libc.syscall(_ADD_RULE, ruleset, _BENEATH, rule, 0)
            os.close(folder)
    restricted = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(restricted)
