"""What the kernel is asked to forbid this process and all that it starts; neither needs root.

seccomp   every system call that decoding a file does not take: sockets, signals, rights and limits of others,
          changes of files, kernel interfaces (tts_engine/confinement/calls.py has the list)
Landlock  files: reading the programs and libraries only, writing none (what is open stays open)

Both are Linux's. Where one is missing, `forbid_all_else` does not name it, and whoever started the
process says so in its log. Sources: linux/seccomp.h, linux/filter.h, linux/landlock.h.
"""

import contextlib
import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from tts_engine.confinement import calls

_SET_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL = (_RETURN, 0, 0, 0x80000000)
_ALLOW = (_RETURN, 0, 0, 0x7FFF0000)
_REFUSE = (_RETURN, 0, 0, 0x00050000 | errno.EPERM)
_UNKNOWN = (_RETURN, 0, 0, 0x00050000 | errno.ENOSYS)
_LOAD_CALL, _LOAD_ARCHITECTURE = (_LOAD, 0, 0, 0), (_LOAD, 0, 0, 4)
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_Step = tuple[
    int, int, int, int
]  # a step of the filter: code, jumps if true and if false, constant

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
    program = _program(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    head = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(code)))
    return bool(libc.prctl(_SET_SECCOMP, _MODE_FILTER, head, 0, 0) == 0)


def _program(machine: str) -> list[_Step]:
    """Jumps lead forward over so many steps. The other numbering of x86_64 (x32) is above all lists."""
    column = calls.ARCHITECTURES.index(machine)
    program = [_LOAD_ARCHITECTURE, (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[machine]), _KILL, _LOAD_CALL]
    for numbers, argument, values in calls.ALLOWED_WITH.values():
        tests = [(_JUMP_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
        program += _judged(numbers[column], argument, tests)
    for numbers, argument, bits in calls.ALLOWED_WITHOUT.values():
        program += _judged(numbers[column], argument, [(_JUMP_ANY_BIT, 0, 1, bits)])
    allowed = [pair[column] for pair in calls.ALLOWED.values()]
    known = [number for number in allowed if number is not None]
    ending = [(_JUMP_AT_LEAST, 0, 1, calls.NEWER_CALLS), _UNKNOWN, _REFUSE, _ALLOW]
    to_allow = len(known) + len(ending) - 2
    program += [(_JUMP_EQUAL, to_allow - at, 0, number) for at, number in enumerate(known)]
    return program + ending


def _judged(number: int, argument: int, tests: list[_Step]) -> list[_Step]:
    """Of a call with that number the argument's lower half is tested: to the next step or over it."""
    steps = [(_LOAD, 0, 0, 16 + 8 * argument), *tests, _REFUSE, _ALLOW]
    return [(_JUMP_EQUAL, 0, len(steps), number), *steps]


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
