"""The embedded default after the death of its workers: started again, and the job they had comes back."""

import json
import os
import signal
import urllib.request

import pytest

from benchmarks.servers import wait_for
from tests.end_to_end.services import processes_of

pytestmark = pytest.mark.weights
TEXT = "Первое предложение было довольно длинным, но не последним. " * 12


def asked(running, path, body=None):
    request = urllib.request.Request(
        running.address + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def test_a_job_whose_worker_is_killed_is_finished_by_the_next(running):
    job = asked(running, "/api/v1/jobs/", {"text": TEXT, "voice": "anna"})["id"]

    def row():
        return asked(running, f"/api/v1/jobs/{job}/")

    wait_for(lambda: row()["progress"]["sentences_done"] > 0, "the first sentence", seconds=90)
    for worker in processes_of(running.var, b"celery"):
        os.kill(worker, signal.SIGKILL)
    wait_for(lambda: row()["status"] == "succeeded", "the end of the job", seconds=200)
