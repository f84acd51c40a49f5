"""A worker that is asked to stop: finishes what it can, and gives the rest back unharmed."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from celery.signals import worker_shutting_down

from tests.conftest import delays_over
from tests.voices.asking import asked
from tests.voices.stored import result_get
from voices import worker
from voices.errors import Outage
from voices.models import Job
from voices.services.jobs import leases
from voices.services.upkeep.runner import job_run_next

SPEAKING = pytest.mark.usefixtures("messages", "humming_engine", "bank_voice")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def afterwards():
    yield
    leases.stop_within(math.inf)


@SPEAKING
def test_more_to_say_goes_back_to_the_queue_and_costs_no_attempt(settings):
    job = asked("alice", "Раз. Два. Три")
    leases.stop_within(0)
    for _ in range(settings.JOB_ATTEMPTS + 1):
        delays_over()
        job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("queued", "worker_stopped")
    assert job.attempts == job.forgiven == settings.JOB_ATTEMPTS + 1
    leases.stop_within(60)
    delays_over()
    job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("succeeded", "")


@SPEAKING
def test_what_is_said_already_is_finished():
    job = asked("alice", "Одно предложение")
    leases.stop_within(0)
    job_run_next(queue="speech")
    assert result_get().job == job


@SPEAKING
def test_a_stream_goes_on_as_long_as_it_is_let():
    job = asked("alice", "Раз. Два. Три", stream=True)
    leases.stop_within(0)
    job_run_next(queue="speech")
    assert Job.objects.get(pk=job.pk).status == "succeeded"


def test_a_worker_hears_of_a_stop_from_celery(settings):
    assert worker.NAME_VARIABLE  # whose handlers are connected
    settings.WORKER_STOP_SECONDS = 60
    worker_shutting_down.send(sender="speech@here")
    leases.stop_check()
    settings.WORKER_STOP_SECONDS = 0
    worker_shutting_down.send(sender="speech@here")
    with pytest.raises(Outage):
        leases.stop_check()


def test_the_processes_of_a_pool_hear_of_it_too():
    child = (
        "import django, os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'voiceclone.settings'\n"
        "django.setup()\n"
        "from voices.services.jobs.leases import stop_check, stop_within\n"
        "said, told = os.pipe()\n"
        "child = os.fork()\n"
        "if child:\n"
        "    stop_within(0)\n"
        "    os.write(told, b'.')\n"
        "    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "os.read(said, 1)\n"
        "try:\n"
        "    stop_check()\n"
        "except Exception as error:\n"
        "    os._exit(7 if error.code == 'worker_stopped' else 1)\n"
    )
    done = subprocess.run([sys.executable, "-c", child], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
