"""The table of kinds and queues: every row can be used, and what is in no row ends with a reason."""

import pytest

from voices import kinds
from voices.management.commands.serve import _programs
from voices.metrics import metrics_text
from voices.models import Job
from voices.owner import Owner
from voices.services.accounts.api_keys import user_ensure
from voices.services.jobs.jobs import job_create
from voices.services.upkeep import runner

pytestmark = pytest.mark.django_db
COLUMN = Job._meta.get_field("kind").max_length


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_row_is_whole(name):
    kind = kinds.KINDS[name]
    assert name == kind.name
    assert len(name) <= COLUMN
    assert kinds.QUEUES[kind.queue.name] is kind.queue
    assert callable(kind.do)
    assert kind.undone([]) == []


def test_a_kind_of_a_newer_version_is_left_to_its_workers(bank_voice, monkeypatch):
    alice = Owner(user_id=user_ensure(username="alice").pk)
    later = kinds.Kind(name="later", queue=kinds.SPEECH, work="nowhere.at_all")
    job = job_create(owner=alice, kind=later, voice=bank_voice)
    sent = []
    monkeypatch.setattr(runner, "dispatch", lambda **message: sent.append(message))
    runner.job_run_next(queue="speech")
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("queued", "unknown_kind")
    assert sent[0]["queue"] == "speech"
    assert 'kind="later"' not in metrics_text().decode()


def test_a_worker_starts_when_some_kind_waits_in_its_queues(monkeypatch):
    def commands():
        programs = {program.name: " ".join(program.command) for program in _programs("host", 1, 2)}
        return {name: command for name, command in programs.items() if name not in ("web", "live")}

    usual = commands()
    names = ["worker", "worker for long work", "worker for training", "worker for webhooks"]
    assert list(usual) == names
    assert "-Q speech " in usual["worker"]
    assert "-Q batch,conversion " in usual["worker for long work"]
    assert usual["worker for training"].startswith("nice -n 15 ")
    assert "-Q training " in usual["worker for training"]
    for name in ("fitting", "training"):
        monkeypatch.delitem(kinds.KINDS, name)
    assert "worker for training" not in commands()
