"""Nothing is lost and nothing made twice while servers die: `python -m benchmarks.faults`.

Starts PostgreSQL, Redis, two web and two worker processes in a fresh folder, lets people queue short
jobs, and meanwhile does each fault several times. Every result is fetched, decoded and compared with
the others of its text. Ends with 1 when a result was lost or doubled, or when work did not go on
within a minute of a fault's end.

    python -m benchmarks.faults [--jobs 500] [--times 3] [--faults all|worker,redis,…] [--seed 1]

Needs PostgreSQL, Redis and a C compiler (Debian: postgresql, redis-server, gcc). As root a tmpfs of
64 MB becomes the folder of the results; others name a small mounted folder of theirs with
--small-disk (`sudo mount -t tmpfs -o size=64m,uid=$UID tmpfs /mnt/small`).
"""

import argparse
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread

import httpx
import soundfile as sf

from benchmarks.audit import Rows, rows_audit
from benchmarks.callers import Caller, Calls
from benchmarks.fault_kinds import KINDS, FaultMaker, clock_environments
from benchmarks.servers import Stack

USERS = 12
RESUME_SECONDS = 60.0
JOB_SECONDS = 300.0  # of patience with one job
WORDS = [
    "да", "нет", "утро", "вечер", "дом", "река", "поле", "зима", "лето", "снег", "мост", "город",
    "книга", "хлеб", "вода", "огонь", "лес",
]  # fmt: skip
SENTENCE = "Старый мастер долго рассматривал сломанные часы и потом улыбнулся."


class Work:
    """Jobs to queue, handed to the people one by one until there were enough of them and of faults."""

    def __init__(self, least: int, seed: int) -> None:
        self._least, self.seed = least, seed
        self.taken = self.done = 0
        self.faults_over = False
        self.wrong: list[str] = []
        self._seconds: dict[str, float] = {}
        self._lock = Lock()

    def take(self) -> int | None:
        """The next number, or None when it is enough."""
        with self._lock:
            if self.taken >= self._least and self.faults_over:
                return None
            self.taken += 1
            return self.taken - 1

    def text(self, number: int) -> str:
        """Two words; now and then a sentence."""
        words = random.Random(f"{self.seed} {number}").sample(WORDS, 2)
        return SENTENCE if number % 10 == 9 else " ".join(words).capitalize() + "."

    def do(self, caller: Caller) -> None:
        """One person: queue, wait, fetch, judge, until no job is left."""
        while (number := self.take()) is not None:
            text = self.text(number)
            try:
                job = caller.job(text, key=f"{self.seed}-{number}")
                row = caller.ended(job, seconds=JOB_SECONDS)
                fault = row["error"]["code"] if row["status"] != "succeeded" else ""
                fault = fault or self._heard(text, caller.audio(job))
            except (httpx.HTTPError, OSError, AssertionError, ValueError, RuntimeError) as error:
                fault = repr(error)
            with self._lock:
                self.done += 1
                if fault:
                    self.wrong.append(f"job {number}: {fault}")

    def _heard(self, text: str, audio: bytes) -> str:
        """What is wrong with a result; "" when nothing is."""
        samples, rate_hz = sf.read(io.BytesIO(audio))
        seconds = len(samples) / rate_hz
        if not 0.2 < seconds < 1.5 + 0.3 * len(text):
            return f"{seconds:.2f} s for {text!r}"
        with self._lock:
            first = self._seconds.setdefault(text, seconds)
        return (
            "" if abs(first - seconds) < 0.1 else f"{seconds:.2f} s, before {first:.2f}, {text!r}"
        )


def resumed_after(rows: Rows, held: list[str], ended_at: float) -> float:
    """Seconds from a fault's end until jobs queued later and those it interrupted have ended."""
    succeeded = "select count(*) from voices_job where status='succeeded'"
    before = rows.number(succeeded)
    unfinished = "select count(*) from voices_job where id::text = any(%s) and finished_at is null"
    while time.monotonic() - ended_at < 2 * RESUME_SECONDS:
        if rows.number(succeeded) > before and not rows.number(unfinished, held):
            break
        time.sleep(0.3)
    return time.monotonic() - ended_at


