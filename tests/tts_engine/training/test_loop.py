"""The shared training loop and the corpus format."""

import argparse
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import write_corpus
from tests.tts_engine.training.tiny_trainings import STAGES, write_data
from tests.tts_engine.training.tiny_trainings import run_config as tiny_run
from tts_engine.errors import AudioError, ResourceError
from tts_engine.training.arguments import add_run_arguments
from tts_engine.training.arguments import run_config as from_arguments
from tts_engine.training.corpus import HELD_OUT, TRAIN, Corpus
from tts_engine.training.listeners import TrainingListener
from tts_engine.training.loop import RunConfig, TrainingRun, set_rate, warmup_cosine

ROOT = Path(__file__).resolve().parents[3]


def run_config(tmp_path, steps):
    return RunConfig(folder=tmp_path, steps=steps, device="cpu", precision="32-true")


def test_rate_rises_to_one_and_falls_to_the_floor():
    rates = [warmup_cosine(step, warmup=10, total=100) for step in range(101)]
    assert rates[9] == pytest.approx(1.0)
    assert max(rates) <= 1.0
    assert rates[100] == pytest.approx(0.02)
    assert all(a >= b for a, b in pairwise(rates[10:]))


@pytest.mark.parametrize(
    ("able", "dtype"), [({"amx_bf16": True}, torch.bfloat16), ({}, torch.float32)]
)
def test_products_are_made_in_bfloat16_where_the_processor_does_that(
    tmp_path, monkeypatch, able, dtype
):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    run = TrainingRun(RunConfig(folder=tmp_path, steps=1, device="cpu"))
    with run.fabric.autocast():
        assert (torch.eye(2) @ torch.eye(2)).dtype is dtype


def test_in_bfloat16_layers_multiply_and_inputs_stay_exact(tmp_path):
    class Frames(torch.nn.Linear):
        def forward(self, frames):
            assert super().forward(torch.eye(2)).dtype is torch.bfloat16
            return frames.sum(dim=1)

    run = TrainingRun(RunConfig(folder=tmp_path, steps=1, device="cpu", precision="bf16-mixed"))
    network = run.fabric.setup(Frames(2, 2))
    assert network(torch.tensor([[600.0, 85.0]])).tolist() == [685.0]


def test_a_step_goes_down_no_further_than_it_may_and_tells_how_steep_it_was(tmp_path):
    run = TrainingRun(RunConfig(folder=tmp_path, steps=1, device="cpu", precision="32-true"))
    network = torch.nn.Linear(1, 1, bias=False)
    network.weight.data[:] = 5.0
    network, optimizer = run.fabric.setup(network, torch.optim.SGD(network.parameters(), lr=1.0))
    set_rate(optimizer, 0.5)
    run.descend(10 * network(torch.ones(1, 1)).sum(), network, optimizer, most=2.0)
    assert network.module.weight.item() == pytest.approx(4.0)
    assert network.module.weight.grad is None
    assert run._values == {"gradient": pytest.approx(10.0)}


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    def work(steps):
        run = TrainingRun(run_config(tmp_path, steps))
        weight = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(weight.weight)
        run.resume({"weight": weight})
        done = []
        with run.steps({"weight": weight}) as coming:
            for step in coming:
                with torch.no_grad():
                    weight.weight += 1
                done.append(step)
                run.save({"weight": weight})
        return done, weight.weight.item()

    assert work(3) == ([1, 2, 3], 3.0)
    assert work(5) == ([4, 5], 5.0)


class Stopped(Exception):
    """Raised by who has had enough."""


class Watcher(TrainingListener):
    """Keeps what it is told; has enough after some steps."""

    def __init__(self, last=10_000):
        self.last, self.told = last, []

    def on_start(self, step, total):
        self.told.append(("start", step, total))

    def on_step(self, step, values):
        self.told.append(("step", step, values))
        if step == self.last:
            raise Stopped

    def on_save(self, step):
        self.told.append(("save", step))

    def on_end(self):
        self.told.append(("end",))


def count_to(run, last, *, then=None):
    """Train a weight that counts its steps; `then` may fail within the step after the last."""
    weight = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(weight.weight)
    run.resume({"weight": weight})
    with run.steps({"weight": weight}) as steps:
        for step in steps:
            if step > last and then is not None:
                then()
            with torch.no_grad():
                weight.weight += 1
            run.log({"loss": 1 / step})
    return weight.weight.item()


def stored(folder):
    state = torch.load(folder / "state.pt", weights_only=True)
    return state["step"], state["weight"]["weight"].item()


