"""A training whose worker is killed three times ends as one that nobody disturbed; people are served meanwhile."""

import os
import signal
import time
from pathlib import Path

import pytest

from benchmarks.servers import wait_for
from tests.end_to_end.services import processes_of
from tests.end_to_end.test_lost_worker import asked
from tests.end_to_end.tiny_site import reader_of, tiny_site
from tests.tts_engine.studio.tiny_studio import tiny_dataset
from voices.services.accounts.api_keys import LOCAL_USER

pytestmark = [pytest.mark.weights, pytest.mark.timeout(1500)]

SETTINGS = {
    "epochs": 8, "batch_frames": 500, "save_every": 4, "patience": 0, "layers": "norms", "threads": 1,
}  # fmt: skip
KILLED_AFTER = (0.2, 0.4, 0.6)  # shares of the steps
PATIENCE_SECONDS = 600
NOISE = 1e-3


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    quick = {"VOICECLONE_JOB_LEASE_SECONDS": "8", "VOICECLONE_REAPER_SECONDS": "2"}
    with tiny_site(tmp_path_factory.mktemp("site"), **quick) as started:
        yield started


class Training:
    """One that was asked for, and how it goes."""

    def __init__(self, running, own):
        self.running, self.path = running, f"/api/v1/voices/{own['voice']}/trainings/"
        wish = {"dataset": own["dataset"], "settings": SETTINGS}
        self.id = asked(running, self.path, wish)["id"]

    @property
    def now(self):
        return asked(self.running, f"/api/v1/trainings/{self.id}/")

    def wait(self, is_so, what):
        wait_for(lambda: is_so(self.now), what, seconds=PATIENCE_SECONDS)

    def losses(self):
        points = asked(self.running, f"/api/v1/jobs/{self.id}/points/")["points"]
        return {point["step"]: point["values"].get("sum") for point in points}


def trainers(running):
    return [pid for pid in processes_of(running.var, b"celery") if _serves_trainings(pid)]


def _serves_trainings(pid):
    try:
        return b"training" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def test_killed_three_times_it_ends_as_one_that_was_not(running, tmp_path, record_property):
    own = reader_of(running, LOCAL_USER, tiny_dataset(tmp_path / "dataset"))
    wait_for(lambda: trainers(running) and _is_taken(running, own), "the worker for training", 300)
    whole = Training(running, own)
    whole.wait(lambda now: now["status"] == "succeeded", "the end of the undisturbed one")

    disturbed, served, reached = Training(running, own), [], 0
    for share in KILLED_AFTER:
        disturbed.wait(
            lambda now, share=share, reached=reached: (
                now["stage"] == "training" and now["done"] > max(reached, share * now["total"])
            ),
            f"{share:.0%} of the training, by one that lives",
        )
        now = disturbed.now
        assert now["status"] == "running", "it ended before it was killed"
        reached = now["done"]
        for pid in trainers(running):
            os.kill(pid, signal.SIGKILL)
        started = time.monotonic()
        assert asked(running, "/api/v1/jobs/", {"text": "Раз.", "voice": "anna"})["id"]
        job = asked(running, "/api/v1/batches/", {"texts": ["Раз.", "Два."], "voice": "anna"})["id"]
        path = f"/api/v1/batches/{job}/"
        wait_for(lambda path=path: asked(running, path)["status"] == "succeeded", "a batch", 120)
        served.append(time.monotonic() - started)
    disturbed.wait(lambda now: now["status"] == "succeeded", "the end of the disturbed one")

    record_property("seconds of a batch after each death", served)
    expected, found = whole.losses(), disturbed.losses()
    assert found.keys() == expected.keys()
    last = max(expected)
    assert found[last] == pytest.approx(expected[last], rel=NOISE)
    ends = [
        [one["figures"]["score"] for one in one.now["checkpoints"]] for one in (whole, disturbed)
    ]
    assert ends[0] == pytest.approx(ends[1], abs=0.02)


def _is_taken(running, own):
    """Whether the service knows of a worker for trainings: it refuses them otherwise."""
    path = f"/api/v1/voices/{own['voice']}/trainings/"
    try:
        made = asked(running, path, {"dataset": own["dataset"], "settings": {"epochs": 1}})
    except OSError:  # urllib's errors are
        return False
    asked(running, f"/api/v1/trainings/{made['id']}/cancel/", {})
    return True
