"""The faults themselves, done to running servers."""

import os
import signal
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
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        sys.exit("libfaketime is not installed; on Debian: apt-get install faketime")
    found = {}
    for kind in CLOCKS:
        offset = folder / f"{kind}.clock"
        offset.write_text("+0\n")
        found[kind] = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # no clock that is set changes that one
            "NO_FAKE_STAT": "1",
        }
    return found


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
        offset = self._folder / f"{CLOCKS[turn % 3]}.clock"
        offset.write_text(f"{JUMPS_SECONDS[turn % 3]:+d}\n")


KINDS: dict[str, Callable[[FaultMaker, int], None]] = {
    "worker": FaultMaker.worker,
    "redis": FaultMaker.redis,
    "postgres": FaultMaker.postgres,
    "web": FaultMaker.web,
    "disk": FaultMaker.disk,
    "clock": FaultMaker.clock,
}
