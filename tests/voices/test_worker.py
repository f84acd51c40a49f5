"""What a worker does besides tasks, and how jobs reach it."""

import ctypes
import os
import subprocess
import sys

import pytest
from kombu.exceptions import OperationalError

from voices import dispatch as dispatch_module
from voices import worker
from voices.errors import Unavailable
from voices.models import Worker
from voices.tasks import run_next

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def named(monkeypatch):
    monkeypatch.setenv(worker.NAME_VARIABLE, "host:1")
    monkeypatch.setattr(worker, "_queues", lambda: ["speech"])


@pytest.mark.parametrize("queue", ["speech", "batch"])
def test_the_models_are_loaded_before_the_first_job(monkeypatch, queue):
    warmed = []
    monkeypatch.setattr(worker, "_queues", lambda: [queue, "conversion"])
    monkeypatch.setattr(worker.engine, "warm_up", lambda families: warmed.append(families))
    worker.warm_models()
    assert warmed == [{"speaking"}]
    assert Worker.objects.get().engine_ready


def test_a_worker_that_does_not_speak_loads_none(monkeypatch):
    monkeypatch.setattr(worker, "_queues", lambda: ["webhooks"])
    monkeypatch.setattr(worker.engine, "warm_up", None)
    worker.warm_models()
    assert not Worker.objects.exists()


def test_missing_weights_do_not_stop_the_worker(monkeypatch, caplog):
    def refuse(families):
        raise Unavailable("weights_missing", "no weights", "нет весов")

    monkeypatch.setattr(worker.engine, "warm_up", refuse)
    worker.warm_models()
    assert "no weights" in caplog.text
    assert not Worker.objects.exists()


def test_a_worker_that_goes_takes_its_row_along(monkeypatch):
    monkeypatch.setattr(worker.engine, "warm_up", lambda families: None)
    worker.warm_models()
    worker.stop_keeper()
    assert not Worker.objects.exists()


def test_a_message_names_its_queue_and_its_limit(monkeypatch):
    sent = {}
    monkeypatch.setattr(run_next, "apply_async", lambda **options: sent.update(options))
    assert dispatch_module.dispatch(job_id="j", queue="batch")
    assert (sent["args"], sent["queue"], sent["time_limit"]) == (("batch",), "batch", 4 * 3600)


def test_a_broker_that_does_not_answer_leaves_the_job_to_the_reaper(monkeypatch, caplog):
    def refuse(**_):
        raise OperationalError("down")

    monkeypatch.setattr(run_next, "apply_async", refuse)
    assert not dispatch_module.dispatch(job_id="j", queue="speech")
    assert "the broker takes no message" in caplog.text


def test_models_loaded_late_are_reported_too(monkeypatch):
    worker.worker_report(name="host:1", queues=["speech"])
    monkeypatch.setattr(worker, "_queues", lambda: ["speech"])
    monkeypatch.setattr(worker.engine, "families_loaded", set)
    worker.report_models()
    assert not Worker.objects.get().engine_ready
    monkeypatch.setattr(worker.engine, "families_loaded", lambda: {"speaking"})
    worker.report_models()
    assert Worker.objects.get().engine_ready


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_memory_goes_back_to_the_system_after_a_job():
    """Small blocks, one of which stays at the very top: glibc keeps all below it."""
    code = """
import ctypes, celery.signals, pathlib
import django; django.setup()
from voices import worker
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
resident = lambda: int(pathlib.Path("/proc/self/statm").read_text().split()[1]) // 256
blocks = [libc.malloc(64_000) for _ in range(3_000)]
for block in blocks:
    ctypes.memset(block, 1, 64_000)
for block in blocks[:-1]:
    libc.free(block)
before = resident()
celery.signals.task_postrun.send(sender=None)
print(before - resident())
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "voiceclone.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 100  # MB