@contextmanager
def small_disk(folder: Path, given: Path | None) -> Iterator[Path]:
    """A file system that can be filled."""
    if given is not None:
        yield given
        return
    if os.geteuid() != 0:
        sys.exit("only root may mount; name a small mounted folder with --small-disk")
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--times", type=int, default=3, help="how often each fault happens")
    parser.add_argument("--faults", default="all", help=f"all, none, or of {','.join(KINDS)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small-disk", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for logs and data, not removed")
    return parser.parse_args()


def planned(options: argparse.Namespace) -> list[str]:
    """The faults in their order: each kind once, shuffled, and again."""
    named = {"all": list(KINDS), "none": []}.get(options.faults) or options.faults.split(",")
    kinds = [] if options.faults == "none" else named
    choose = random.Random(options.seed)
    return [kind for _ in range(options.times) for kind in choose.sample(kinds, len(kinds))]


def report(
    work: Work, recoveries: dict[str, list[float]], audit: tuple[int, int, str], calls: str
) -> int:
    """Print what happened; the exit status."""
    lost, doubled, line = audit
    print(f"\n{'fault':<10}{'times':>6}{'resumed after, s':>30}")
    for kind, seconds in recoveries.items():
        shown = " ".join(f"{value:.0f}" for value in seconds)
        print(f"{kind:<10}{len(seconds):>6}{shown:>30}")
    print(f"\n{calls}\n\n{line}")
    for wrong in work.wrong[:20]:
        print(f"wrong: {wrong}")
    slow = sum(value > RESUME_SECONDS for seconds in recoveries.values() for value in seconds)
    lost = max(lost, len(work.wrong))
    print(f"jobs {work.taken}: lost {lost}, doubled {doubled}, resumed too late {slow}")
    return 1 if lost or doubled or slow else 0


def bench(folder: Path, options: argparse.Namespace) -> int:
    """One whole run."""
    plan, work, calls = planned(options), Work(options.jobs, options.seed), Calls()
    clocks = clock_environments(folder) if "clock" in plan else {}
    recoveries: dict[str, list[float]] = defaultdict(list)
    with (
        small_disk(folder / "media", options.small_disk) as media,
        Stack(
            folder,
            environments=clocks,
            VOICECLONE_MEDIA=str(media),
            VOICECLONE_ACCOUNT_CALLS_PER_MINUTE="0",
        ) as stack,
    ):
        key = stack.key()
        rows = Rows(stack.database.url)
        maker = FaultMaker(stack, media, folder, rows.running)
        started = time.monotonic()
        people = [
            Thread(
                target=work.do,
                args=(Caller(stack.addresses, key, calls, first=number),),
                daemon=True,
            )
            for number in range(USERS)
        ]
        for person in people:
            person.start()
        times: Counter[str] = Counter()
        for place, kind in enumerate(plan, start=1):
            due = place * options.jobs // (len(plan) + 2)
            while work.done < due:
                time.sleep(0.2)
            held = maker.make(kind, times[kind])
            times[kind] += 1
            seconds = resumed_after(rows, held, time.monotonic())
            recoveries[kind].append(seconds)
            print(
                f"{work.done:>5} done; {kind} {times[kind]}: resumed after {seconds:.0f} s",
                flush=True,
            )
        work.faults_over = True
        for person in people:
            person.join()
        spent = time.monotonic() - started
        print(f"{work.taken} jobs in {spent:.0f} s, {work.taken / spent:.2f} a second")
        return report(work, recoveries, rows_audit(rows, media, work.taken), calls.table(spent))


def main() -> int:
    """From the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stop what was started
    options = arguments()
    if options.keep:
        options.keep.mkdir(parents=True)
        return bench(options.keep.resolve(), options)
    with tempfile.TemporaryDirectory(prefix="voiceclone-faults-") as folder:
        return bench(Path(folder), options)


if __name__ == "__main__":
    sys.exit(main())
