"""Many calls at once by one owner who is near a limit: never past it, and never the server's fault."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx

from tests.end_to_end.services import Site, preview_of

CALLS = 16
CHARACTERS, WAITING, VOICES = 20_000, 10, 3
LIMITS = {
    "VOICECLONE_VISITOR_CHARACTERS_PER_DAY": str(CHARACTERS),
    "VOICECLONE_VISITOR_JOBS_WAITING": str(WAITING),
    "VOICECLONE_VISITOR_VOICES": str(VOICES),
    "VOICECLONE_WAITING_CALLS": "16",  # as many as race for the last voice
    # all visitors of the tests come from one address
    "VOICECLONE_VISITOR_CALLS_PER_MINUTE": "1000",
    "VOICECLONE_VISITOR_UPLOADS_PER_MINUTE": "200",
}
SENTENCE = "Это предложение повторяется. "


@contextmanager
def visitor(site: Site) -> Iterator[httpx.Client]:
    """A new visitor's browser."""
    with httpx.Client(base_url=site.address, timeout=300) as client:
        token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)
        assert token
        client.headers["X-CSRFToken"] = token[1]
        yield client


def race(call: Callable[[int], httpx.Response], *, limit: str) -> list[str]:
    """Ids of what was made; every other call was refused because of the limit."""
    with ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(call, range(CALLS)))
    made = [answer for answer in answers if answer.is_success]
    refused = [answer for answer in answers if not answer.is_success]
    assert {answer.status_code for answer in refused} == {429}, [one.text for one in refused]
    errors = [answer.json()["error"] for answer in refused]
    assert {error["code"] for error in errors} == {"quota_exceeded"}
    assert {error["details"]["limit"] for error in errors} == {limit}
    return [answer.json()["id"] for answer in made]


def race_for_characters(site: Site) -> None:
    text = (SENTENCE * CHARACTERS)[: CHARACTERS // 8]
    body = {"text": text, "voice": "anna"}
    with visitor(site) as client:
        jobs = race(lambda _: client.post("/api/v1/jobs/", json=body), limit="characters_per_day")
        for job in jobs:
            client.delete(f"/api/v1/jobs/{job}/")
    assert len(jobs) == 8


def race_for_places_in_the_queue(site: Site) -> None:
    body = {"text": SENTENCE * 25, "voice": "anna"}
    with visitor(site) as client:
        jobs = race(lambda _: client.post("/api/v1/jobs/", json=body), limit="jobs_waiting")
        waiting = client.get("/api/v1/jobs/?status=queued").json()["count"]
        for job in jobs:
            client.delete(f"/api/v1/jobs/{job}/")
    assert waiting <= WAITING <= len(jobs)  # the worker takes some meanwhile


def race_for_voices(site: Site) -> None:
    def create(number: int) -> httpx.Response:
        return client.post(
            "/api/v1/voices/",
            data={"name": f"Голос {number}", "consent": "true"},
            files={"recording": ("me.mp3", recording)},
        )

    with visitor(site) as client:
        recording = preview_of(site)
        voices = race(create, limit="voices")
        assert client.get("/api/v1/voices/?own=true").json()["count"] == VOICES
        for voice in voices:
            client.delete(f"/api/v1/voices/{voice}/")
    assert len(voices) == VOICES


RACES = [race_for_characters, race_for_places_in_the_queue, race_for_voices]
