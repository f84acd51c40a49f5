"""Thousands of hostile files against a running site: `python -m benchmarks.hostile_uploads`.

It starts the product on a free port, sends mutated real files, bombs and polyglots to every call that
takes files, and prints what was answered, and the largest and the longest process.
"""

import argparse
import itertools
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.end_to_end.services import Site, site
from tests.hostile_files import HostileFile, bomb_files, crafted, hostile_files, real_sounds

SENDERS = 4
ANSWER_SECONDS = 120
SAMPLE_SECONDS = 0.1
UNLIMITED = {
    f"VOICECLONE_{kind}_{what}": "0"
    for kind in ("VISITOR", "ACCOUNT")
    for what in (
        "CALLS_PER_MINUTE",
        "UPLOADS_PER_MINUTE",
        "VOICES",
        "STORAGE_MB",
        "CHARACTERS_PER_DAY",
        "JOBS_WAITING",
    )
}


@dataclass
class Seen:
    """One process: its largest memory and when it was there."""

    lasting: bool
    first: float
    last: float
    peak_megabytes: float = 0.0


@dataclass
class Watch:
    """Every process below the site's, sampled until the block ends."""

    root: int
    seen: dict[str, Seen] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            parents, commands, starts = {}, {}, {}
            for folder in Path("/proc").iterdir():
                if folder.name.isdigit():
                    try:
                        stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                        commands[int(folder.name)] = (folder / "cmdline").read_bytes()
                    except OSError:
                        continue
                    parents[int(folder.name)], starts[int(folder.name)] = int(stat[1]), stat[19]
            for pid in parents:
                if self._is_ours(pid, parents):
                    # a confined process is a fork of one that stays
                    forked = b"confinement.child" in commands.get(parents[pid], b"")
                    lasting = not forked and b"ffmpeg" not in commands[pid]
                    self._note(f"{pid} {starts[pid]}", pid, lasting)

    def _is_ours(self, pid: int, parents: dict[int, int]) -> bool:
        while pid in parents:
            if pid == self.root:
                return True
            pid = parents[pid]
        return False

    def _note(self, name: str, pid: int, lasting: bool) -> None:
        now = time.monotonic()
        seen = self.seen.setdefault(name, Seen(lasting=lasting, first=now, last=now))
        seen.last = now
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        if "VmHWM:" in status:
            peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
            seen.peak_megabytes = max(seen.peak_megabytes, peak)

    def report(self) -> dict[str, float]:
        """Megabytes and seconds of the largest and the longest; what ended that should have stayed."""
        last = max(one.last for one in self.seen.values())
        decoders = [one for one in self.seen.values() if not one.lasting]
        stayed = [one for one in self.seen.values() if one.lasting]
        return {
            "largest process of the service, MB": max(one.peak_megabytes for one in stayed),
            "largest decoder, MB": max((one.peak_megabytes for one in decoders), default=0.0),
            "longest decoder, s": max((one.last - one.first for one in decoders), default=0.0),
            "decoders seen": len(decoders),
            "processes of the service that ended": sum(one.last < last - 1 for one in stayed),
        }


class Sender:
    """Sends files, by turns, to the calls that take them."""

    def __init__(self, running: Site) -> None:
        self.address = running.address + "/api/v1"
        self.headers = {"Authorization": f"Bearer {running.key}"}
        self.turns = itertools.count()
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []
        self.slowest_seconds = 0.0
        self.voice = self._own_voice()

    def _own_voice(self) -> str:
        answer = self._post("voices/", "recording", real_sounds()[0], name="me", consent="true")
        answer.raise_for_status()
        return str(answer.json()["id"])

    def send(self, file: HostileFile) -> None:
        started = time.monotonic()
        try:
            answer = self._by_turns(file)
        except requests.RequestException as error:
            self.answers["no answer"] += 1
            self.faults.append(f"{file.name}: {error}")
            return
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - started)
        body = answer.json()
        code = body["error"]["code"] if "error" in body else "accepted"
        self.answers[f"{answer.status_code} {code}"] += 1
        if answer.status_code >= 500:
            self.faults.append(f"{file.name}: {answer.text[:300]}")
        if answer.status_code == 201 and "id" in body and body["id"] != self.voice:
            self._delete(f"voices/{body['id']}/")
        if answer.status_code == 202:
            self._delete(f"batches/{body['id']}/")  # stops it
            self._delete(f"batches/{body['id']}/")

    def _by_turns(self, file: HostileFile) -> requests.Response:
        if file.texts:
            return self._post("batches/", "file", file, voice="anna")
        turn = next(self.turns) % 3
        if turn == 0:
            return self._post("detect/", "file", file)
        if turn == 1:
            path = f"voices/{self.voice}/recordings/"
            return self._post(path, "recording", file, consent="true")
        return self._post("voices/", "recording", file, name="x", consent="true")

    def _post(self, path: str, part: str, file: HostileFile, **fields: str) -> requests.Response:
        return requests.post(
            f"{self.address}/{path}", headers=self.headers, data=fields,
            files={part: (file.name, file.content)}, timeout=ANSWER_SECONDS,
        )  # fmt: skip

    def _delete(self, path: str) -> None:
        requests.delete(f"{self.address}/{path}", headers=self.headers, timeout=ANSWER_SECONDS)


def _send_all(sender: Sender, files: Iterator[HostileFile], lock: threading.Lock) -> None:
    while True:
        with lock:
            file = next(files, None)
        if file is None:
            return
        sender.send(file)


def _print(sender: Sender, watch: Watch, seconds: float) -> None:
    for answer, count in sender.answers.most_common():
        print(f"{count:6d}  {answer}")
    counts = {
        "files": sum(sender.answers.values()),
        "seconds": seconds,
        "answers 5xx or none": len(sender.faults),
        "slowest answer, s": sender.slowest_seconds,
        **watch.report(),
    }
    for name, value in counts.items():
        print(f"{name:45s} {value:8.1f}")
    for fault in sender.faults[:20]:
        print(fault)


def main() -> None:
    """Send, watch, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=60, help="stop sending after so long")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for make in (real_sounds, crafted, bomb_files):
        make()
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), **UNLIMITED) as running:
        sender, started = Sender(running), time.monotonic()
        files = itertools.takewhile(
            lambda _: time.monotonic() - started < arguments.minutes * 60,
            hostile_files(arguments.count, seed=arguments.seed),
        )
        with Watch(running.process.pid) as watch, ThreadPoolExecutor(SENDERS) as pool:
            lock = threading.Lock()
            list(pool.map(lambda _: _send_all(sender, files, lock), range(SENDERS)))
        _print(sender, watch, time.monotonic() - started)


if __name__ == "__main__":
    main()
