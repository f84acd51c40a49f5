"""How the service stands many callers: `python -m benchmarks.load`.

Starts PostgreSQL, Redis, two web and two worker processes in a fresh folder. Programs make JSON calls at
a steady rate, each timed from the moment it was due, while people ask for speech one sentence after
another. Prints throughput, latency by call, errors, lost and doubled results; ends with 1 when there
were any of these.

    python -m benchmarks.load [--seconds 60] [--rate 50] [--speakers 4]

With --speakers 0 the engine rests: what is left is the overhead of HTTP, database and Django.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread

from benchmarks.audit import Rows, rows_audit
from benchmarks.callers import Caller, Calls
from benchmarks.servers import Stack, cpu_seconds

PROGRAMS = 10  # threads that share the rate
WARM_SECONDS = 5
SENTENCE = "Сегодня будет очень тёплая погода."
SPEECH = "/api/v1/speech/"


def steady(caller: Caller, job: str, *, first: float, every: float, until: float) -> None:
    """One program: the next of these calls whenever one is due."""
    calls = [
        ("GET voices", "/api/v1/voices/"),
        ("GET job", f"/api/v1/jobs/{job}/"),
        ("GET jobs", "/api/v1/jobs/?page_size=10"),
        ("GET limits", "/api/v1/limits/"),
    ]
    due, number = first, 0
    while due < until:
        time.sleep(max(0.0, due - time.perf_counter()))
        name, path = calls[number % len(calls)]
        caller.once(name, "GET", path, due=due)
        due, number = due + every, number + 1


def speaking(caller: Caller, made: list[bool], *, until: float) -> None:
    """One person: the next sentence when the last has been heard."""
    while time.perf_counter() < until:
        body = json.dumps({"text": SENTENCE, "voice": "anna"})
        headers = {"Content-Type": "application/json"}
        answer = caller.once("POST speech", "POST", SPEECH, content=body, headers=headers)
        made.append(answer is not None and answer.status_code == 200 and len(answer.content) > 1000)


def programs(callers: list[Caller], job: str, *, rate: float, seconds: float) -> list[Thread]:
    """Programs that together make so many calls a second, from now on."""
    started = time.perf_counter()
    return [
        Thread(
            target=steady,
            args=(caller, job),
            kwargs={
                "first": started + number / rate,
                "every": len(callers) / rate,
                "until": started + seconds,
            },
        )
        for number, caller in enumerate(callers)
    ]


def run(threads: list[Thread]) -> None:
    """All of them, to their end."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def bench(folder: Path, *, seconds: float, rate: float, speakers: int) -> int:
    """One whole run."""
    calls, made = Calls(), []
    with Stack(folder, VOICECLONE_ACCOUNT_CALLS_PER_MINUTE="0") as stack:
        key = stack.key()
        first = Caller(stack.addresses, key, Calls())
        job = first.job(SENTENCE, key="first")
        first.ended(job, seconds=120)
        busy = PROGRAMS if rate else 0
        # before the clock starts, as making a client takes tens of milliseconds
        warmers, callers, people = (
            [Caller(stack.addresses, key, counted, first=number) for number in range(count)]
            for counted, count in ((Calls(), busy), (calls, busy), (calls, speakers))
        )
        # every thread has met every call and has its connection to the database
        run(programs(warmers, job, rate=rate, seconds=WARM_SECONDS))
        before = cpu_seconds(stack.web), cpu_seconds(stack.workers)
        threads = programs(callers, job, rate=rate, seconds=seconds)
        until = time.perf_counter() + seconds
        for caller in people:
            threads.append(Thread(target=speaking, args=(caller, made), kwargs={"until": until}))
        run(threads)
        web_seconds = cpu_seconds(stack.web) - before[0]
        worker_seconds = cpu_seconds(stack.workers) - before[1]
        rows, media = Rows(stack.database.url), folder / "var" / "media"
        lost, doubled, line = rows_audit(rows, media, len(made) + 1)
        print(f"{seconds:g} s, {rate:g} JSON calls a second, {speakers} speakers")
        print(calls.table(seconds))
        answered = sum(len(values) for values in calls.seconds.values())
        print(
            f"processor: {1000 * web_seconds / max(answered, 1):.1f} ms of a web process for a call"
        )
        if made:
            print(f"processor: {worker_seconds / len(made):.2f} s of a worker for a sentence")
        print(f"{line}\nlost {max(lost, made.count(False))}, doubled {doubled}")
        return 1 if lost or doubled or calls.errors or not all(made) else 0


def main() -> int:
    """From the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stop what was started
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=50, help="JSON calls a second")
    parser.add_argument("--speakers", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="voiceclone-load-") as folder:
        return bench(
            Path(folder), seconds=options.seconds, rate=options.rate, speakers=options.speakers
        )


if __name__ == "__main__":
    sys.exit(main())
