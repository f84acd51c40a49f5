"""What somebody waits for while another's long text is spoken: `python -m benchmarks.turns ADDRESS KEY KEY`.

Against a running site, with the keys of two people; the first run wakes it up. Each run measures

* a live job of 3,500 characters while another person's of 10,000 is spoken: its first sound,
* a call of one sentence while another person's call of 4,700 characters is answered,
* the same while the person's own is.

With `--longest` instead: live jobs of 3,500 characters, one after the other, while a text of 50,000 is spoken; their
first sounds, and how much of the long one was said meanwhile.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from benchmarks.long_text import long_text, run

LONGEST = 50_000
AHEAD_SECONDS = 3.0  # that the long one has before the other comes
SENTENCE = "Поезд на Казань отправляется с третьего пути."


def beside(long: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
    """Results of both, the second begun while the first runs."""
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(long)
        time.sleep(AHEAD_SECONDS)
        seen = other()
        return first.result(), seen


def call(site: httpx.Client, text: str) -> float:
    """Seconds until a call that waits has its sound."""
    started = time.perf_counter()
    site.post("/api/v1/speech/", json={"text": text, "voice": "anna"}).raise_for_status()
    return time.perf_counter() - started


def measure(one: httpx.Client, two: httpx.Client, number: int) -> str:
    """A line of figures."""
    texts = [long_text(10 * number + at, size) for at, size in enumerate((10_000, 3_500, 4_700))]
    long, middle = beside(lambda: run(one, texts[0]), lambda: run(two, texts[1]))
    called, of_another = beside(lambda: call(one, texts[2]), lambda: call(two, SENTENCE))
    again, own = beside(lambda: call(one, texts[2] + " "), lambda: call(one, SENTENCE))
    figures = (
        long.whole_seconds, middle.first_seconds, middle.whole_seconds, called, of_another, again, own
    )  # fmt: skip
    return "".join(f"{figure:>11.1f}" for figure in figures)


def beside_the_longest(one: httpx.Client, two: httpx.Client, runs: int) -> None:
    """Print a line for each of the other's jobs; the long one is cancelled after the last."""
    body = {"text": long_text(99, LONGEST), "voice": "anna", "live": True}
    long = one.post("/api/v1/jobs/", json=body).raise_for_status().json()["id"]
    time.sleep(AHEAD_SECONDS)
    print(f"{'run':>3}{'first sound':>13}{'3,500':>8}{'of the long one':>17}")
    for number in range(1, runs + 1):
        seen = run(two, long_text(number, 3_500))
        row = one.get(f"/api/v1/jobs/{long}/").raise_for_status().json()
        progress = row["progress"]
        said = f"{progress['sentences_done']}/{progress['sentences_total']} {row['status']}"
        print(
            f"{number:>3}{seen.first_seconds:>13.1f}{seen.whole_seconds:>8.1f}  {said}", flush=True
        )
    one.post(f"/api/v1/jobs/{long}/cancel/").raise_for_status()


def main() -> None:
    """Print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("keys", nargs=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--longest", action="store_true")
    arguments = parser.parse_args()
    one, two = (
        httpx.Client(
            base_url=arguments.site, headers={"Authorization": f"Bearer {key}"}, timeout=600
        )
        for key in arguments.keys
    )
    call(one, SENTENCE)
    run(one, long_text(0, 2_500))
    if arguments.longest:
        beside_the_longest(one, two, arguments.runs)
        return
    names = ("10,000", "3,500 hear", "3,500", "call 4,700", "sentence", "call 4,700", "own sent.")
    print("run" + "".join(f"{name:>11}" for name in names))
    for number in range(1, arguments.runs + 1):
        print(f"{number:>3}{measure(one, two, number)}", flush=True)


if __name__ == "__main__":
    main()
