"""The system calls of a confined process: what decoding takes, and nothing that reaches anybody else."""

import errno
import os
import platform
import re
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tts_engine.confinement import calls, kernel
from tts_engine.confinement.running import Limits, run_confined

ORDERS = "tests.tts_engine.confinement.orders"
REFUSED = {errno.EPERM, errno.ENOSYS}
UNFILTERED = {
    335,
    336,
}  # uretprobe and uprobe of x86_64: Linux passes them by filters, and ends the caller
HIGHEST = 520  # above all that Linux has today
MACHINES = calls.ARCHITECTURES

here = pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() not in MACHINES,
    reason="Linux's means",
)


def outcome(name, **options):
    limits = Limits(output_bytes=1 << 20)
    with run_confined(f"{ORDERS}:{name}", b"abc", limits=limits, options=options) as confined:
        assert confined.error is None
        return confined.facts


@pytest.fixture
def victim():
    """Another process of the same user; it must outlive the test."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    died = process.poll()
    process.kill()
    process.wait()
    assert died is None


# number on x86_64 and arm64, and arguments; V is the other process
V = "victim"
ATTACKS = {
    "kill": ((62, 129), V, 9),
    "kill the group": ((62, 129), 0, 0),
    "tkill": ((200, 130), V, 9),
    "tgkill": ((234, 131), V, V, 9),
    "rt_sigqueueinfo": ((129, 138), V, 9, 0),
    "rt_tgsigqueueinfo": ((297, 240), V, V, 9, 0),
    "pidfd_open": ((434, 434), V, 0),
    "pidfd_send_signal": ((424, 424), 0, 9, 0, 0),
    "pidfd_getfd": ((438, 438), 0, 0, 0),
    "ptrace": ((101, 117), 0x4206, V, 0, 0),
    "process_vm_readv": ((310, 270), V, 0, 0, 0, 0, 0),
    "process_vm_writev": ((311, 271), V, 0, 0, 0, 0, 0),
    "process_madvise": ((440, 440), 0, 0, 0, 0, 0),
    "limits of another": ((302, 261), V, 0, 0, 0),
    "cores of another": ((203, 122), V, 8, 0),
    "priority of another": ((141, 140), 0, V, 19),
    "scheduler of another": ((144, 119), V, 0, 0),
    "turns at the disk": ((251, 30), 1, V, 0),
    "setsid": ((112, 157),),
    "setpgid": ((109, 154), 0, 0),
    "socket": ((41, 198), 2, 1, 0),
    "socketpair": ((53, 199), 1, 1, 0, 0),
    "io_uring_setup": ((425, 425), 8, 0),
    "bpf": ((321, 280), 0, 0, 0),
    "userfaultfd": ((323, 282), 0),
    "perf_event_open": ((298, 241), 0, 0, 0, 0, 0),
    "memfd_create": ((319, 279), 0, 0),
    "mount": ((165, 40), 0, 0, 0, 0, 0),
    "chmod": ((268, 53), -100, 0, 0),
    "fchmod": ((91, 52), 0, 0),
    "unlinkat": ((263, 35), -100, 0, 0),
    "unshare": ((272, 97), 0x10000000),
    "clone with a namespace": ((56, 220), 0x10000000 | 17, 0, 0, 0, 0),
    "clone as a sibling": ((56, 220), 0x8000 | 17, 0, 0, 0, 0),
    "clone3": ((435, 435), 0, 0),
    "keyctl": ((250, 219), 0, 0, 0),
    "shmget": ((29, 194), 0, 4096, 0o1600),
    "timer_create": ((222, 107), 0, 0, 0),
    "prctl PR_SET_PDEATHSIG": ((157, 167), 1, 9, 0, 0, 0),
    "prctl PR_SET_SECCOMP": ((157, 167), 22, 0, 0, 0, 0),
    "ioctl TIOCSTI": ((16, 29), 0, 0x5412, 0),
}


@here
@pytest.mark.parametrize("name", ATTACKS)
def test_a_call_by_its_number_reaches_nobody_else(victim, name):
    numbers, *arguments = ATTACKS[name]
    call = [numbers[MACHINES.index(platform.machine())]]
    call += [victim if value == V else value for value in arguments]
    [answer] = outcome("raw_calls", calls=[call])["answers"]
    assert answer in REFUSED


@here
def test_no_signal_goes_out_by_way_of_a_pipe(victim):
    assert outcome("signal_by_a_pipe", victim=victim) == {"refused": True}


@here
def test_every_call_that_is_not_listed_is_refused():
    column = MACHINES.index(platform.machine())
    unlisted = sorted(set(range(HIGHEST)) - listed(column) - UNFILTERED)
    # every argument is wrong, should one of them get through
    answers = outcome("raw_calls", calls=[[number, *[-1] * 6] for number in unlisted])["answers"]
    through = [
        number for number, answer in zip(unlisted, answers, strict=True) if answer not in REFUSED
    ]
    assert not through


@here
def test_everyday_work_is_done():
    facts = outcome("everyday_work")
    assert facts == {
        "thread": 1, "program": 0, "cores": os.cpu_count(), "random": 8, "size": 3, "library": True,
        "memory_limit": Limits(output_bytes=1).memory_bytes, "ready": 1,
    }  # fmt: skip


def listed(column):
    """Numbers that may be called, with some arguments at least."""
    tables = (calls.ALLOWED.values(), [row[0] for row in calls.ALLOWED_WITH.values()])
    pairs = [*tables[0], *tables[1], *(row[0] for row in calls.ALLOWED_WITHOUT.values())]
    return {pair[column] for pair in pairs} - {None}


ANSWERS = {
    0x7FFF0000: "allowed",
    0x80000000: "killed",
    0x50000 | errno.EPERM: "refused",
    0x50000 | errno.ENOSYS: "unknown",
}


def judged(machine, number, *arguments, architecture=None):
    """What the filter of a machine answers, by the kernel's rules for such programs."""
    architecture = architecture or kernel._ARCHITECTURES[machine]
    padded = [value & (2**64 - 1) for value in (*arguments, *[0] * 6)][:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    program, at, value = kernel._program(machine), 0, 0
    while True:
        code, if_true, if_false, constant = program[at]
        at += 1
        if code == 0x20:
            [value] = struct.unpack_from("<I", data, constant)
        elif code == 0x06:
            return ANSWERS[constant]
        else:
            tests = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}
            at += if_true if tests[code] else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_of_each_machine_lets_through_what_is_listed_for_it(machine):
    column = MACHINES.index(machine)
    plain = {pair[column] for pair in calls.ALLOWED.values()} - {None}
    for number in set(range(HIGHEST)) - (listed(column) - plain):
        newer = number >= calls.NEWER_CALLS
        expected = "allowed" if number in plain else "unknown" if newer else "refused"
        assert judged(machine, number) == expected, number


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_are_judged_on_each_machine(machine):
    column = MACHINES.index(machine)
    for numbers, argument, values in calls.ALLOWED_WITH.values():
        before = [77] * argument
        for value in values:
            assert judged(machine, numbers[column], *before, value) == "allowed"
        for value in (5, 8, 10, 36, 1024, 0x5412, os.getpid() + 2**21):
            assert judged(machine, numbers[column], *before, value) == "refused"
    clone = calls.ALLOWED_WITHOUT["clone"][0][column]
    for flags in (signal.SIGCHLD, 0x3D0F00, 0x4100 | signal.SIGCHLD):  # fork, a thread, vfork
        assert judged(machine, clone, flags) == "allowed"
    for flags in (
        0x20000,
        0x2000000,
        0x4000000,
        0x8000000,
        0x10000000,
        0x20000000,
        0x40000000,
        0x8000,
    ):
        assert judged(machine, clone, flags | signal.SIGCHLD) == "refused"


def test_the_numbers_of_another_architecture_are_not_listened_to():
    assert judged("x86_64", 0, architecture=0x40000003) == "killed"  # i386
    assert judged("aarch64", 63, architecture=0x40000028) == "killed"  # arm
    assert judged("x86_64", 0x40000000) == "unknown"  # read, as x32 counts


HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_those_of_the_kernel_s_own_table(machine):
    found = [Path(path) for path in HEADERS[machine] if Path(path).is_file()]
    if not found:
        pytest.skip("the kernel's headers are not installed")
    rows = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", found[0].read_text())
    table = {name: int(number) for name, number in rows}
    if machine == "aarch64":
        table["newfstatat"] = table["fstatat"]
    column = MACHINES.index(machine)
    ours = {name: pair[column] for name, pair in calls.ALLOWED.items()}
    for rules in (calls.ALLOWED_WITH, calls.ALLOWED_WITHOUT):
        ours |= {name: row[0][column] for name, row in rules.items()}
    assert {name: table.get(name) for name in ours} == ours
