"""A recording of 200 MB goes through the web server, and no process of it grows by more than a few parts."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.servers import ROOT
from tests.end_to_end.restarts import web
from tests.end_to_end.services import Site, prepared, processes_of
from voiceclone_client import VoiceClone

MEGABYTE = 1024 * 1024
SIZE_BYTES = 200 * MEGABYTE
ALLOWED_GROWTH_BYTES = 40 * MEGABYTE


@pytest.fixture
def key_and_web(tmp_path):
    var = tmp_path / "var"
    shutil.copytree(prepared(), var)
    (var / "log").mkdir(exist_ok=True)
    env = {**os.environ, "VOICECLONE_VAR": str(var)}
    made = subprocess.run(
        [sys.executable, "manage.py", "create_api_key", "--name", "uploads"],
        cwd=ROOT, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    key = next(word for word in made.stdout.split() if word.startswith("vc_"))
    with web(Site("", key, None, var, env)) as running:
        yield key, running, var


def peaks(var):
    """The most memory that each web process has had, by its id."""
    found = {}
    for process in processes_of(var, b"gunicorn"):
        status = Path(f"/proc/{process}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        found[process] = int(line.split()[1]) * 1024
    return found


def test_a_file_of_200_mb_passes_through_little_memory(key_and_web, tmp_path):
    key, running, var = key_and_web
    path, digest = tmp_path / "take.wav", hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(SIZE_BYTES // MEGABYTE):
            block = os.urandom(MEGABYTE)
            digest.update(block)
            file.write(block)
    small = tmp_path / "small.wav"
    small.write_bytes(b"x")
    with VoiceClone(running.address, api_key=key, timeout_seconds=120) as service:
        for _ in range(20):  # every process has its code by then
            service.upload(small)
        before = peaks(var)
        whole = service.upload(path)
    after = peaks(var)
    assert whole.sha256 == digest.hexdigest()
    [stored] = [
        one for one in (var / "media").rglob("*") if one.is_file() and one.stat().st_size > 9
    ]
    assert stored.stat().st_size == SIZE_BYTES
    grown = [after[process] - before[process] for process in before]
    assert max(grown) < ALLOWED_GROWTH_BYTES, grown
