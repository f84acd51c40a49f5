"""How much a worker serves of each kind of work: `python -m benchmarks.sizing`.

Starts PostgreSQL, Redis, two web and two worker processes of one thread each in a fresh folder and gives them
one kind of work after another. Prints, asserts nothing.

    python -m benchmarks.sizing [--jobs 64]
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.callers import Caller, Calls
from benchmarks.servers import Stack, cpu_seconds

SENTENCE = "Сегодня будет очень тёплая погода."
PARAGRAPH = (
    "Старый мастер долго рассматривал сломанные часы, потом улыбнулся и достал инструменты. "
    "За окном шёл дождь, на площади зажигались фонари. "
)
JOB_SECONDS = 600.0  # of patience


class Sizing:
    """One person with a key who asks for one kind of work after another."""

    def __init__(self, stack: Stack, jobs: int) -> None:
        self._stack, self._jobs = stack, jobs
        self._caller = Caller(stack.addresses, stack.key(), Calls())
        self._number = 0

    def measure(self) -> None:
        """Every kind, a line each."""
        self._finish([self._job(SENTENCE), self._job(SENTENCE)])
        recording = self._caller.audio(self._finish([self._job(PARAGRAPH * 2)])[0])
        few = max(self._jobs // 8, 2)
        print(f"{'work':<42}{'jobs':>5}{'seconds':>9}{'a second':>10}{'processor s each':>18}")
        self._show("a sentence of five words, one by one", self._jobs, self._one_by_one)
        self._show("the same, all waiting", self._jobs, self._waiting(SENTENCE))
        self._show("137 characters, all waiting", self._jobs, self._waiting(PARAGRAPH))
        self._show("1,000 characters", few, self._waiting(PARAGRAPH * 7))
        self._show("10,000 characters, shared by the workers", 1, self._waiting(PARAGRAPH * 72))
        self._show("a voice of a recording of 20 s", few, self._voices(recording))

    def _show(self, name: str, count: int, work: Callable[[int], None]) -> None:
        before, started = cpu_seconds(self._stack.workers), time.perf_counter()
        work(count)
        spent = time.perf_counter() - started
        each = (cpu_seconds(self._stack.workers) - before) / count
        print(f"{name:<42}{count:>5}{spent:>9.1f}{count / spent:>10.2f}{each:>18.2f}", flush=True)

    def _job(self, text: str) -> str:
        self._number += 1
        return self._caller.job(text, key=f"sizing-{self._number}")

    def _finish(self, jobs: list[str]) -> list[str]:
        for job in jobs:
            status = self._caller.ended(job, seconds=JOB_SECONDS)["status"]
            if status != "succeeded":
                raise RuntimeError(f"job {job} has {status}")
        return jobs

    def _one_by_one(self, count: int) -> None:
        for _ in range(count):
            self._finish([self._job(SENTENCE)])

    def _waiting(self, text: str) -> Callable[[int], None]:
        def work(count: int) -> None:
            self._finish([self._job(text) for _ in range(count)])

        return work

    def _voices(self, recording: bytes) -> Callable[[int], None]:
        def enrol(number: int) -> None:
            self._caller.until_answered(
                "POST voices",
                "POST",
                "/api/v1/voices/",
                data={"name": f"Voice {number}", "consent": "true"},
                files={"recording": ("a.mp3", recording)},
            )

        def work(count: int) -> None:
            with ThreadPoolExecutor(len(self._stack.workers)) as people:  # each call waits
                list(people.map(enrol, range(count)))

        return work


def main() -> None:
    """From the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stop what was started
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=64)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="voiceclone-sizing-") as folder:
        limits = {f"VOICECLONE_ACCOUNT_{kind}_PER_MINUTE": "0" for kind in ("CALLS", "UPLOADS")}
        with Stack(Path(folder), **limits) as stack:
            Sizing(stack, options.jobs).measure()


if __name__ == "__main__":
    main()
