"""The system calls that decoding a file takes; every other one is refused.

A list of what is forbidden would never be complete: there are eight ways to send a signal alone. Where a call does
something else for some of its arguments, those arguments are listed too. Sources: the syscall tables of x86_64 and
arm64 (numbers in this order; None: arm64 never had it), linux/fcntl.h, linux/sched.h, linux/prctl.h,
asm-generic/ioctls.h.
"""

ARCHITECTURES = ("x86_64", "aarch64")

# fmt: off
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files that are open
    "close": (3, 57), "close_range": (436, 436), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "fadvise64": (221, 223), "fstat": (5, 80), "fstatfs": (138, 44),
    "lseek": (8, 62), "pipe": (22, None), "pipe2": (293, 59), "poll": (7, None), "ppoll": (271, 73),
    "pread64": (17, 67), "preadv": (295, 69), "pselect6": (270, 72), "pwrite64": (18, 68),
    "pwritev": (296, 70), "read": (0, 63), "readv": (19, 65), "select": (23, None),
    "write": (1, 64), "writev": (20, 66),
    # files by name, which Landlock judges
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "getcwd": (79, 17),
    "getdents64": (217, 61), "lstat": (6, None), "newfstatat": (262, 79), "open": (2, None),
    "openat": (257, 56), "readlink": (89, None), "readlinkat": (267, 78), "stat": (4, None),
    "statfs": (137, 43), "statx": (332, 291),
    # memory
    "brk": (12, 214), "madvise": (28, 233), "membarrier": (324, 283), "mincore": (27, 232),
    "mmap": (9, 222), "mprotect": (10, 226), "mremap": (25, 216), "munmap": (11, 215),
    # threads, and programs of our own
    "execve": (59, 221), "exit": (60, 93), "exit_group": (231, 94), "fork": (57, None),
    "futex": (202, 98), "rseq": (334, 293), "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126), "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "sched_yield": (24, 124),
    "set_robust_list": (273, 99), "set_tid_address": (218, 96), "vfork": (58, None),
    "wait4": (61, 260), "waitid": (247, 95),
    # signals that arrive
    "restart_syscall": (219, 128), "rt_sigaction": (13, 134), "rt_sigpending": (127, 136),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigsuspend": (130, 133),
    "rt_sigtimedwait": (128, 137), "sigaltstack": (131, 132),
    # what time it is, and who and where one is
    "arch_prctl": (158, None), "clock_getres": (229, 114), "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115), "getcpu": (309, 168), "getegid": (108, 177),
    "geteuid": (107, 175), "getgid": (104, 176), "getgroups": (115, 158), "getpgid": (121, 155),
    "getpgrp": (111, None), "getpid": (39, 172), "getppid": (110, 173), "getrandom": (318, 278),
    "getresgid": (120, 150), "getresuid": (118, 148), "getrlimit": (97, 163),
    "getrusage": (98, 165), "getsid": (124, 156), "gettid": (186, 178), "gettimeofday": (96, 169),
    "getuid": (102, 174), "nanosleep": (35, 101), "sysinfo": (99, 179), "time": (201, None),
    "times": (100, 153), "umask": (95, 166), "uname": (63, 160),
}
# fmt: on

# name: numbers, which argument (from 0), and its allowed values
ALLOWED_WITH = {
    "fcntl": (
        (72, 25),
        1,
        # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC; F_SETOWN with F_SETSIG would kill
        (0, 1, 2, 3, 4, 1030),
    ),
    "ioctl": (
        (16, 29),
        1,
        # TCGETS, TCGETS2, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
        (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451),
    ),
    "prctl": ((157, 167), 0, (15, 16)),  # PR_SET_NAME, PR_GET_NAME
    "prlimit64": ((302, 261), 0, (0,)),  # of this process, not of another one
}

# name: numbers, which argument, and the bits that must not be set in it
ALLOWED_WITHOUT = {
    # CLONE_PARENT would leave a child behind, CLONE_NEW… opens what only root may do otherwise
    "clone": ((56, 220), 0, 0x00008000 | 0x7E020000),
}

# From here on calls have one number everywhere. They fail as on a kernel that does not have them (ENOSYS), and
# libraries fall back on older ones: glibc from clone3 on clone.
NEWER_CALLS = 403
