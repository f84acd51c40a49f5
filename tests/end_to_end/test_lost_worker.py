"""The embedded default after the death of its workers: started again, and the job they had comes back."""

import io
import json
import os
import signal
import urllib.request

import numpy as np
import pytest
import soundfile as sf

from benchmarks.servers import wait_for
from tests.end_to_end.services import processes_of
from voiceclone_client import VoiceClone

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


def song(service, path, seconds=15.0):
    """Somebody speaks over a chord."""
    speech, rate = sf.read(io.BytesIO(service.speech(TEXT[:240], voice="mikhail", format="wav")))
    size = round(seconds * rate)
    time = np.arange(size) / rate
    chord = sum(np.sin(2 * np.pi * hz * time) for hz in (196, 247, 294)) * 0.02
    sf.write(path, 0.8 * np.resize(speech, size) + chord, rate)
    return path


@pytest.mark.timeout(900)
def test_a_song_whose_worker_is_killed_is_made_once_by_the_next(running, tmp_path):
    with VoiceClone(running.address, running.key) as service:
        sent = service.conversion_create(
            song(service, tmp_path / "song.wav"), voice="anna", rights=True
        )

        def stage():
            return service.job(sent.id).raw["progress"]["stage"]

        wait_for(lambda: stage() not in ("", "fetching"), "the middle of the song", seconds=180)
        for worker in processes_of(running.var, b"celery"):
            os.kill(worker, signal.SIGKILL)
        assert not service.job(sent.id).has_ended
        wait_for(lambda: service.job(sent.id).has_ended, "the end of the song", seconds=400)
        job = service.job_wait(sent.id)
        roles = [file["role"] for file in job.raw["files"]]
        assert sorted(roles) == sorted(set(roles))
        assert {"result", "converted", "vocals", "accompaniment", "f0", "report"} <= set(roles)
        mix = service.job_file(job.id, "result")
        assert sf.info(io.BytesIO(mix)).duration == pytest.approx(15.0, abs=0.1)
    kept = (running.var / "media" / "songs" / job.id).rglob("*.*")
    assert sorted(path.stem for path in kept if path.is_file()) == sorted({*roles} - {"source"})
