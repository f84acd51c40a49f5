"""People who call the service: their calls timed by kind, their patience with a server that is away."""

import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import cycle
from threading import Lock
from typing import Any

import httpx

PATIENCE_SECONDS = 180.0
QUANTILES = (0.5, 0.95, 0.99)


@dataclass
class Calls:
    """How long calls took, by name, and what went wrong; used by many threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def took(self, name: str, seconds: float) -> None:
        """A call that was answered."""
        with self.lock:
            self.seconds[name].append(seconds)

    def failed(self, name: str, why: str) -> None:
        """A call that was not, or by a 5xx."""
        with self.lock:
            self.errors[f"{name}: {why}"] += 1

    def table(self, over_seconds: float) -> str:
        """Rows of calls: how many, how many a second, p50, p95 and p99 in ms."""
        lines = [f"{'call':<22}{'calls':>7}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"]
        for name, values in sorted(self.seconds.items()):
            ordered = sorted(values)
            shown = [1000 * ordered[int(q * (len(ordered) - 1))] for q in QUANTILES]
            rate = len(values) / over_seconds
            lines.append(
                f"{name:<22}{len(values):>7}{rate:>10.2f}" + "".join(f"{v:>9.1f}" for v in shown)
            )
        told = ", ".join(f"{why} {count}" for why, count in self.errors.most_common())
        return "\n".join([*lines, f"errors: {told or 'none'}"])


class Caller:
    """One person with a key, before several web processes as behind a proxy."""

    def __init__(self, addresses: list[str], key: str, calls: Calls, *, first: int = 0) -> None:
        turned = addresses[first % len(addresses) :] + addresses[: first % len(addresses)]
        self._addresses = cycle(turned)
        self._calls = calls
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60)

    def once(
        self, name: str, method: str, path: str, *, due: float | None = None, **options: Any
    ) -> httpx.Response | None:
        """One try; None when nobody answered, or with a 5xx. It counts from when it was due."""
        started = due or time.perf_counter()
        try:
            answer = self._client.request(method, next(self._addresses) + path, **options)
        except httpx.HTTPError as error:
            self._calls.failed(name, type(error).__name__)
            return None
        if answer.status_code >= 500:
            self._calls.failed(name, str(answer.status_code))
            return None
        self._calls.took(name, time.perf_counter() - started)
        return answer

    def until_answered(self, name: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Tried again, on the other address, as a proxy or a careful program does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self.once(name, method, path, **options)
            if answer is not None:
                answer.raise_for_status()
                return answer
            time.sleep(0.5)
        raise TimeoutError(f"{name}: no answer in {PATIENCE_SECONDS:g} s")

    def job(self, text: str, *, key: str) -> str:
        """Queue a text, once however often the call is repeated; returns the job's id."""
        answer = self.until_answered(
            "POST jobs",
            "POST",
            "/api/v1/jobs/",
            content=json.dumps({"text": text, "voice": "anna"}),
            headers={"Content-Type": "application/json", "Idempotency-Key": key},
        )
        return str(answer.json()["id"])

    def ended(self, job: str, *, seconds: float) -> dict[str, Any]:
        """Poll a job until it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            row = self.until_answered("GET job", "GET", f"/api/v1/jobs/{job}/").json()
            if row["status"] not in ("queued", "running"):
                return row
            time.sleep(0.25)
        raise TimeoutError(f"job {job} has not ended in {seconds:g} s")

    def audio(self, job: str) -> bytes:
        """What a job made."""
        return self.until_answered("GET audio", "GET", f"/api/v1/jobs/{job}/audio/").content
