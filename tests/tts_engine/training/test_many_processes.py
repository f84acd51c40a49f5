"""Every training in several processes: data of their own, one writer, one set of weights."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from tests.tts_engine.training.tiny_trainings import STAGES, run_config, write_data
from tts_engine.training.loop import RunConfig, TrainingRun

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]


def as_rank(monkeypatch, rank):
    """What a process of several looks like to a training, without the others."""
    monkeypatch.setattr(Fabric, "global_rank", property(lambda _fabric: rank))
    monkeypatch.setattr(Fabric, "is_global_zero", property(lambda _fabric: rank == 0))


@pytest.mark.parametrize("stage", STAGES)
def test_the_first_process_alone_writes_and_all_stages_write_the_same_files(
    tmp_path, monkeypatch, stage
):
    write_data(tmp_path / "data")
    for rank in (1, 0):
        as_rank(monkeypatch, rank)
        STAGES[stage](tmp_path / "data", run_config(tmp_path / f"run{rank}"))
    others = {path.name for path in (tmp_path / "run1").rglob("*") if path.is_file()}
    assert others <= {"pitch.npz"}  # the vocoder's: the first process writes it for all
    folder = tmp_path / "run0"
    assert {path.name for path in folder.iterdir()} >= {"state.pt", "weights", "logs"}
    assert {path.name for path in (folder / "weights").iterdir()} == {
        "model.safetensors",
        "config.json",
    }


@pytest.mark.parametrize("stage", STAGES)
def test_processes_draw_data_of_their_own(tmp_path, monkeypatch, stage):
    write_data(tmp_path / "data")
    drawn = []
    generator = np.random.default_rng

    def noted(seed=None):
        drawn.append(seed)
        return generator(seed)

    def seeds_of(rank):
        drawn.clear()
        as_rank(monkeypatch, rank)
        STAGES[stage](tmp_path / "data", run_config(tmp_path / f"run{rank}"))
        return torch.initial_seed(), [seed for seed in drawn if seed is not None]

    monkeypatch.setattr(np.random, "default_rng", noted)
    first, second = seeds_of(0), seeds_of(1)
    assert first[0] != second[0]
    assert all(one != other for one, other in zip(first[1], second[1], strict=True))


def test_data_goes_on_after_a_stop_instead_of_repeating(tmp_path):
    def seed_of(steps):
        run = TrainingRun(RunConfig(folder=tmp_path, steps=steps, device="cpu"))
        run.resume({})
        with run.steps({}) as done:
            for _ in done:
                run.save({})
        return torch.initial_seed()

    assert seed_of(3) != seed_of(5)


def test_two_processes_started_by_torchrun_train_one_network(tmp_path):
    write_data(tmp_path / "data")
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--standalone", "-m", "tests.tts_engine.training.tiny_trainings", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    seeds = [json.loads((tmp_path / f"rank{rank}.json").read_text()) for rank in (0, 1)]
    for stage in STAGES:
        assert seeds[0][stage] != seeds[1][stage]
        assert torch.load(tmp_path / stage / "state.pt", weights_only=True)["step"] == 2
        logs = list((tmp_path / stage / "logs").iterdir())
        assert len(logs) == 1  # a second process would have a file of its own
