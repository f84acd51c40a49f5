"""How a long text comes: `python -m benchmarks.long_text http://127.0.0.1:8000 KEY [--runs 5]`.

Against a running site. Each run sends another text of 20,000 characters as a live job and prints when its
first sound was there, whether the progress was true (never backwards, every sentence heard), and whether
the whole file is as long as its parts. The first run may find a worker that has no models yet.
"""

import argparse
import io
import random
import time
from dataclasses import dataclass

import httpx
import soundfile as sf

from tts_engine.evaluation.sentences import SENTENCE_SETS

CHARACTERS = 20_000
POLL_SECONDS = 0.2  # as the figures of docs/operations.md were measured


def long_text(seed: int, characters: int = CHARACTERS) -> str:
    """Sentences of the evaluation and numbered ones in paragraphs, in an order of its own."""
    rng = random.Random(seed)
    known = [text for texts in SENTENCE_SETS.values() for text in texts if len(text) > 30]
    text = ""
    while len(text) < characters:
        number = f"В доме № {rng.randint(2, 900)} жили {rng.randint(2, 40)} человек."
        text += f"{rng.choice(known)} {number}" + rng.choice([" ", " ", "\n\n"])
    return text[:characters].rsplit(".", 1)[0] + "."


@dataclass
class Run:
    """What one job showed."""

    first_seconds: float
    whole_seconds: float
    audio_seconds: float
    parts_seconds: float
    backwards: int
    done: int
    total: int


def run(site: httpx.Client, text: str) -> Run:
    """One job from order to file."""
    body = {"text": text, "voice": "anna", "live": True}
    started = time.perf_counter()
    job = site.post("/api/v1/jobs/", json=body).raise_for_status().json()["id"]
    first, heard, parts, backwards, before = 0.0, 0, b"", 0, 0
    while True:
        row = site.get(f"/api/v1/jobs/{job}/").raise_for_status().json()
        done = row["progress"]["sentences_done"]
        backwards += done < before
        before = done
        answer = site.get(f"/api/v1/jobs/{job}/parts/", params={"first": heard}).raise_for_status()
        heard, parts = int(answer.headers["X-Parts-Next"]), parts + answer.content
        if parts and not first:
            first = time.perf_counter() - started
        if row["status"] not in ("queued", "running") and not answer.content:
            break
        time.sleep(POLL_SECONDS)
    whole = time.perf_counter() - started
    if row["status"] != "succeeded":
        raise SystemExit(f"job {job}: {row['status']} {row['error']}")
    audio = site.get(f"/api/v1/jobs/{job}/audio/", follow_redirects=True).raise_for_status().content
    return Run(
        first_seconds=first,
        whole_seconds=whole,
        audio_seconds=sf.info(io.BytesIO(audio)).duration,
        parts_seconds=sf.info(io.BytesIO(parts)).duration,
        backwards=backwards,
        done=row["progress"]["sentences_done"],
        total=row["progress"]["sentences_total"],
    )


def main() -> None:
    """Print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("key")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    headers = {"Authorization": f"Bearer {arguments.key}"}
    print("run  first sound, s  whole, s  speech, s  parts, s  sentences  backwards")
    with httpx.Client(base_url=arguments.site, headers=headers, timeout=60) as site:
        for number in range(arguments.runs):
            seen = run(site, long_text(number))
            print(
                f"{number + 1:3}  {seen.first_seconds:14.2f}  {seen.whole_seconds:8.1f}  "
                f"{seen.audio_seconds:9.1f}  {seen.parts_seconds:8.1f}  "
                f"{seen.done:4}/{seen.total:<4}  {seen.backwards:9}",
                flush=True,
            )


if __name__ == "__main__":
    main()
