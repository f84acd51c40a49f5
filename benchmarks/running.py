"""What a command takes: wall and processor time, and memory with that of the processes it starts.

    python -m benchmarks.running convert hour.mp3 --song --voice anna --output cover.mp3

The arguments are those of `python -m tts_engine`, loading included. Memory is the proportional set size of the command
and all below it, looked at twice a second.
"""

import contextlib
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.5  # a look takes some milliseconds of a large process


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one command took and printed."""

    seconds: float
    processor_seconds: float
    peak_gb: float
    told: str


def family(pid: int) -> list[int]:
    """A process and all that it has started, and they."""
    found = [pid]
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text(encoding="ascii").split():
            found += family(int(child))
    return found


def memory_gb(pid: int) -> float:
    """Of a process and all below it; each page that several share is counted once."""
    kilobytes = 0
    for one in family(pid):
        with contextlib.suppress(OSError):  # it has just ended
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
            kilobytes += int(rollup.split("\nPss:")[1].split()[0])
    return kilobytes / 1e6


def run(arguments: Sequence[str | Path]) -> Taken:
    """Run a command of `tts_engine`.

    Raises:
        CalledProcessError: it failed; what it said stands on standard error.
    """
    peak, ended = 0.0, threading.Event()

    def look(pid: int) -> None:
        nonlocal peak
        while not ended.wait(LOOK_SECONDS):
            with contextlib.suppress(OSError):
                peak = max(peak, memory_gb(pid))

    used = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    started = time.perf_counter()
    command = [sys.executable, "-m", "tts_engine", *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(command, stdout=told)
        looking = threading.Thread(target=look, args=(process.pid,))
        looking.start()
        status = process.wait()
        seconds = time.perf_counter() - started
        ended.set()
        looking.join()
        told.seek(0)
        if status:
            raise subprocess.CalledProcessError(status, command)
        return Taken(
            seconds=seconds,
            processor_seconds=sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - used,
            peak_gb=peak,
            told=told.read(),
        )


def main() -> None:
    taken = run(sys.argv[1:])
    print(
        f"{taken.told}{taken.seconds:.0f} s, {taken.processor_seconds:.0f} s of processors, "
        f"at most {taken.peak_gb:.2f} GB"
    )


if __name__ == "__main__":
    main()