def test_who_listens_is_told_every_step_and_may_stop_it_with_a_checkpoint(tmp_path):
    watcher = Watcher(last=2)
    config = replace(run_config(tmp_path, 5), listeners=(watcher,))
    with pytest.raises(Stopped):
        count_to(TrainingRun(config), 5)
    assert watcher.told == [
        ("start", 0, 5),
        ("step", 1, {"loss": 1.0}),
        ("step", 2, {"loss": 0.5}),
        ("save", 2),
        ("end",),
    ]
    assert stored(tmp_path) == (2, 2.0)
    assert count_to(TrainingRun(run_config(tmp_path, 5)), 5) == 5.0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_within_a_step_leaves_the_last_whole_one_and_is_raised_again(tmp_path, error):
    def fail():
        raise error

    with pytest.raises(error):
        count_to(TrainingRun(run_config(tmp_path, 5)), 3, then=fail)
    assert stored(tmp_path) == (3, 3.0)


def test_what_fails_before_the_first_step_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        count_to(TrainingRun(run_config(tmp_path, 5)), 0, then=lambda: 1 / 0)
    assert not (tmp_path / "state.pt").exists()


def test_a_full_disk_does_not_hide_what_stopped_the_training(tmp_path, monkeypatch, caplog):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(ZeroDivisionError):
        count_to(TrainingRun(run_config(tmp_path, 5)), 3, then=lambda: 1 / 0)
    assert "step 3 could not be saved" in caplog.text


@pytest.mark.parametrize(
    "exhaust",
    [
        lambda: torch.empty(10**15),
        lambda: np.empty(10**15),
        pytest.param(lambda: throw(torch.OutOfMemoryError("CUDA out of memory")), id="gpu"),
    ],
)
def test_too_little_memory_has_a_name(tmp_path, exhaust):
    with pytest.raises(ResourceError, match="not enough memory for step 4") as caught:
        count_to(TrainingRun(run_config(tmp_path, 5)), 3, then=exhaust)
    assert caught.value.code == "out_of_memory"
    assert stored(tmp_path) == (3, 3.0)


def throw(error):
    raise error


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_tells_and_stops(tmp_path, stage):
    write_data(tmp_path / "data")
    watcher = Watcher(last=1)
    with pytest.raises(Stopped):
        STAGES[stage](tmp_path / "data", tiny_run(tmp_path / "run", watcher))
    (step,) = [values for kind, *values in watcher.told if kind == "step"]
    assert step[1]
    assert np.isfinite(list(step[1].values())).all()
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 1


def test_a_training_needs_neither_tensorboard_nor_a_bar(tmp_path):
    code = (
        "import sys; sys.modules['tensorboard'] = sys.modules['tqdm'] = None\n"
        "from pathlib import Path\n"
        "from tests.tts_engine.training.tiny_trainings import *\n"
        "folder = Path(sys.argv[1]); write_data(folder / 'data')\n"
        "for name, train in STAGES.items():\n"
        "    train(folder / 'data', run_config(folder / name, TrainingListener(), steps=1))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    for name in STAGES:
        left = {path.name for path in (tmp_path / name).iterdir()}
        assert left >= {"state.pt", "weights"}
        assert "logs" not in left


def test_the_command_line_watches_with_tensorboard_and_a_bar(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    add_run_arguments(parser, folder=str(tmp_path / "run"), steps=3)
    parsed = parser.parse_args(["--device", "cpu", "--precision", "32-true"])
    count_to(TrainingRun(from_arguments(parsed)), 3)
    assert len(list((tmp_path / "run" / "logs").iterdir())) == 1
    assert "3/3" in capsys.readouterr().err


def test_asking_for_a_missing_gpu_is_an_error(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ResourceError):
        TrainingRun(RunConfig(folder=tmp_path, steps=1, device="cuda"))


def test_corpus_gives_back_what_was_written(tmp_path):
    rows = write_corpus(tmp_path)
    corpus = Corpus(tmp_path)
    assert corpus.clips == rows
    assert len(corpus.select(split=HELD_OUT)) == 1
    assert len(corpus.select(split=TRAIN)) == len(rows) - 1
    waveform = corpus.waveform(rows[1])
    assert waveform.shape == (rows[1].samples,)
    assert 0.2 < np.abs(waveform).max() <= 1.0
    np.testing.assert_array_equal(corpus.segment(rows[1], 100, 50), waveform[100:150])


def test_missing_corpus_says_how_to_make_one(tmp_path):
    with pytest.raises(AudioError, match="prepare"):
        Corpus(tmp_path)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_trains_in_bfloat16(tmp_path, stage):
    write_data(tmp_path / "data")
    STAGES[stage](tmp_path / "data", replace(tiny_run(tmp_path / "run"), precision="bf16-mixed"))
    assert (tmp_path / "run" / "weights" / "model.safetensors").is_file()
