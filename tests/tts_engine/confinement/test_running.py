"""What a file of a stranger can make us do: nothing but take its share of time and memory."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tts_engine.confinement.child import PACKAGES
from tts_engine.confinement.kernel import forbid_all_else
from tts_engine.confinement.running import ConfinementError, Limits, run_confined

ORDERS = "tests.tts_engine.confinement.orders"
LIMITS = Limits(output_bytes=1 << 20)


def outcome(name, *, limits=LIMITS, **options):
    with run_confined(f"{ORDERS}:{name}", b"abc", limits=limits, options=options) as confined:
        return confined.facts, confined.output.read(confined.output_bytes)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's means")
def test_neither_network_nor_files_nor_other_processes_can_be_reached(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICECLONE_SECRET_KEY", "of ours")
    secret = tmp_path / "secret_key"
    secret.write_text("of ours")
    facts, _ = outcome("attempts", secret=str(secret), parent=os.getpid())
    assert facts["refused"] == [
        "network", "secret", "list", "write", "kill", "leave", "memory of others",
    ]  # fmt: skip
    assert "VOICECLONE_SECRET_KEY" not in facts["environment"]
    assert list(tmp_path.iterdir()) == [secret]
    assert Path(__file__).resolve().is_relative_to(PACKAGES)


@pytest.mark.parametrize(
    ("name", "limits", "reason"),
    [
        ("fill_memory", LIMITS, "memory"),
        ("spin", Limits(output_bytes=0, cpu_seconds=1), "time"),
        ("sleep", Limits(output_bytes=0, wall_seconds=1), "time"),
        ("crash", LIMITS, "crash"),
        ("fill_disk", LIMITS, "crash"),
    ],
)
def test_what_takes_too_much_is_ended_and_the_next_is_served(name, limits, reason):
    with pytest.raises(ConfinementError) as caught:
        outcome(name, limits=limits)
    assert caught.value.reason == reason
    assert outcome("turn_round")[1] == b"cba"


def test_programs_that_were_started_end_with_it():
    facts, _ = outcome("leave_a_program_behind")
    deadline = time.monotonic() + 10
    while _runs(facts["pid"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's means")
def test_short_of_memory_the_kernel_ends_it_before_the_service():
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(outcome, "sleep", limits=Limits(output_bytes=0, wall_seconds=2))
        first = False
        while not (first or work.done()):
            first = any(_is_first_to_go(pid) for pid in _grandchildren())
            time.sleep(0.02)
        with pytest.raises(ConfinementError):
            work.result()
    assert first


def _grandchildren():
    def children(pid):
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    with suppress(OSError):
        for thread in Path("/proc/self/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from children(child)


def _is_first_to_go(pid):
    try:
        return Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"
    except OSError:
        return False


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_another_system_is_honest_about_what_it_lacks(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert forbid_all_else([]) == []
