"""The faults themselves, done to running servers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.servers import Stack, wait_for

DOWN_SECONDS = 3.0
FULL_SECONDS = 12.0
JUMPS_SECONDS = (3600, -3600, 86_400)
CLOCKS = ("worker", "web", "database")
BLOCK_BYTES = 64 * 1024


def clock_environments(folder: Path) -> dict[str, dict[str, str]]:
    """Environments in which programs see another time: each kind reads its offset from a file."""
    library = folder / "clock_shift.so"
    source = Path(__file__).with_name("clock_shift.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    found = {}
    for kind in CLOCKS:
        file = folder / f"{kind}.clock"
        clock_set(file, 0)
        found[kind] = {"LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(file)}
    return found


def clock_set(file: Path, seconds: int) -> None:
    """Put the clock of those who read this file ahead or back; in place, as they have it mapped."""
    with file.open("r+b" if file.exists() else "wb") as target:
        target.write(seconds.to_bytes(8, sys.byteorder, signed=True))


class FaultMaker:
    """Does a fault and returns when it is over, with the ids of the jobs it found running."""

    def __init__(
        self, stack: Stack, media: Path, folder: Path, running: Callable[[], list[str]]
    ) -> None:
        self._stack, self._media, self._folder, self._running = stack, media, folder, running

    def make(self, kind: str, turn: int) -> list[str]:
        """The fault for the `turn`-th time."""
        wait_for(lambda: bool(self._running()), "work", seconds=120)
        held = self._running()
        KINDS[kind](self, turn)
        return held

    def worker(self, turn: int) -> None:
        """One of the two at once with its children, in the middle of what they do."""
        self._stack.workers[turn % 2].signal_group(signal.SIGKILL)

    def web(self, turn: int) -> None:
        """One of the two: killed, or asked to go."""
        number = signal.SIGTERM if turn % 2 else signal.SIGKILL
        self._stack.web[turn % 2].signal_group(number)

    def redis(self, _turn: int) -> None:
        """It forgets all messages."""
        self._stack.broker.stop()
        time.sleep(DOWN_SECONDS)
        self._stack.broker.start()

    def postgres(self, turn: int) -> None:
        """As by a crash, or with its clients sent away."""
        self._stack.database.stop("fast" if turn % 2 else "immediate")
        time.sleep(DOWN_SECONDS)
        self._stack.database.start()

    def disk(self, _turn: int) -> None:
        """Not a byte is left where results go."""
        filler = self._media / "filler"
        block = os.urandom(BLOCK_BYTES)
        try:
            with filler.open("wb", buffering=0) as target:
                while True:
                    target.write(block)
        except OSError:
            time.sleep(FULL_SECONDS)  # full
        finally:
            filler.unlink()

    def clock(self, turn: int) -> None:
        """An hour or a day, of the workers, of the site or of the database; it stays so."""
        clock_set(self._folder / f"{CLOCKS[turn % 3]}.clock", JUMPS_SECONDS[turn % 3])


KINDS: dict[str, Callable[[FaultMaker, int], None]] = {
    "worker": FaultMaker.worker,
    "redis": FaultMaker.redis,
    "postgres": FaultMaker.postgres,
    "web": FaultMaker.web,
    "disk": FaultMaker.disk,
    "clock": FaultMaker.clock,
}
